import SaccadePrelude
public import SaccadeTensors

/// Recurrent layers over sequences, one upon the other: PyTorch's `nn.RNN`, `nn.LSTM` and `nn.GRU`.
///
///     let rnn = RNN(.lstm, in: 65, out: 512, layers: 2, dropout: 0.3, using: &generator)
///     let (outputs, states) = rnn(x)                    // x: [T, N, 65], outputs: [T, N, 512]
///     let (more, _) = rnn(next, from: states)           // goes on where the sequences were
///
/// Sequences lie time first, `[T, N, …]`, so that a step is one piece of memory. Weights, names and answers are PyTorch's.
public struct RNN: Module {
    public typealias Kind = RecurrentCell

    public let kind: Kind
    /// Elements of the input's last axis.
    public let inputs: Int
    /// Units of a layer in one direction.
    public let hidden: Int
    /// Layers; at least 1.
    public let layers: Int
    /// Whether each layer reads the sequences from both ends, and gives both directions' outputs side by side.
    public let isBidirectional: Bool
    private let weights: [RecurrentWeights]  // layer by layer, forwards then backwards
    /// Between layers, while training.
    private let dropout: Dropout?

    /// - Parameters:
    ///   - kind: What is done in a step.
    ///   - inputs: Elements of the input's last axis.
    ///   - hidden: Units of a layer in one direction.
    ///   - layers: At least 1.
    ///   - bias: Whether learned numbers are added to the gates, both to the inputs' part and to the state's.
    ///   - isBidirectional: Whether each layer reads the sequences from both ends.
    ///   - dropout: Of the outputs of all layers but the last, while training; in `0...1`.
    ///   - generator: Where the seeds come from; pass a seeded one to repeat a run.
    public init(
        _ kind: Kind, in inputs: Int, out hidden: Int, layers: Int = 1, bias: Bool = true,
        isBidirectional: Bool = false, dropout: Float = 0, using generator: inout some RandomNumberGenerator
    ) {
        require(inputs > 0 && hidden > 0 && layers > 0, "RNN: \(inputs) inputs, \(hidden) units, \(layers) layers")
        (self.kind, self.inputs, self.hidden, self.layers) = (kind, inputs, hidden, layers)
        self.isBidirectional = isBidirectional
        let directions = isBidirectional ? 2 : 1
        var weights: [RecurrentWeights] = []
        for index in 0..<layers * directions {
            weights.append(
                RecurrentWeights(
                    kind, in: index < directions ? inputs : hidden * directions, out: hidden, bias: bias,
                    using: &generator))
        }
        self.weights = weights
        self.dropout = dropout > 0 && layers > 1 ? Dropout(probability: dropout, using: &generator) : nil
    }

    public var children: [(name: String, value: Any)] {
        let directions = isBidirectional ? 2 : 1
        let own = weights.enumerated().flatMap { index, weights in
            weights.named("_l\(index / directions)" + (index % directions == 1 ? "_reverse" : ""))
        }
        return own + (dropout.map { [("dropout", $0)] } ?? [])
    }

    /// Elements of the output's last axis.
    public var outputs: Int { isBidirectional ? 2 * hidden : hidden }

    /// The states before the first step: zeros, one for each layer and direction.
    ///
    /// - Parameter count: Sequences, N.
    public func zeroStates(_ count: Int) -> [RNNState] {
        weights.map { _ in RNNState(zerosFor: kind, count: count, hidden: hidden) }
    }

    /// - Parameters:
    ///   - x: `[T, N, in]`.
    ///   - states: Before the first step, of each layer its forward and then its backward direction; nil is zeros.
    ///   - lengths: `[N]`, whole numbers in `0...T`: the steps of each sequence; nil is T for all. What lies beyond
    ///     reaches no state, and the outputs there are 0.
    /// - Returns: `[T, N, H]`, or `[T, N, 2·H]` of two directions, and the states after the sequences' last steps.
    /// - Precondition: The shapes fit.
    public func callAsFunction(
        _ x: Tensor, from states: [RNNState]? = nil, lengths: Tensor? = nil
    ) -> (outputs: Tensor, last: [RNNState]) {
        require(
            states.map { $0.count == weights.count } ?? true, "RNN: \(states?.count ?? 0) states for \(weights.count)")
        let directions = isBidirectional ? 2 : 1
        var (x, last) = (x, [RNNState]())
        for layer in 0..<layers {
            if layer > 0, let dropout { x = dropout(x) }
            var outputs: [Tensor] = []
            for direction in 0..<directions {
                let index = layer * directions + direction
                let own = weights[index]
                let results = recurrence(
                    kind, own.gates(of: x), own.hidden.value, bias: own.hiddenBias?.value, from: states?[index],
                    lengths: lengths, isReversed: direction == 1)
                outputs.append(results.outputs)
                last.append(results.last)
            }
            x = outputs.count == 1 ? outputs[0] : concatenated(outputs, axis: 2)
        }
        return (x, last)
    }
}
