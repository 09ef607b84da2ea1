public import SaccadeGeometry

/// An object that a detector has found, as COCO's evaluators read it, pycocotools' `loadRes` among them (cocodataset.org,
/// "Results Format").
public struct COCOResult: Encodable, Sendable {
    /// Which pixels are the object's: run lengths in COCO's compressed letters.
    public struct Segmentation: Encodable, Sendable {
        /// Height and width.
        public let size: [Int]
        public let counts: String

        public init(_ mask: RunLengthMask) { (size, counts) = ([mask.height, mask.width], mask.compressed) }
    }

    private enum CodingKeys: String, CodingKey {
        case image = "image_id"
        case category = "category_id"
        case bbox, score, segmentation
    }

    private let image: Int
    private let category: Int
    private let bbox: [Double]
    private let score: Double
    private let segmentation: Segmentation?

    /// - Parameters:
    ///   - image: The image's number.
    ///   - category: The class's number.
    ///   - box: In pixels of the image.
    ///   - score: In 0...1.
    ///   - mask: Of the image's size; nil of a detector without masks.
    public init(image: Int, category: Int, box: Box, score: Double, mask: RunLengthMask?) {
        (self.image, self.category, self.score) = (image, category, score)
        bbox = [box.left, box.top, box.width, box.height]
        segmentation = mask.map(Segmentation.init)
    }
}
