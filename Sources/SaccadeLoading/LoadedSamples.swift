public import SaccadePrelude

/// The samples of one batch, read and not yet put together.
public struct LoadedSamples<Sample: Sendable>: Sendable {
    /// The batch's number in its epoch, from 0.
    public let batch: Int
    /// At least one.
    public let samples: [Sample]
    /// Their numbers in the source.
    public let indices: [Int]
    /// What to call them.
    public let names: @Sendable () -> [String]
    /// Of what is random about the batch as a whole.
    public var generator: SplitMix64
}
