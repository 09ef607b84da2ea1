import CSaccadeKernels
import SaccadePrelude

/// One step of an LSTM from the sums of its gates: for networks that choose their next input by their state, where a whole
/// ``recurrence(_:_:_:bias:from:lengths:isReversed:)`` cannot be.
///
/// - Parameters:
///   - gates: `[N, 4·H]`: all that enters the input, forget, cell and output gates.
///   - cell: `[N, H]`: c of the step before.
/// - Returns: h and c, `[N, H]` each.
/// - Precondition: The shapes fit.
public func lstmStep(_ gates: Tensor, cell: Tensor) -> (hidden: Tensor, cell: Tensor) {
    let results = LSTMStep().results(of: [gates, cell])
    let (next, activated) = (results[1], results[2])
    let recorded = Array(results[..<2]).recorded(from: [gates, cell]) { dy, _ in
        let zeros = Tensor(filledWith: 0, shape: cell.shape)
        return LSTMStepGradient().results(of: [activated, cell, next, dy[0] ?? zeros, dy[1] ?? zeros])
    }
    return (recorded[0], recorded[1])
}

/// Inputs: gates `[N, 4·H]`, cell `[N, H]`. Results: hidden and cell, and what the gates came to.
struct LSTMStep: Operation {
    var name: String { "lstm step" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank == 2, inputs[1].rank == 2, inputs[0][0] == inputs[1][0], inputs[0][1] == 4 * inputs[1][1]
        else { throw ShapeError("lstmStep: gates \(inputs[0]) and cells \(inputs[1]) must be [N, 4·H] and [N, H]") }
        return [inputs[1], inputs[1], inputs[0]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (rows, hidden) = (request.inputs[1].shape[0], request.inputs[1].shape[1])
        return [Kernel(request) { at in sk_lstm_step(rows, hidden, at[0], at[1], at[2], at[3], at[4]) }]
    }
}

/// Inputs: the gates, the cell before, the cell after, and the gradients of hidden and cell. Results: those of the sums and
/// of the cell before.
struct LSTMStepGradient: Operation {
    var name: String { "lstm step gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0], inputs[1]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (rows, hidden) = (request.inputs[1].shape[0], request.inputs[1].shape[1])
        return [
            Kernel(request) { at in
                sk_lstm_step_gradient(rows, hidden, at[0], at[1], at[2], at[3], at[4], at[5], at[6])
            }
        ]
    }
}
