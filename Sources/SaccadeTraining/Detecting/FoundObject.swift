public import SaccadeGeometry
import SaccadeImages
import SaccadeModels

/// An object that a detector has found on an image, in the image's own pixels.
public struct FoundObject: Sendable, Hashable {
    /// Number of its class, from 0.
    public var category: Int
    /// How sure the network is, in 0...1.
    public var score: Double
    public var box: Box
    /// Which of the image's pixels are the object's, of the image's size; nil of a network without masks.
    public var mask: RunLengthMask?

    public init(category: Int, score: Double, box: Box, mask: RunLengthMask? = nil) {
        (self.category, self.score, self.box, self.mask) = (category, score, box, mask)
    }
}

extension RegionCNN.Detections {
    /// The objects as they lie on the image that the network has seen in another size.
    ///
    /// - Parameters:
    ///   - part: What the network has seen of the image, in its pixels.
    ///   - seen: The size in which it did, without padding.
    ///   - size: Of the image.
    /// - Throws: `GeometryError` when the image is too large for masks.
    func objects(on part: Box, seenAs seen: ImageSize, of size: PixelSize) throws(GeometryError) -> [FoundObject] {
        let boxes = objects.boxes.scaled(
            x: Float(part.width) / Float(seen.width), y: Float(part.height) / Float(seen.height))
        var found: [FoundObject] = []
        for (index, box) in boxes.enumerated() {
            let box = box.shifted(x: part.left, y: part.top)
            let pasted = masks.map {
                PastedMask(
                    $0[index], side: RegionCNN.maskSide, over: box, width: size.width, height: size.height)
            }
            found.append(
                FoundObject(
                    category: objects.labels[index] - 1, score: Double(objects.scores[index]), box: box,
                    mask: try pasted?.mask(width: size.width, height: size.height)))
        }
        return found
    }
}
