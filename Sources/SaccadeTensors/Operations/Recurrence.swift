import CSaccadeKernels
import SaccadeOneDNN
import SaccadePrelude

/// A recurrent layer over whole sequences, in one direction, as one operation: what of it must wait for the step before.
///
///     let (outputs, last) = recurrence(.lstm, linear(x, weightInput, bias: bias), weightHidden)
///
/// What the inputs add to the gates is one large product for all steps, and comes from outside. Sequences of a batch may
/// have lengths of their own: a step beyond the end is never computed, its output is 0, and the state that comes out is
/// that of the sequence's own last step.
///
/// - Parameters:
///   - cell: What is done in a step.
///   - gates: `[T, N, G·H]`: what inputs add to the gates of all units.
///   - weights: `[G·H, H]`: of the hidden state, PyTorch's `weight_hh`.
///   - bias: `[G·H]`: what is added to the hidden state's part.
///   - state: Before the first step of each sequence; nil is zeros.
///   - lengths: `[N]`, whole numbers in `0...T`: the steps of each sequence; nil is T for all.
///   - isReversed: Whether each sequence is read from its last step to its first. Outputs stay at their steps' places.
/// - Returns: The hidden states after each step, `[T, N, H]`, and the state after the last.
/// - Precondition: The shapes fit, and an LSTM's state has its cells.
public func recurrence(
    _ cell: RecurrentCell, _ gates: Tensor, _ weights: Tensor, bias: Tensor? = nil, from state: RNNState? = nil,
    lengths: Tensor? = nil, isReversed: Bool = false
) -> (outputs: Tensor, last: RNNState) {
    require(
        gates.shape.rank == 3 && weights.shape.rank == 2,
        "recurrence: gates must be [T, N, G·H] and weights [G·H, H], got \(gates.shape) and \(weights.shape)")
    let state = state ?? RNNState(zerosFor: cell, count: gates.shape[1], hidden: weights.shape[1])
    require(
        (state.cell != nil) == cell.hasCellState, "recurrence: cells are for an LSTM’s state, and \(cell) was given")
    let operation = Recurrence(
        cell: cell, isReversed: isReversed, hasBias: bias != nil, hasLengths: lengths != nil,
        keepsGates: Tape.current != nil)
    let inputs = [gates, weights] + state.tensors + [bias, lengths].compactMap { $0 }
    let results = operation.results(of: inputs)
    let states = 1 + state.tensors.count
    let gradient = RecurrenceGradient(of: operation)
    // Without the gates: the tape would hold what nobody reads again.
    let (held, kept) = (Array(inputs.dropFirst()), Array(results[states...]))
    let recorded = Array(results[..<states]).recorded(from: inputs) { dy, wanted in
        gradient.gradients(weightsAndBelow: held, outputs: results[0], kept, dy, wanted)
    }
    return (recorded[0], RNNState(hidden: recorded[1], cell: cell.hasCellState ? recorded[2] : nil))
}

/// Inputs: `[T, N, G·H]`, `[G·H, H]`, the state's one or two `[N, H]`, then the bias and the lengths where there are.
/// Results: outputs `[T, N, H]`, the last state's `[N, H]`, and for a gradient the cells of all steps and what the gates
/// came to.
struct Recurrence: Operation {
    let cell: RecurrentCell
    let isReversed: Bool
    let hasBias: Bool
    let hasLengths: Bool
    /// Whether a gradient may be asked for.
    let keepsGates: Bool

    var name: String { cell == .lstm ? "lstm" : cell == .gru ? "gru" : "rnn" }

    /// The tensors of a state.
    var stateCount: Int { cell.hasCellState ? 2 : 1 }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs.count == 2 + stateCount + (hasBias ? 1 : 0) + (hasLengths ? 1 : 0) else {
            throw ShapeError("\(name): got \(inputs.count) inputs")
        }
        let (gates, weights) = (inputs[0], inputs[1])
        guard gates.rank == 3, weights.rank == 2, weights[0] == cell.gateCount * weights[1], gates[2] == weights[0]
        else {
            throw ShapeError(
                "\(name): gates \(gates) and weights \(weights) must be [T, N, \(cell.gateCount)·H] and "
                    + "[\(cell.gateCount)·H, H]")
        }
        let state: Shape = [gates[1], weights[1]]
        for given in inputs[2..<2 + stateCount] where given != state {
            throw ShapeError("\(name): a state must be \(state), got \(given)")
        }
        if hasBias, inputs[2 + stateCount] != [weights[0]] {
            throw ShapeError("\(name): a bias of shape \(inputs[2 + stateCount]) does not fit \(weights[0]) gates")
        }
        if hasLengths, inputs[inputs.count - 1] != [gates[1]] {
            throw ShapeError("\(name): lengths of shape \(inputs[inputs.count - 1]) do not fit \(gates[1]) sequences")
        }
        let outputs: Shape = [gates[0], gates[1], weights[1]]
        guard keepsGates else { return [outputs] + inputs[2..<2 + stateCount] }
        return [outputs] + inputs[2..<2 + stateCount]
            + (cell.hasCellState ? [outputs] : [])
            + (cell.keptCount > 0 ? [[gates[0], gates[1], cell.keptCount * weights[1]]] : [])
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int {
        inputs[0][0] * inputs[0][1] * inputs[1].elementCount
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let places = Places(self)
        let (gates, hidden) = (request.inputs[0].shape, request.inputs[1].shape[1])
        let packed = sk_recurrence_packed_count(cell.code, hidden)
        let isPacked = request.constantInputs.contains(1) && packed > 0
        let (cell, isReversed) = (cell, isReversed)
        var kernel = Kernel(request) { at in
            var own = cell.problem(gates, hidden, isReversed: isReversed)
            let outputs = at[places.outputs]
            own.lengths = places.lengths.map { UnsafePointer(at[$0]) }
            (own.h0, own.c0) = (UnsafePointer(at[2]), cell.hasCellState ? UnsafePointer(at[3]) : nil)
            own.outputs = UnsafePointer(outputs)
            (own.cells, own.activated) = (places.cells.map { at[$0] }, places.activated.map { at[$0] })
            let scratch = at[places.scratch]
            if !isPacked { sk_recurrence_pack(cell.code, hidden, at[1], scratch) }
            sk_recurrence_forward(
                &own, at[0], isPacked ? at[1] : scratch, places.bias.map { UnsafePointer(at[$0]) }, outputs,
                at[places.outputs + 1], cell.hasCellState ? at[places.outputs + 2] : nil,
                scratch + (isPacked ? 0 : packed))
        }
        var problem = cell.problem(gates, hidden, isReversed: isReversed)
        kernel.scratchByteCount =
            sk_recurrence_scratch(&problem) + (isPacked ? 0 : packed * MemoryLayout<Float>.stride)
        if isPacked {
            kernel.inputs[1] = Arrangement(
                .rowMajor([packed]), rowMajor: .rowMajor(request.inputs[1].shape.dimensions))
            kernel.transforms[1] = ConstantTransform("\(name) gates by unit") { from, to in
                sk_recurrence_pack(cell.code, hidden, from, to)
            }
        }
        return [kernel]
    }

    /// Where the kernel finds what is not always there.
    private struct Places {
        let bias, lengths, cells, activated: Int?
        let outputs, scratch: Int

        init(_ operation: Recurrence) {
            var next = 2 + operation.stateCount
            func place(_ isThere: Bool) -> Int? {
                guard isThere else { return nil }
                defer { next += 1 }
                return next
            }
            bias = place(operation.hasBias)
            lengths = place(operation.hasLengths)
            outputs = next
            next += 1 + operation.stateCount
            cells = place(operation.keepsGates && operation.cell.hasCellState)
            activated = place(operation.keepsGates && operation.cell.keptCount > 0)
            scratch = next
        }
    }
}
