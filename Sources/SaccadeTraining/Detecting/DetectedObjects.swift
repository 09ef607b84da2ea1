import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadeModels

extension RegionCNN.Detections {
    /// The objects as they lie on the image that the network has seen in another size.
    ///
    /// - Parameters:
    ///   - part: What the network has seen of the image, in its pixels.
    ///   - seen: The size in which it did, without padding.
    ///   - size: Of the image.
    ///   - classNames: By number.
    /// - Throws: `GeometryError` when the image is too large for masks.
    func objects(
        on part: Box, seenAs seen: ImageSize, of size: PixelSize, classNames: [String]
    ) throws(GeometryError) -> [DetectedObject] {
        let boxes = objects.boxes.scaled(
            x: Float(part.width) / Float(seen.width), y: Float(part.height) / Float(seen.height))
        var found: [DetectedObject] = []
        for (index, box) in boxes.enumerated() {
            let box = box.shifted(x: part.left, y: part.top)
            let pasted = masks.map {
                PastedMask(
                    $0[index], side: RegionCNN.maskSide, over: box, width: size.width, height: size.height)
            }
            found.append(
                DetectedObject(
                    category: objects.labels[index] - 1, label: classNames[objects.labels[index] - 1],
                    score: Double(objects.scores[index]), box: box,
                    mask: try pasted?.mask(width: size.width, height: size.height)))
        }
        return found
    }
}

extension HOGSVM {
    /// What is found on an image.
    func objects(on image: Image) -> [DetectedObject] {
        let found = detect(image)
        return found.labels.indices.map {
            DetectedObject(
                category: found.labels[$0] - 1, label: classNames[found.labels[$0] - 1],
                score: Double(found.scores[$0]), box: found.boxes[$0])
        }
    }
}
