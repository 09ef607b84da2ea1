import SaccadeDatasets
import SaccadeImages
public import SaccadeLoading
import SaccadePrelude
public import SaccadeTensors

/// Images with a class for each pixel: of one size, to learn from, or whole, each in its own.
public struct SegmentationBatch: LearningBatch {
    /// `[N, C, H, W]`; nil of whole images.
    let images: Tensor?
    /// Of each image, row by row.
    let classes: [[UInt8]]
    /// How much each pixel counts, likewise; nil where all count alike.
    let weights: [[Float]]?
    let whole: [PreparedImage]
    /// How whole images become numbers.
    let preprocessing: Preprocessing?
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { classes.count }
    public var names: [String] { namesOfSamples() }
    public var inputs: [Tensor] { images.map { [$0] } ?? [] }

    init(
        images: Tensor, classes: [[UInt8]], weights: [[Float]]? = nil, names: @escaping @Sendable () -> [String]
    ) {
        let area = images.shape[2] * images.shape[3]
        require(
            images.shape[0] == classes.count && classes.allSatisfy { $0.count == area },
            "a batch of shape \(images.shape) with \(classes.map(\.count)) classes")
        (self.images, self.classes, self.weights, namesOfSamples) = (images, classes, weights, names)
        (whole, preprocessing) = ([], nil)
    }

    init(whole: [PreparedImage], _ preprocessing: Preprocessing, names: @escaping @Sendable () -> [String]) {
        (self.whole, self.preprocessing, namesOfSamples) = (whole, preprocessing, names)
        classes = whole.map { $0.annotations?.classes ?? [] }
        (images, weights) = (nil, nil)
    }

    /// What the middle of each image has of values that there are for each of its pixels.
    ///
    /// - Parameter size: Height and width; at most the image's.
    func middle<Value>(_ values: [[Value]], _ size: Pair) -> [[Value]] {
        guard let images else { wrongProgram("SegmentationBatch: whole images have no common middle") }
        let (height, width) = (images.shape[2], images.shape[3])
        guard (size.height, size.width) != (height, width) else { return values }
        let (top, left) = ((height - size.height) / 2, (width - size.width) / 2)
        return values.map { values in
            (top..<top + size.height).flatMap { values[$0 * width + left..<$0 * width + left + size.width] }
        }
    }

    /// As numbers, `[N, H, W]`.
    func middleClasses(_ size: Pair) -> Tensor {
        Tensor(middle(classes, size).flatMap { $0.map(Float.init) }, shape: [count, size.height, size.width])
    }

    /// As numbers, `[N, H, W]`; nil where all pixels count alike.
    func middleWeights(_ size: Pair) -> Tensor? {
        weights.map { Tensor(middle($0, size).flatMap(\.self), shape: [count, size.height, size.width]) }
    }
}
