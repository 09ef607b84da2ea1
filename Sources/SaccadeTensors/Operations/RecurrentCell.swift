import CSaccadeKernels

/// What a recurrent layer does in one step, by the name that recipes have for it.
///
/// Gates lie in PyTorch's order, so that its weights load as they are.
public enum RecurrentCell: String, Sendable, Hashable, Codable, CaseIterable {
    /// h′ = tanh(x + W h): Elman, "Finding Structure in Time" (1990).
    case tanh = "rnn"
    /// The same with max(·, 0) for tanh.
    case relu = "rnn-relu"
    /// Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with the forget gate of Gers et al. (2000). Gates:
    /// input, forget, cell, output.
    case lstm
    /// Cho et al. (2014), the reset gate behind the product, as PyTorch and cuDNN have it. Gates: reset, update, new.
    case gru

    /// The sums that a unit has: G.
    public var gateCount: Int {
        switch self {
        case .tanh, .relu: 1
        case .gru: 3
        case .lstm: 4
        }
    }

    /// What a gradient needs of a unit at one step beside its output.
    var keptCount: Int {
        switch self {
        case .tanh, .relu: 0
        case .gru, .lstm: 4
        }
    }

    var hasCellState: Bool { self == .lstm }

    var code: sk_cell {
        switch self {
        case .tanh: SK_RNN_TANH
        case .relu: SK_RNN_RELU
        case .lstm: SK_LSTM
        case .gru: SK_GRU
        }
    }

    /// A layer as the loops know it, without addresses.
    ///
    /// - Parameter sequences: `[T, N, …]`.
    func problem(_ sequences: Shape, _ hidden: Int, isReversed: Bool) -> sk_recurrence {
        sk_recurrence(
            cell: code, steps: sequences[0], sequences: sequences[1], hidden: hidden, reversed: isReversed ? 1 : 0,
            lengths: nil, h0: nil, c0: nil, outputs: nil, cells: nil, activated: nil)
    }
}

/// What a recurrent layer knows between two steps.
public struct RNNState: Sendable {
    /// `[N, H]`: the output of the step before.
    public var hidden: Tensor
    /// `[N, H]`, of an LSTM alone: what its gates let through.
    public var cell: Tensor?

    public init(hidden: Tensor, cell: Tensor? = nil) { (self.hidden, self.cell) = (hidden, cell) }

    /// The state before the first step of `count` sequences: all zeros.
    public init(zerosFor kind: RecurrentCell, count: Int, hidden: Int) {
        let zeros = Tensor(filledWith: 0, shape: [count, hidden])
        self.init(hidden: zeros, cell: kind.hasCellState ? zeros : nil)
    }

    /// The same numbers, through which no gradient flows: where backpropagation through time is truncated.
    public var detached: RNNState { RNNState(hidden: hidden.detached, cell: cell?.detached) }

    /// Hidden, then cell.
    public var tensors: [Tensor] { [hidden] + (cell.map { [$0] } ?? []) }
}
