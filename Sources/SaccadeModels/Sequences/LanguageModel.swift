public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A recurrent network that says of each token of a text which will come next, a character or a word: char-RNN of
/// Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015).
///
/// Each token is a vector: a learned one, or a one in its own place among zeros. Recurrent layers read them from the
/// first to the last, and a linear layer gives each token of the vocabulary a score. Layers are called as in PyTorch's
/// example of word language models: `encoder`, `rnn`, `decoder`.
public struct LanguageModel: Model {
    /// The settings of a recipe, `network: {rnn-language-model: {cell: lstm, hidden: 512, layers: 2}}`.
    public struct Configuration: Sendable, Hashable {
        /// What is done in a step: `rnn`, `rnn-relu`, `lstm` or `gru`.
        public var cell = RecurrentCell.lstm
        /// Units of a layer, 1 to 8192.
        public var hidden = 512
        /// Recurrent layers, 1 to 16.
        public var layers = 2
        /// Elements of a token's learned vector, 1 to 8192; nil is a one in the token's place.
        public var embedding: Int?
        /// The chance of each element to become zero between layers while training, in `0..<1`.
        public var dropout = 0.0

        public init() {}
    }

    public let configuration: Configuration
    /// Tokens that there are.
    public let tokens: Int
    private let encoder: Embedding?
    private let rnn: RNN
    private let decoder: Linear
    private let dropout: Dropout?
    /// The states behind the batch before, while it learns one text piece by piece.
    public let carried = CarriedState()
    /// Tokens of a piece where nobody says how many.
    private let usualLength: Int

    /// - Parameters:
    ///   - tokens: How many there are.
    ///   - length: Tokens of a piece of text where nobody says otherwise.
    public init(
        _ configuration: Configuration = Configuration(), tokens: Int, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "LanguageModel: \(configuration.problem ?? "")")
        (self.configuration, self.tokens, usualLength) = (configuration, tokens, length)
        let rate = Float(configuration.dropout)
        encoder = configuration.embedding.map {
            Embedding(tokens, dimensions: $0, initializer: .uniform(-0.1, 0.1), using: &generator)
        }
        rnn = RNN(
            configuration.cell, in: configuration.embedding ?? tokens, out: configuration.hidden,
            layers: configuration.layers, dropout: rate, using: &generator)
        decoder = Linear(in: configuration.hidden, out: tokens, using: &generator)
        dropout = rate > 0 ? Dropout(probability: rate, using: &generator) : nil
    }

    /// Steps before sequences, and of each layer its hidden state and, of an LSTM, its cells.
    public var inputs: [ModelInput] {
        [ModelInput("tokens", [.free(FreeLength(usual: usualLength)), .batch])]
            + stateNames.map { ModelInput($0, [.batch, .fixed(configuration.hidden)]) }
    }

    /// The scores of the token behind each, and the states behind the last.
    public var outputs: [String] { ["scores"] + stateNames.map { "next \($0)" } }

    public var heads: [String] { ["decoder"] }

    /// Tokens that may be ones in their own place: their table has as many elements squared.
    public static let mostOneHot = 1024

    private var stateNames: [String] {
        (0..<configuration.layers).flatMap { layer in
            ["hidden \(layer)"] + (configuration.cell == .lstm ? ["cell \(layer)"] : [])
        }
    }

    /// - Parameter inputs: Tokens, `[T, N]`, and the states before the first, `[N, H]` each.
    /// - Returns: Scores, `[T, N, tokens]`, and the states behind the last.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        var x = vectors(of: inputs[0])
        if let dropout, encoder != nil { x = dropout(x) }
        let perLayer = configuration.cell == .lstm ? 2 : 1
        let states = (0..<configuration.layers).map { layer in
            RNNState(
                hidden: inputs[1 + layer * perLayer], cell: perLayer == 2 ? inputs[2 + layer * perLayer] : nil)
        }
        let (outputs, last) = rnn(x, from: states)
        return [decoder(dropout?(outputs) ?? outputs)] + last.flatMap(\.tensors)
    }

    private func vectors(of tokens: Tensor) -> Tensor { encoder?(tokens) ?? embedding(tokens, .identity(self.tokens)) }

    /// The states before the first token of `count` texts: zeros.
    public func zeroStates(_ count: Int) -> [Tensor] { rnn.zeroStates(count).flatMap(\.tensors) }
}

extension LanguageModel.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts = [("hidden", hidden, 8192), ("layers", layers, 16), ("embedding", embedding ?? 1, 8192)]
        for (name, count, most) in counts where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        return (0..<1).contains(dropout) ? nil : "dropout must be at least 0 and below 1, not \(dropout)"
    }
}

extension LanguageModel.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case cell, hidden, layers, embedding, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        cell = try decoder.choice(values, .cell) ?? cell
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? layers
        embedding = try values.decodeIfPresent(Int.self, forKey: .embedding)
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        try decoder.refuse(problem)
    }
}

extension Tensor {
    /// Ones on the diagonal, `[count, count]`: a table of one-hot vectors.
    fileprivate static func identity(_ count: Int) -> Tensor {
        Tensor(shape: [count, count]) { elements in
            elements.update(repeating: 0)
            for place in 0..<count { elements[place * count + place] = 1 }
        }
    }
}
