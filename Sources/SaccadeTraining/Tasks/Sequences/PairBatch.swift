public import SaccadeLoading
public import SaccadeTensors

/// Sequences and what they should become, all as numbers.
public struct PairBatch: LearningBatch {
    /// A sequence and its translation: the source's tokens, and the target's with START before and END behind.
    struct Pair {
        var source: [Int]
        var target: [Int]
    }

    /// Source tokens `[S, N]`, filled up with 0, and their numbers, `[N]`.
    public let inputs: [Tensor]
    /// The numbers of the sources' tokens.
    var lengths: Tensor { inputs[1] }
    /// What the decoder reads, from START on, and what it should write, to END, `[T, N]`; filled up with ``padding``.
    let read: Tensor
    let written: Tensor
    /// The targets as people wrote them.
    let references: [String]
    public var names: [String] { makeNames() }
    public var count: Int { read.shape[1] }
    private let makeNames: @Sendable () -> [String]

    /// The number that fills sequences up, and is never learnt.
    static let padding = 0

    /// - Parameters:
    ///   - pairs: At least one; none of their parts is empty.
    ///   - references: The targets as people wrote them; none where nothing is judged.
    init(_ pairs: [Pair], references: [String], names: @escaping @Sendable () -> [String]) {
        let sources = pairs.map(\.source)
        inputs = [Self.columns(sources), Tensor(sources.map { Float($0.count) }, shape: [pairs.count])]
        read = Self.columns(pairs.map { Array($0.target.dropLast()) })
        written = Self.columns(pairs.map { Array($0.target.dropFirst()) })
        (self.references, makeNames) = (references, names)
    }

    /// Sequences side by side, `[longest, N]`.
    static func columns(_ sequences: [[Int]]) -> Tensor {
        let (longest, count) = (max(sequences.map(\.count).max() ?? 1, 1), sequences.count)
        return Tensor(shape: [longest, count]) { elements in
            elements.update(repeating: Float(padding))
            for (column, sequence) in sequences.enumerated() {
                for (step, token) in sequence.enumerated() { elements[step * count + column] = Float(token) }
            }
        }
    }
}
