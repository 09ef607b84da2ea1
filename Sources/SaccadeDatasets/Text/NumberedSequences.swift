public import SaccadePrelude

/// Texts as numbers with their labels: one for all of a text, or one for each of its tokens.
public struct NumberedSequences: SampleSource {
    /// A text.
    public struct Sample: Sendable, Hashable {
        /// At least one.
        public let tokens: [Int]
        /// One, or as many as tokens.
        public let labels: [Int]

        public init(tokens: [Int], labels: [Int]) { (self.tokens, self.labels) = (tokens, labels) }
    }

    private let samples: [Sample]
    private let names: @Sendable (Int) -> String

    /// - Parameter names: What to call a sample in a message.
    public init(_ samples: [Sample], names: @escaping @Sendable (Int) -> String) {
        (self.samples, self.names) = (samples, names)
    }

    public var count: Int { samples.count }
    public func name(at index: Int) -> String { names(index) }
    public func sample(at index: Int, using generator: inout SplitMix64) -> Sample { samples[index] }

    public func learningOrder(batchSize: Int, using generator: inout SplitMix64) -> [Int] {
        LengthBuckets.order(count, batchSize: batchSize, using: &generator) {
            (samples[$0].tokens.count, $0) < (samples[$1].tokens.count, $1)
        }
    }
}
