public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// A recurrent network that says at each character of a word which one comes next, as lectures begin with it: vocabulary
/// [h, e, l, o], one-hot inputs, and
///
///     h_t = tanh(W_xh x_t + W_hh h_{t−1})        y_t = W_hy h_t
///
/// without biases, for the lecture has none; or with the cell of an LSTM or a GRU in place of the first line. The
/// probabilities of the next character are the softmax of y_t.
public struct WordNetwork: Module {
    /// The characters that it knows, in the order of inputs and outputs; no two are the same.
    public let vocabulary: [Character]
    let rnn: RNN  // W_xh and W_hh
    let output: Linear  // W_hy

    /// - Parameters:
    ///   - kind: What is done in a step.
    ///   - vocabulary: At least one character.
    ///   - hidden: Numbers of the state, at least 1.
    ///   - generator: Where the seeds come from; pass a seeded one to repeat a run.
    /// - Precondition: No character is there twice.
    public init(
        _ kind: RecurrentCell, vocabulary: [Character], hidden: Int, using generator: inout some RandomNumberGenerator
    ) {
        require(
            !vocabulary.isEmpty && Set(vocabulary).count == vocabulary.count,
            "WordNetwork: \(vocabulary.count) characters, \(Set(vocabulary).count) of them different")
        self.vocabulary = vocabulary
        rnn = RNN(kind, in: vocabulary.count, out: hidden, bias: false, using: &generator)
        output = Linear(in: hidden, out: vocabulary.count, bias: false, using: &generator)
    }

    /// What is done in a step.
    public var kind: RecurrentCell { rnn.kind }
    /// Numbers of the state.
    public var hidden: Int { rnn.hidden }

    /// - Parameter x: `[T, 1, V]`, from ``inputs(of:)``.
    /// - Returns: y of every step, `[T, V]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        output(rnn(x).outputs.reshaped(to: [x.shape[0], hidden]))
    }

    /// What is fed for characters, one-hot: `[T, 1, V]`.
    ///
    /// - Precondition: All are in the vocabulary.
    public func inputs(of characters: some Collection<Character>) -> Tensor {
        let places = places(of: characters)
        var scalars = [Float](repeating: 0, count: places.count * vocabulary.count)
        for (step, place) in places.enumerated() { scalars[step * vocabulary.count + place] = 1 }
        return Tensor(scalars, shape: [places.count, 1, vocabulary.count])
    }

    /// Where characters stand in the vocabulary.
    func places(of characters: some Collection<Character>) -> [Int] {
        characters.map { character in
            guard let place = vocabulary.firstIndex(of: character) else {
                wrongProgram(
                    "WordNetwork: “\(character)” is not among the \(vocabulary.count) characters of the vocabulary")
            }
            return place
        }
    }

    /// What the network writes by itself: each time the likeliest character, which is then fed to it.
    ///
    /// - Parameters:
    ///   - first: What it is fed first.
    ///   - count: Characters behind the first; at least 0.
    /// - Returns: `first` and `count` characters.
    /// - Precondition: The first character is in the vocabulary.
    public func written(after first: Character, count: Int) -> String {
        var (word, states) = ([first], [RNNState]?.none)
        for _ in 0..<count {
            let (outputs, last) = rnn(inputs(of: word.suffix(1)), from: states)
            states = last
            let scores = output(outputs.reshaped(to: [1, hidden])).scalars
            word.append(vocabulary[scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0])
        }
        return String(word)
    }
}

// MARK: Learning

extension WordNetwork {
    /// How far a step of ``learn(_:steps:)`` goes, as a multiple of the gradient.
    public static let learningRate = 0.5
    /// A longer gradient is shortened to this length: where losses are steep a step would overshoot (Pascanu et al., "On the
    /// difficulty of training recurrent neural networks", 2013).
    public static let longestGradient = 1.0

    /// Gradient descent on the loss of a word: the sum over its steps of −ln p of the character that follows.
    ///
    /// - Parameters:
    ///   - word: At least two characters of the vocabulary.
    ///   - steps: At least 0.
    /// - Returns: The loss in nats before the first step, after the first, and so on: `steps + 1` numbers.
    @discardableResult
    public func learn(_ word: [Character], steps: Int) -> [Double] {
        require(word.count >= 2 && steps >= 0, "WordNetwork: \(steps) steps on \(word.count) characters")
        let (x, targets) = (inputs(of: word.dropLast()), places(of: word.dropFirst()))
        let parameters = parameters.map(\.parameter)
        var losses: [Double] = []
        for _ in 0..<steps {
            let (loss, gradients) = withGradients { crossEntropy(self(x), targets, reduction: .sum) }
            losses.append(Double(loss.item))
            let squares = parameters.reduce(0.0) { sum, parameter in
                (gradients[parameter]?.scalars ?? []).reduce(sum) { $0 + Double($1) * Double($1) }
            }
            let rate = Float(Self.learningRate * min(1, Self.longestGradient / max(squares.squareRoot(), 1e-30)))
            for parameter in parameters {
                if let gradient = gradients[parameter] { parameter.assign(parameter.value - gradient * rate) }
            }
        }
        losses.append(Double(crossEntropy(self(x), targets, reduction: .sum).item))
        return losses
    }
}

// MARK: Weights

extension WordNetwork {
    /// Its three matrices, or their gradients. The rows of the first two are those of the gates, one gate after the other:
    /// i, f, g, o of an LSTM, and r, z, n of a GRU.
    public struct Weights: Sendable, Hashable {
        /// W_xh: `[G·H, V]`.
        public let inputToHidden: NumberGrid
        /// W_hh: `[G·H, H]`.
        public let hiddenToHidden: NumberGrid
        /// W_hy: `[V, H]`.
        public let hiddenToOutput: NumberGrid

        /// - Parameter tensors: In the order of ``WordNetwork/matrices``.
        init(_ tensors: [Tensor]) {
            let grids = tensors.map { NumberGrid($0.reshaped(to: [1, 1, $0.shape[0], $0.shape[1]])) }
            (inputToHidden, hiddenToHidden, hiddenToOutput) = (grids[0], grids[1], grids[2])
        }

        /// - Parameter shares: At least one, of one shape.
        init(sumOf shares: [Weights]) {
            func sum(_ grid: (Weights) -> NumberGrid) -> NumberGrid {
                let grids = shares.map(grid)
                return NumberGrid(
                    height: grids[0].height, width: grids[0].width,
                    grids.flatMap { grid in grid.places.map { ($0, grid[$0]) } })
            }
            inputToHidden = sum(\.inputToHidden)
            hiddenToHidden = sum(\.hiddenToHidden)
            hiddenToOutput = sum(\.hiddenToOutput)
        }

        /// The largest difference of any two numbers.
        func difference(to other: Weights) -> Double {
            max(
                inputToHidden.difference(to: other.inputToHidden), hiddenToHidden.difference(to: other.hiddenToHidden),
                hiddenToOutput.difference(to: other.hiddenToOutput))
        }
    }

    /// The three matrices as they are now.
    public var weights: Weights { Weights(matrices.map(\.value)) }

    /// W_xh, W_hh, W_hy.
    var matrices: [Parameter] { parameters.map(\.parameter) }
}
