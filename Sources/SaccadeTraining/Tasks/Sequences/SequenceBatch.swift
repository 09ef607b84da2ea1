public import SaccadeLoading
public import SaccadeTensors

/// Sequences of tokens with their labels.
public struct SequenceBatch: LearningBatch {
    /// Tokens `[T, N]`, filled up with 0, and their numbers, `[N]`.
    public let inputs: [Tensor]
    /// Of each row of the network's answers, `[N, labels]` or `[T · N, labels]`; ``ignored`` beyond a sequence's end.
    let labels: Tensor
    public let count: Int
    public var names: [String] { makeNames() }
    private let makeNames: @Sendable () -> [String]

    /// The label of what is not there.
    static let ignored = -1

    /// - Parameters:
    ///   - sequences: At least one, of at least one token.
    ///   - labels: Of each sequence one, or one for each token.
    ///   - isEach: Which of both.
    init(
        _ sequences: [[Int]], labels: [[Int]], isEach: Bool, names: @escaping @Sendable () -> [String]
    ) {
        inputs = [PairBatch.columns(sequences), Tensor(sequences.map { Float($0.count) }, shape: [sequences.count])]
        let (steps, count) = (isEach ? inputs[0].shape[0] : 1, sequences.count)
        self.labels = Tensor(shape: [steps * count]) { elements in
            elements.update(repeating: Float(Self.ignored))
            for (column, labels) in labels.enumerated() {
                for (step, label) in labels.prefix(steps).enumerated() {
                    elements[step * count + column] = Float(label)
                }
            }
        }
        (self.count, makeNames) = (count, names)
    }
}
