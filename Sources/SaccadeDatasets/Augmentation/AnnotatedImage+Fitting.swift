public import SaccadeGeometry
public import SaccadeImages

extension AnnotatedImage {
    /// In the expected size, everything moved along; channels stay. Where images are cut into tiles, as it is.
    ///
    /// - Throws: `GeometryError` when a mask becomes too large.
    public func fitted(
        by preprocessing: Preprocessing, rules: Annotations.Rules = Annotations.Rules()
    ) throws(GeometryError) -> AnnotatedImage {
        let size = preprocessing.fittedSize(of: image.size) ?? preprocessing.size
        guard case .centerCrop(let side) = preprocessing.resizing else {
            guard image.size != size, preprocessing.resizing != .tiles else { return self }
            return try resized(to: size, filter: preprocessing.filter, rules: rules)
        }
        // The very pixels of `Image.resized(shortSide:centerCrop:)`, and where they come from.
        let crop = image.size.centerCrop(ofShortSide: side, size.width, size.height)
        let map = Homography.scaling(
            Double(crop.scaled.width) / Double(image.width), Double(crop.scaled.height) / Double(image.height)
        ).then(.translation(-Double(crop.x), -Double(crop.y)))
        return try AnnotatedImage(
            image.resized(shortSide: side, centerCrop: size.width, size.height, filter: preprocessing.filter),
            annotations.moved(by: GeometricTransform(map, from: image.size, to: size), rules))
    }
}
