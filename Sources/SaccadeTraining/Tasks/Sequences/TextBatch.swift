public import SaccadeLoading
public import SaccadeTensors

/// Pieces of text with the token that follows each.
public struct TextBatch: LearningBatch {
    /// Tokens, `[T, N]`, then the states before them: zeros.
    public let inputs: [Tensor]
    /// The token behind each, `[T, N]`.
    public let targets: Tensor
    /// Whether nothing came before: otherwise the pieces go on where those of the batch before ended.
    public let isFirst: Bool
    public var names: [String] { makeNames() }
    public var count: Int { targets.shape[1] }
    private let makeNames: @Sendable () -> [String]

    /// - Parameters:
    ///   - pieces: Each of one token more than it predicts, all as long; at least one.
    ///   - states: Before them.
    init(
        _ pieces: [ArraySlice<Int32>], states: [Tensor], isFirst: Bool, names: @escaping @Sendable () -> [String]
    ) {
        let length = pieces[0].count - 1
        func tokens(from offset: Int) -> Tensor {
            Tensor(shape: [length, pieces.count]) { elements in
                for (column, piece) in pieces.enumerated() {
                    for step in 0..<length {
                        elements[step * pieces.count + column] = Float(piece[piece.startIndex + step + offset])
                    }
                }
            }
        }
        inputs = [tokens(from: 0)] + states
        targets = tokens(from: 1)
        (self.isFirst, makeNames) = (isFirst, names)
    }

    /// The states before the pieces.
    var states: ArraySlice<Tensor> { inputs.dropFirst() }
}
