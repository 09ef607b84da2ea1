import Foundation
import SaccadeLayers
import SaccadeTensors

/// A network on one word with a copy of its weights for each step: each copy's gradient is the share of its step.
///
/// What a state's gradient is made of the tape tells by zeros that are added to the state, one on its way to the output and
/// one on its way to the next step: their gradients are the two parts.
struct UnrolledWordNetwork {
    let steps: [RecurrentPass.Step]
    /// The largest difference of a state to what the formulas give.
    let stateDifference: Double

    /// A step's own weights and zeros.
    private struct Copy {
        let cell: RNNCell
        let output: Parameter
        let logits, hiddenToOutput, hiddenToNext, cellToNext: Parameter

        init(of network: WordNetwork) {
            // Its first weights are never drawn.
            var generator = SystemRandomNumberGenerator()
            let (count, hidden) = (network.vocabulary.count, network.hidden)
            cell = RNNCell(network.kind, in: count, out: hidden, bias: false, using: &generator)
            output = Parameter(network.matrices[2].value)
            for (own, shared) in zip(cell.parameters, network.matrices) { own.parameter.assign(shared.value) }
            logits = Parameter(Tensor(filledWith: 0, shape: [1, count]))
            let zeros = Tensor(filledWith: 0, shape: [1, hidden])
            (hiddenToOutput, hiddenToNext, cellToNext) = (Parameter(zeros), Parameter(zeros), Parameter(zeros))
        }

        /// W_xh, W_hh, W_hy.
        var matrices: [Parameter] { cell.parameters.map(\.parameter) + [output] }
    }

    /// What a step came to.
    private struct Result {
        let state: RNNState
        let logits, loss: Tensor
    }

    init(_ network: WordNetwork, _ word: [Character]) {
        let (places, count) = (network.places(of: word), network.vocabulary.count)
        let copies = (1..<word.count).map { _ in Copy(of: network) }
        var results: [Result] = []
        let (_, found) = withGradients {
            var state = copies[0].cell.zeroState(1)
            var loss = Tensor(filledWith: 0, shape: [])
            for (step, copy) in copies.enumerated() {
                let next = copy.cell(network.inputs(of: [word[step]]).reshaped(to: [1, count]), state)
                let y = linear(next.hidden + copy.hiddenToOutput.value, copy.output.value) + copy.logits.value
                let own = crossEntropy(y, [places[step + 1]], reduction: .sum)
                state = RNNState(
                    hidden: next.hidden + copy.hiddenToNext.value, cell: next.cell.map { $0 + copy.cellToNext.value })
                loss = loss + own
                results.append(Result(state: next, logits: y, loss: own))
            }
            return loss
        }
        /// Zeros where nothing came back: behind the last step is nothing.
        func gradient(_ parameter: Parameter) -> Tensor {
            found[parameter] ?? Tensor(filledWith: 0, shape: parameter.shape)
        }
        let weights = network.weights
        var (steps, difference) = ([RecurrentPass.Step](), 0.0)
        var (hiddenBefore, cellBefore) = ([Double](repeating: 0, count: network.hidden), [Double]?.none)
        if network.kind == .lstm { cellBefore = hiddenBefore }
        for (step, (copy, result)) in zip(copies, results).enumerated() {
            let (hidden, cell) = (result.state.hidden.numbers, result.state.cell?.numbers)
            let formula = CellFormula(
                network.kind, weights, input: places[step], hidden: hiddenBefore, cell: cellBefore)
            for (a, b) in zip(hidden + (cell ?? []), formula.hidden + (formula.cell ?? [])) {
                difference = max(difference, abs(a - b))
            }
            let (fromOutput, fromNext) = (gradient(copy.hiddenToOutput).numbers, gradient(copy.hiddenToNext).numbers)
            steps.append(
                RecurrentPass.Step(
                    input: word[step], target: word[step + 1], gates: formula.gates, cell: cell, hidden: hidden,
                    logits: result.logits.numbers, probabilities: softmax(result.logits).numbers,
                    loss: Double(result.loss.item),
                    gradients: RecurrentPass.StepGradients(
                        logits: gradient(copy.logits).numbers, hiddenFromOutput: fromOutput, hiddenFromNext: fromNext,
                        cellFromHidden: cell.map { cell in
                            // h = o tanh c.
                            cell.indices.map { unit in
                                let squashed = Foundation.tanh(cell[unit])
                                return (fromOutput[unit] + fromNext[unit]) * formula.gates[3].values[unit]
                                    * (1 - squashed * squashed)
                            }
                        },
                        cellFromNext: cell == nil ? nil : gradient(copy.cellToNext).numbers,
                        weights: WordNetwork.Weights(copy.matrices.map(gradient)))))
            (hiddenBefore, cellBefore) = (hidden, cell)
        }
        (self.steps, stateDifference) = (steps, difference)
    }
}

extension Tensor {
    fileprivate var numbers: [Double] { scalars.map { Double($0) } }
}
