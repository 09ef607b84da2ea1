import SaccadeFiles
public import SaccadePrelude

/// A long text in pieces of the same length, one behind the other: what a network learns from that predicts the next
/// token, and is shown more than it can look back on.
public struct TextWindows: Sendable {
    public let text: NumberedText
    /// The tokens that are used, of the text's.
    public let range: Range<Int>
    /// Tokens that a piece predicts; it begins with one more.
    public let length: Int
    private let starts: [Int]

    /// - Parameters:
    ///   - text: All of it.
    ///   - range: The part that is used; what is left behind the last whole piece is not.
    ///   - length: Tokens of a piece, at least 1.
    /// - Precondition: The range is within the text.
    public init(_ text: NumberedText, _ range: Range<Int>, length: Int) {
        require(length > 0, "TextWindows: a length of \(length)")
        require(
            range.lowerBound >= 0 && range.upperBound <= text.numbers.count,
            "TextWindows: \(range) of \(text.numbers.count) tokens")
        let starts = stride(from: range.lowerBound, to: max(range.upperBound - length, range.lowerBound), by: length)
        self.init(text, range, length, Array(starts))
    }

    private init(_ text: NumberedText, _ range: Range<Int>, _ length: Int, _ starts: [Int]) {
        (self.text, self.range, self.length, self.starts) = (text, range, length, starts)
    }

    /// The same pieces with their tokens numbered as another vocabulary has them.
    ///
    /// - Throws: ``UnknownToken`` for the first that it does not have, where it has no word for those.
    public func numbered(by vocabulary: Vocabulary) throws(UnknownToken) -> TextWindows {
        TextWindows(try text.numbered(by: vocabulary), range, length, starts)
    }
}

extension TextWindows: Dataset, SampleSource {
    public var count: Int { starts.count }

    public func name(at index: Int) -> String {
        "\(text.files.first ?? "text"), tokens \(starts[index]) to \(starts[index] + length)"
    }

    public func subset(_ indices: some Sequence<Int>) -> TextWindows {
        TextWindows(text, range, length, indices.map { starts[$0] })
    }

    public var problems: [Problem] { [] }
    public var byteCount: Int { text.numbers.count * MemoryLayout<Int32>.stride }

    /// `length + 1` tokens: the last is what the one before it should lead to.
    public func sample(at index: Int, using generator: inout SplitMix64) -> ArraySlice<Int32> {
        text.numbers[starts[index]...starts[index] + length]
    }

    /// As many streams as a batch has samples, each a stretch of the text: the next batch goes on where this one ends.
    public func learningOrder(batchSize: Int, using generator: inout SplitMix64) -> [Int] {
        let batches = count / batchSize
        guard batches > 0 else { return Array(0..<count) }
        let streams = (0..<batches * batchSize).map { $0 % batchSize * batches + $0 / batchSize }
        return streams + (batches * batchSize..<count)
    }
}
