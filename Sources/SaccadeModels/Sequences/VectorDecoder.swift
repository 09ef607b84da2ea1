public import SaccadeLayers
public import SaccadeTensors

/// Words for a vector, such as what a convolutional network makes of an image: the vector becomes the first state, and each
/// word is read before the next is written. Vinyals et al., "Show and Tell" (2015), with the vector as state in place of
/// the first input.
public struct VectorDecoder: Module, SequenceMapping {
    private let initial: Linear
    private let initialCell: Linear?
    private let embedding: Embedding
    private let cell: RNNCell
    private let scores: Linear

    public var mode: SequenceMode { .oneToMany }

    /// - Parameters:
    ///   - kind: What is done in a step.
    ///   - features: Elements of the vector.
    ///   - tokens: Words that there are, PADDING, UNKNOWN, START and END in front.
    ///   - hidden: Units; a word's vector has as many elements.
    public init(
        _ kind: RecurrentCell = .lstm, features: Int, tokens: Int, hidden: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        initial = Linear(in: features, out: hidden, using: &generator)
        initialCell = kind == .lstm ? Linear(in: features, out: hidden, using: &generator) : nil
        embedding = Embedding(tokens, dimensions: hidden, initializer: .normal(deviation: 0.1), using: &generator)
        cell = RNNCell(kind, in: hidden, out: hidden, using: &generator)
        scores = Linear(in: hidden, out: tokens, using: &generator)
    }

    /// The state before the first word.
    ///
    /// - Parameter vector: `[N, features]`.
    private func state(of vector: Tensor) -> RNNState {
        RNNState(hidden: tanh(initial(vector)), cell: initialCell.map { $0(vector) })
    }

    /// - Parameters:
    ///   - inputs: A vector each, `[1, N, features]`.
    ///   - count: Words to write.
    /// - Returns: The scores of each word, `[count, N, tokens]`.
    public func callAsFunction(_ inputs: Tensor, count: Int) -> Tensor {
        let sequences = inputs.shape[1]
        var state = state(of: inputs.reshaped(to: [sequences, inputs.shape[2]]))
        return writing(count, sequences: sequences) { token in
            state = cell(embedding(token.reshaped(to: [sequences])), state)
            return scores(state.hidden).reshaped(to: [1, sequences, scores.weight.shape[0]])
        }
    }

    /// The scores of words behind true ones: what is learnt from (teacher forcing).
    ///
    /// - Parameters:
    ///   - inputs: `[1, N, features]`.
    ///   - tokens: The words before each that is to be written, `[T, N]`, from START on.
    /// - Returns: `[T, N, tokens]`.
    public func scores(_ inputs: Tensor, behind tokens: Tensor) -> Tensor {
        let (steps, sequences) = (tokens.shape[0], tokens.shape[1])
        var state = state(of: inputs.reshaped(to: [sequences, inputs.shape[2]]))
        let rows = (0..<steps).map { step -> Tensor in
            let token = tokens.sliced(axis: 0, step..<step + 1).reshaped(to: [sequences])
            state = cell(embedding(token), state)
            return scores(state.hidden).reshaped(to: [1, sequences, scores.weight.shape[0]])
        }
        return concatenated(rows, axis: 0)
    }
}
