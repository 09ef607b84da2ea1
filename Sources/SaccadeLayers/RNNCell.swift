public import SaccadeTensors

/// One step of a recurrent layer, for networks whose next input depends on the step before: PyTorch's `nn.RNNCell`,
/// `nn.LSTMCell` and `nn.GRUCell`. Whole sequences are faster by ``RNN``.
public struct RNNCell: Module {
    public typealias Kind = RecurrentCell

    public let kind: Kind
    /// Units.
    public let hidden: Int
    private let weights: RecurrentWeights

    /// - Parameters:
    ///   - kind: What is done in a step.
    ///   - inputs: Elements of the input's last axis.
    ///   - hidden: Units.
    ///   - bias: Whether learned numbers are added to the gates.
    ///   - generator: Where the seeds come from; pass a seeded one to repeat a run.
    public init(
        _ kind: Kind, in inputs: Int, out hidden: Int, bias: Bool = true,
        using generator: inout some RandomNumberGenerator
    ) {
        (self.kind, self.hidden) = (kind, hidden)
        weights = RecurrentWeights(kind, in: inputs, out: hidden, bias: bias, using: &generator)
    }

    public var children: [(name: String, value: Any)] { weights.named("") }

    /// The state before the first step: zeros.
    public func zeroState(_ count: Int) -> RNNState { RNNState(zerosFor: kind, count: count, hidden: hidden) }

    /// - Parameters:
    ///   - x: `[N, in]`.
    ///   - state: After the step before; nil is zeros.
    /// - Returns: The state after this step; its `hidden`, `[N, H]`, is the output.
    /// - Precondition: The shapes fit, and an LSTM's state has its cells.
    public func callAsFunction(_ x: Tensor, _ state: RNNState? = nil) -> RNNState {
        let state = state ?? zeroState(x.shape[0])
        let gates = weights.gates(of: x)
        guard kind == .lstm, let cell = state.cell else {
            let whole = gates.reshaped(to: [1, x.shape[0], gates.shape[1]])
            return recurrence(kind, whole, weights.hidden.value, bias: weights.hiddenBias?.value, from: state).last
        }
        let sums = gates + linear(state.hidden, weights.hidden.value, bias: weights.hiddenBias?.value)
        let next = lstmStep(sums, cell: cell)
        return RNNState(hidden: next.hidden, cell: next.cell)
    }
}
