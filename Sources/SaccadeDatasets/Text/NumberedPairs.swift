import SaccadeFiles
public import SaccadePrelude

/// Sentences and their translations as numbers.
public struct NumberedPairs: SampleSource {
    /// A sentence and its translation.
    public struct Sample: Sendable {
        /// The sentence's tokens, END behind.
        public let source: [Int]
        /// The translation's, START before and END behind.
        public let target: [Int]
        /// The translation as it was written.
        public let reference: String
    }

    public let pairs: TextPairs
    private let samples: [Sample]

    /// - Parameters:
    ///   - source: How sentences become numbers.
    ///   - target: How translations do.
    ///   - longest: Sentences are cut behind so many tokens.
    public init(_ pairs: TextPairs, source: TextCoding, target: TextCoding, longest: Int) {
        self.pairs = pairs
        samples = pairs.pairs.map { pair in
            Sample(
                source: source.numbers(of: pair.source, longest: longest).dropFirst().map { $0 },
                target: target.numbers(of: pair.target, longest: longest), reference: pair.target)
        }
    }

    public var count: Int { samples.count }
    public func name(at index: Int) -> String { pairs.name(at: index) }
    public func sample(at index: Int, using generator: inout SplitMix64) -> Sample { samples[index] }

    public func learningOrder(batchSize: Int, using generator: inout SplitMix64) -> [Int] {
        LengthBuckets.order(count, batchSize: batchSize, using: &generator) {
            let (a, b) = (samples[$0], samples[$1])
            return (a.target.count, a.source.count, $0) < (b.target.count, b.source.count, $1)
        }
    }
}

extension TextCoding {
    /// A text's tokens between START and END.
    ///
    /// - Parameter longest: What is behind so many tokens is left out.
    public func numbers(of text: String, longest: Int) -> [Int] {
        let words = tokenizer.tokens(of: text).prefix(longest)
        // With a word for those that are not known, nothing is unknown.
        let numbers = (try? vocabulary.numbers(of: words)) ?? []
        let (start, end) = (
            vocabulary.number(of: Vocabulary.Special.start), vocabulary.number(of: Vocabulary.Special.end)
        )
        return [start].compactMap { $0 } + numbers + [end].compactMap { $0 }
    }
}
