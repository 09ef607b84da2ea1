import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// One way of a network through a word, forwards and back: backpropagation through time (Rumelhart, Hinton and Williams,
/// 1986; Werbos, 1990), with every number.
///
/// L is the sum of the losses of all steps. The gradients come from the tape: the network is unrolled with a copy of its
/// weights for each step, so that each step's share of a gradient can be told from the others'.
public struct RecurrentPass: Sendable {
    /// What one step computes, and what comes back to it.
    public struct Step: Sendable {
        public let input, target: Character
        /// i, f, g, o of an LSTM, r, z, n of a GRU; none of a plain network.
        public let gates: [Gate]
        /// c_t, of an LSTM alone.
        public let cell: [Double]?
        /// h_t.
        public let hidden: [Double]
        /// y_t.
        public let logits: [Double]
        /// The softmax of y_t.
        public let probabilities: [Double]
        /// −ln of the target's probability, in nats.
        public let loss: Double
        public let gradients: StepGradients
    }

    /// A gate's numbers, one for each number of the state.
    public struct Gate: Sendable, Hashable {
        public let name: String
        public let values: [Double]
    }

    /// ∂L of one step's numbers.
    public struct StepGradients: Sendable {
        /// ∂L/∂y_t: the probabilities, less 1 at the target.
        public let logits: [Double]
        /// The part of ∂L/∂h_t that comes from the step's own output, through W_hy.
        public let hiddenFromOutput: [Double]
        /// The part that comes from the step behind, through W_hh; zeros at the last step.
        public let hiddenFromNext: [Double]
        /// The part of ∂L/∂c_t that comes from h_t of the same step, of an LSTM alone.
        public let cellFromHidden: [Double]?
        /// The part that comes from the cell of the step behind, through its forget gate; zeros at the last step.
        public let cellFromNext: [Double]?
        /// What the step adds to ∂L/∂W of each matrix.
        public let weights: WordNetwork.Weights

        /// ∂L/∂h_t.
        public var hidden: [Double] { zip(hiddenFromOutput, hiddenFromNext).map(+) }
        /// ∂L/∂c_t.
        public var cell: [Double]? {
            guard let cellFromHidden, let cellFromNext else { return nil }
            return zip(cellFromHidden, cellFromNext).map(+)
        }
    }

    /// What the network computed with.
    public let weights: WordNetwork.Weights
    public let steps: [Step]
    /// ∂L/∂W of each matrix for the whole word at once: what training uses, and the sum of the steps' shares.
    public let gradients: WordNetwork.Weights
    /// The largest difference of the steps' sums to ``gradients``, and of states from the gates' formulas to the engine's.
    public let engineDifference: Double
    /// What the network writes by itself when it is fed the word's first character.
    public let written: String

    /// L: the sum over the steps, in nats.
    public var loss: Double { steps.reduce(0) { $0 + $1.loss } }
    /// The mean over the steps, in nats.
    public var meanLoss: Double { loss / Double(steps.count) }

    /// - Parameters:
    ///   - network: Reads the word.
    ///   - word: At least two characters of its vocabulary.
    public init(of network: WordNetwork, on word: [Character]) {
        require(word.count >= 2, "RecurrentPass: a word of \(word.count) characters has no step")
        let unrolled = UnrolledWordNetwork(network, word)
        (weights, steps) = (network.weights, unrolled.steps)
        let (x, targets) = (network.inputs(of: word.dropLast()), network.places(of: word.dropFirst()))
        let (_, found) = withGradients { crossEntropy(network(x), targets, reduction: .sum) }
        gradients = WordNetwork.Weights(
            network.matrices.map { found[$0] ?? Tensor(filledWith: 0, shape: $0.shape) })
        engineDifference = max(
            gradients.difference(to: WordNetwork.Weights(sumOf: steps.map(\.gradients.weights))),
            unrolled.stateDifference)
        written = network.written(after: word[0], count: word.count - 1)
    }
}
