public import SaccadeGeometry
public import SaccadeImages

extension DetectionSample {
    /// The objects as what can be moved together with the image: outlines become masks.
    ///
    /// - Parameter size: Of the upright image.
    /// - Throws: `GeometryError` when an outline cannot be drawn on it.
    public func annotations(size: PixelSize) throws(GeometryError) -> Annotations {
        var objects: [Annotations.Object] = []
        for object in self.objects {
            let mask: RunLengthMask? =
                switch object.outline {
                case .mask(let mask): mask
                case .polygons(let polygons):
                    try RunLengthMask(width: size.width, height: size.height, polygons: polygons)
                case nil: nil
                }
            objects.append(
                .init(
                    category: object.label, box: object.box, mask: mask, keypoints: object.keypoints,
                    isCrowd: object.isCrowd))
        }
        return Annotations(objects: objects)
    }
}
