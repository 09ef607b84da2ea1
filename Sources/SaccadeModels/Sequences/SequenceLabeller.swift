public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A network that reads a sequence of tokens, and says what all of it is, or what each of its tokens is.
///
/// Recurrent layers read from both ends, so that a token is judged by what comes before and behind: Graves and Schmidhuber,
/// "Framewise Phoneme Classification with Bidirectional LSTM" (2005). One answer for all is made of the largest value of
/// each unit over the steps, as in Conneau et al., "Supervised Learning of Universal Sentence Representations" (2017), or of
/// the states behind the last steps.
public struct SequenceLabeller: Model {
    /// Of what one answer for a whole sequence is made.
    public enum Pooling: String, Sendable, Hashable, CaseIterable {
        /// The largest value of each unit.
        case max
        /// Their mean.
        case mean
        /// The states behind the last step of each direction.
        case last
    }

    /// The settings of a recipe, `network: {rnn-labeller: {cell: lstm, hidden: 128}}`.
    public struct Configuration: Sendable, Hashable {
        /// What is done in a step: `rnn`, `rnn-relu`, `lstm` or `gru`.
        public var cell = RecurrentCell.lstm
        /// Units of a layer in one direction, 1 to 8192.
        public var hidden = 128
        /// Recurrent layers, 1 to 16.
        public var layers = 1
        /// Elements of a token's learned vector, 1 to 8192.
        public var embedding = 128
        /// Whether sequences are read from both ends.
        public var bidirectional = true
        /// Of what one answer for a whole sequence is made.
        public var pooling = Pooling.max
        /// The chance of elements to become zero while training, in `0..<1`.
        public var dropout = 0.5

        public init() {}
    }

    /// Tokens that there are.
    public let tokens: Int
    /// Labels that there are.
    public let labels: Int
    /// Whether each token has an answer; otherwise the whole sequence has one.
    public let labelsEach: Bool
    private let embedding: Embedding
    private let rnn: RNN
    private let scores: Linear
    private let dropout: Dropout
    private let pooling: Pooling
    private let usualLength: Int
    /// How often a token becomes the unknown one while training, and what decides.
    private let wordDropout: Float
    private let forgetting: RandomSource?

    /// The token that stands for those that are not known.
    public static let unknown = 1

    /// - Parameters:
    ///   - tokens: How many there are.
    ///   - wordDropout: How often one of them becomes ``unknown`` while training, in `0..<1`.
    ///   - labels: How many answers there are.
    ///   - labelsEach: Whether each token has an answer; otherwise the whole sequence has one.
    ///   - length: Of a usual sequence, in tokens.
    public init(
        _ configuration: Configuration = Configuration(), tokens: Int, wordDropout: Double = 0, labels: Int,
        labelsEach: Bool, length: Int, using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "SequenceLabeller: \(configuration.problem ?? "")")
        (self.tokens, self.labels, self.labelsEach) = (tokens, labels, labelsEach)
        (pooling, usualLength) = (configuration.pooling, length)
        let rate = Float(configuration.dropout)
        embedding = Embedding(
            tokens, dimensions: configuration.embedding, initializer: .normal(deviation: 0.1), using: &generator)
        rnn = RNN(
            configuration.cell, in: configuration.embedding, out: configuration.hidden, layers: configuration.layers,
            isBidirectional: configuration.bidirectional, dropout: rate, using: &generator)
        scores = Linear(in: rnn.outputs, out: labels, using: &generator)
        dropout = Dropout(probability: rate, using: &generator)
        self.wordDropout = Float(wordDropout)
        forgetting = wordDropout > 0 ? RandomSource(seed: generator.next()) : nil
    }

    /// Tokens of which some are forgotten, while training.
    private func remembered(_ tokens: Tensor) -> Tensor {
        guard let forgetting, Phase.current == .training, !tokens.isTraced else { return tokens }
        var generator = SplitMix64(seed: forgetting.next())
        return Tensor(
            tokens.scalars.map { Float.random(in: 0..<1, using: &generator) < wordDropout ? Float(Self.unknown) : $0 },
            shape: tokens.shape)
    }

    public var inputs: [ModelInput] {
        [ModelInput("tokens", [.free(FreeLength(usual: usualLength)), .batch]), ModelInput("lengths", [.batch])]
    }
    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["scores"] }

    /// - Parameter inputs: Tokens, `[T, N]`, and lengths, `[N]`, of at least 1.
    /// - Returns: `[N, labels]`, or `[T, N, labels]` of each.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let lengths = inputs[1]
        let (outputs, last) = rnn(dropout(embedding(remembered(inputs[0]))), lengths: lengths)
        guard !labelsEach else { return [scores(dropout(outputs))] }
        let whole =
            switch pooling {
            case .max: max(outputs + paddingMask(steps: outputs.shape[0], lengths: lengths), axes: [0])
            case .mean: sum(outputs, axes: [0]) / lengths.reshaped(to: [lengths.shape[0], 1])
            case .last: concatenated(last.suffix(rnn.isBidirectional ? 2 : 1).map(\.hidden), axis: 1)
            }
        return [scores(dropout(whole))]
    }
}

extension SequenceLabeller.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts = [("hidden", hidden, 8192), ("layers", layers, 16), ("embedding", embedding, 8192)]
        for (name, count, most) in counts where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        return (0..<1).contains(dropout) ? nil : "dropout must be at least 0 and below 1, not \(dropout)"
    }
}

extension SequenceLabeller.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable {
        case cell, hidden, layers, embedding, bidirectional, pooling, dropout
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        cell = try decoder.choice(values, .cell) ?? cell
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? layers
        embedding = try values.decodeIfPresent(Int.self, forKey: .embedding) ?? embedding
        bidirectional = try values.decodeIfPresent(Bool.self, forKey: .bidirectional) ?? bidirectional
        pooling = try decoder.choice(values, .pooling) ?? pooling
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        try decoder.refuse(problem)
    }
}
