import Foundation
import SaccadePrelude
import SaccadeTensors

/// One step of a recurrent cell without biases on plain numbers, by its formula: it shows the gates, which the engine keeps to
/// itself.
struct CellFormula {
    let gates: [RecurrentPass.Gate]
    let hidden: [Double]
    /// Of an LSTM alone.
    let cell: [Double]?

    /// - Parameters:
    ///   - input: Where the 1 is among the inputs.
    ///   - before: h of the step before.
    ///   - cellBefore: c of the step before, of an LSTM alone.
    init(
        _ kind: RecurrentCell, _ weights: WordNetwork.Weights, input: Int, hidden before: [Double],
        cell cellBefore: [Double]?
    ) {
        let count = before.count
        // A product with a one-hot vector is a column.
        let fromInput = weights.inputToHidden.rows.map { $0[input] }
        let fromHidden = weights.hiddenToHidden.rows.map { row in zip(row, before).reduce(0) { $0 + $1.0 * $1.1 } }
        func sums(_ gate: Int) -> [Double] {
            (gate * count..<(gate + 1) * count).map { fromInput[$0] + fromHidden[$0] }
        }
        func squashed(_ gate: Int) -> [Double] { sums(gate).map { 1 / (1 + exp(-$0)) } }
        switch kind {
        case .tanh: (gates, hidden, cell) = ([], sums(0).map(Foundation.tanh), nil)
        case .relu: (gates, hidden, cell) = ([], sums(0).map { max($0, 0) }, nil)
        case .lstm:
            let (i, f, g, o) = (squashed(0), squashed(1), sums(2).map(Foundation.tanh), squashed(3))
            let old = cellBefore ?? [Double](repeating: 0, count: count)
            let next = (0..<count).map { f[$0] * old[$0] + i[$0] * g[$0] }
            gates = zip(["i", "f", "g", "o"], [i, f, g, o]).map(RecurrentPass.Gate.init)
            (hidden, cell) = ((0..<count).map { o[$0] * Foundation.tanh(next[$0]) }, next)
        case .gru:
            let (r, z) = (squashed(0), squashed(1))
            let n = (0..<count).map { unit in
                Foundation.tanh(fromInput[2 * count + unit] + r[unit] * fromHidden[2 * count + unit])
            }
            gates = zip(["r", "z", "n"], [r, z, n]).map(RecurrentPass.Gate.init)
            (hidden, cell) = ((0..<count).map { (1 - z[$0]) * n[$0] + z[$0] * before[$0] }, nil)
        }
    }
}
