import SaccadePrelude
public import SaccadeTensors

/// Sets elements to zero at random while training and scales the others so that the mean stays. Does nothing when
/// predicting. Srivastava et al., "Dropout" (2014).
public struct Dropout: Layer {
    /// The chance of each element to become zero.
    public let probability: Float
    private let source: RandomSource

    /// - Parameters:
    ///   - probability: Of an element to become zero, in `0...1`.
    ///   - generator: Where the seed of all choices comes from; pass a seeded one to repeat a run.
    public init(probability: Float = 0.5, using generator: inout some RandomNumberGenerator) {
        require((0...1).contains(probability), "Dropout: a probability is in 0...1, got \(probability)")
        self.probability = probability
        source = RandomSource(seed: generator.next())
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard Phase.current == .training, probability > 0 else { return x }
        // A network that is traced for its memory has no numbers to draw, and what a checkpoint keeps of the source must
        // not move: a tensor like the mask stands in.
        guard !x.isTraced else { return x * relu(x).detached }
        var generator = SplitMix64(seed: source.next())
        return dropout(x, probability: probability, using: &generator)
    }
}
