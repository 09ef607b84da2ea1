public import SaccadeLoading
import SaccadePrelude
public import SaccadeTensors

/// Canvases, the classes of what is on them, and where the random numbers begin with which a network looks at each.
public struct GlimpseBatch: LearningBatch {
    /// `[N, C, H, W]`.
    public let images: Tensor
    /// Of each canvas, from left to right.
    public let labels: [[Int]]
    public let seeds: [UInt64]
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { labels.count }
    public var names: [String] { namesOfSamples() }
    public var inputs: [Tensor] { [images] }

    public init(images: Tensor, labels: [[Int]], seeds: [UInt64], names: @escaping @Sendable () -> [String]) {
        require(
            images.shape.rank == 4 && images.shape[0] == labels.count && seeds.count == labels.count,
            "a batch of shape \(images.shape) with \(labels.count) labels and \(seeds.count) seeds")
        (self.images, self.labels, self.seeds, namesOfSamples) = (images, labels, seeds, names)
    }
}
