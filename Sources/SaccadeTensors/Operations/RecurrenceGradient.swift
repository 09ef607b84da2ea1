import CSaccadeKernels

/// The gradients of a ``Recurrence``, step by step backwards.
///
/// Inputs: weights, the first state's one or two `[N, H]`, outputs, then of what was kept the cells and the gates, the
/// lengths where there are, and the gradients of outputs and last state. Results: the gradients of `gates`, `[T, N, G·H]`,
/// of what the hidden side adds to them (of the GRU alone), the states before each step, `[T, N, H]`, and the gradients of
/// the first state.
struct RecurrenceGradient: Operation {
    let cell: RecurrentCell
    let isReversed: Bool
    let hasBias: Bool
    let hasLengths: Bool

    init(of operation: Recurrence) {
        (cell, isReversed) = (operation.cell, operation.isReversed)
        (hasBias, hasLengths) = (operation.hasBias, operation.hasLengths)
    }

    var name: String { "\(cell == .lstm ? "lstm" : cell == .gru ? "gru" : "rnn") gradient" }

    private var stateCount: Int { cell.hasCellState ? 2 : 1 }

    func resultShapes(_ inputs: [Shape]) -> [Shape] {
        let outputs = inputs[1 + stateCount]
        let gates: Shape = [outputs[0], outputs[1], inputs[0][0]]
        return [gates] + (cell == .gru ? [gates] : []) + [outputs] + inputs[1..<1 + stateCount]
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int {
        results[0][0] * results[0][1] * inputs[0].elementCount
    }

    /// The gradients of all inputs of the recurrence.
    ///
    /// - Parameters:
    ///   - inputs: Of the recurrence, but for the gates.
    ///   - outputs: Its first result.
    ///   - kept: What it kept for this.
    ///   - dy: The gradients of outputs and last state, where there are.
    ///   - wanted: Which are asked for.
    func gradients(
        weightsAndBelow inputs: [Tensor], outputs: Tensor, _ kept: [Tensor], _ dy: [Tensor?], _ wanted: [Bool]
    ) -> [Tensor?] {
        let (weights, state) = (inputs[0], Array(inputs[1..<1 + stateCount]))
        let lengths = hasLengths ? [inputs[inputs.count - 1]] : []
        let incoming = dy.enumerated().map { index, dy in
            dy ?? Tensor(filledWith: 0, shape: index == 0 ? outputs.shape : state[index - 1].shape)
        }
        let results = self.results(of: [weights] + state + [outputs] + kept + lengths + incoming)
        let hiddenGates = results[cell == .gru ? 1 : 0]
        let (previous, first) = (results[results.count - stateCount - 1], results[(results.count - stateCount)...])
        let rows = outputs.shape[0] * outputs.shape[1]
        var found: [Tensor?] = [results[0], nil] + first.map { $0 }
        let wantsBias = hasBias && wanted[2 + stateCount]
        if wanted[1] || wantsBias {
            let geometry = InnerProductGeometry(inputs: [rows, weights.shape[1]], weights: weights.shape)
            let products = InnerProductWeightGradient(geometry: geometry, hasBias: wantsBias).results(of: [
                previous.reshaped(to: geometry.inputs), hiddenGates.reshaped(to: [rows, weights.shape[0]]),
            ])
            found[1] = products[0]
            if hasBias { found.append(wantsBias ? products[1] : nil) }
        } else if hasBias {
            found.append(nil)
        }
        return found + lengths.map { _ in nil }
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (outputs, hidden) = (request.inputs[1 + stateCount].shape, request.inputs[0].shape[1])
        let packed = sk_recurrence_packed_count_for_gradient(cell.code, hidden)
        let (cell, states, hasLengths, isReversed) = (cell, stateCount, hasLengths, isReversed)
        let kept = 2 + states
        let lengths = kept + (cell.hasCellState ? 1 : 0) + (cell.keptCount > 0 ? 1 : 0)
        let incoming = lengths + (hasLengths ? 1 : 0)
        let result = incoming + 1 + states
        let previous = result + (cell == .gru ? 2 : 1)
        let scratch = previous + 1 + states
        var kernel = Kernel(request) { at in
            var own = cell.problem(outputs, hidden, isReversed: isReversed)
            own.lengths = hasLengths ? UnsafePointer(at[lengths]) : nil
            (own.h0, own.c0) = (UnsafePointer(at[1]), cell.hasCellState ? UnsafePointer(at[2]) : nil)
            own.outputs = UnsafePointer(at[1 + states])
            own.cells = cell.hasCellState ? at[kept] : nil
            own.activated = cell.keptCount > 0 ? at[lengths - 1] : nil
            sk_recurrence_pack_for_gradient(cell.code, hidden, at[0], at[scratch])
            sk_recurrence_backward(
                &own, at[scratch], at[incoming], at[incoming + 1], cell.hasCellState ? at[incoming + 2] : nil,
                at[result], cell == .gru ? at[result + 1] : nil, at[previous], at[previous + 1],
                cell.hasCellState ? at[previous + 2] : nil, at[scratch] + packed)
        }
        var problem = cell.problem(outputs, hidden, isReversed: isReversed)
        kernel.scratchByteCount = sk_recurrence_scratch(&problem) + packed * MemoryLayout<Float>.stride
        return [kernel]
    }
}
