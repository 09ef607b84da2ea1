public import SaccadeLoading
import SaccadePrelude
public import SaccadeTensors

/// Images in black and white, and where the random numbers begin of what a network makes of each.
public struct DrawingBatch: LearningBatch {
    /// `[N, C, H, W]`, 0 or 1 each.
    public let images: Tensor
    public let seeds: [UInt64]
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { seeds.count }
    public var names: [String] { namesOfSamples() }
    public var inputs: [Tensor] { [images] }

    public init(images: Tensor, seeds: [UInt64], names: @escaping @Sendable () -> [String]) {
        require(
            images.shape.rank == 4 && images.shape[0] == seeds.count,
            "a batch of shape \(images.shape) with \(seeds.count) seeds")
        (self.images, self.seeds, namesOfSamples) = (images, seeds, names)
    }
}
