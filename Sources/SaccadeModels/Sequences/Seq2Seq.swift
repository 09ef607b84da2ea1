public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A network that reads one sequence and writes another: translation by an encoder and a decoder.
///
/// Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks" (2014): recurrent layers read the source
/// from both ends, and the decoder begins with what they end with. With attention it also looks back at every step, as in
/// Luong, Pham and Manning, "Effective Approaches to Attention-based Neural Machine Translation" (2015): global attention
/// with the general score, equations 5 to 8, without feeding its result into the next step, so that a whole sentence is
/// learnt from at once.
public struct Seq2Seq: StagedModel {
    /// The settings of a recipe, `network: {seq2seq: {hidden: 512, attention: true}}`.
    public struct Configuration: Sendable, Hashable {
        /// What is done in a step: `rnn`, `rnn-relu`, `lstm` or `gru`.
        public var cell = RecurrentCell.lstm
        /// Units of a layer of the decoder, and of the encoder in both directions together; 2 to 8192, even.
        public var hidden = 512
        /// Recurrent layers of the encoder and of the decoder, 1 to 16.
        public var layers = 1
        /// Elements of a token's learned vector, 1 to 8192.
        public var embedding = 256
        /// Whether the decoder looks back at the source at every step.
        public var attention = true
        /// The chance of elements to become zero while training, in `0..<1`.
        public var dropout = 0.3

        public init() {}
    }

    public let configuration: Configuration
    public let encoder: SequenceEncoder
    public let decoder: SequenceDecoder

    /// - Parameters:
    ///   - sourceTokens: How many the source's vocabulary has.
    ///   - targetTokens: How many the target's has.
    ///   - length: Of a usual sentence, in tokens.
    public init(
        _ configuration: Configuration = Configuration(), sourceTokens: Int, targetTokens: Int, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "Seq2Seq: \(configuration.problem ?? "")")
        self.configuration = configuration
        encoder = SequenceEncoder(configuration, tokens: sourceTokens, length: length, using: &generator)
        decoder = SequenceDecoder(configuration, tokens: targetTokens, length: length, using: &generator)
    }

    /// How many tokens it can read.
    public var sourceTokens: Int { encoder.tokens }
    /// How many tokens it can write.
    public var targetTokens: Int { decoder.tokens }

    public var stages: [(name: String, model: any Model)] { [("encoder", encoder), ("decoder", decoder)] }
    public var heads: [String] { ["decoder.scores"] }

    /// With as many words of the source as weights in a file have: the answers are the target's.
    public func shaped(like shapes: [String: Shape]) -> Seq2Seq {
        guard let found = shapes["encoder.embedding.weight"], found.rank == 2, found[0] != encoder.tokens,
            (1...1 << 22).contains(found[0])
        else { return self }
        var generator = SplitMix64(seed: 0)
        return Seq2Seq(
            configuration, sourceTokens: found[0], targetTokens: decoder.tokens, length: decoder.usualLength,
            using: &generator)
    }
}

/// Reads a sequence from both ends.
public struct SequenceEncoder: Model {
    let tokens: Int
    private let embedding: Embedding
    private let rnn: RNN
    private let dropout: Dropout
    private let usualLength: Int

    init(
        _ configuration: Seq2Seq.Configuration, tokens: Int, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        (self.tokens, usualLength) = (tokens, length)
        embedding = Embedding(
            tokens, dimensions: configuration.embedding, initializer: .normal(deviation: 0.1), using: &generator)
        rnn = RNN(
            configuration.cell, in: configuration.embedding, out: configuration.hidden / 2,
            layers: configuration.layers, isBidirectional: true, dropout: Float(configuration.dropout),
            using: &generator)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
    }

    /// Tokens, and how many each sequence has.
    public var inputs: [ModelInput] {
        [ModelInput("source", [.free(FreeLength(usual: usualLength)), .batch]), ModelInput("lengths", [.batch])]
    }

    /// What was read at each step, and of each layer the states behind, both directions side by side.
    public var outputs: [String] {
        ["memory"] + (0..<rnn.layers).flatMap { ["hidden \($0)"] + (rnn.kind == .lstm ? ["cell \($0)"] : []) }
    }

    /// - Parameter inputs: Tokens, `[S, N]`, and lengths, `[N]`.
    /// - Returns: `[S, N, H]`, 0 beyond a sequence's end, and states `[N, H]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let (memory, last) = rnn(dropout(embedding(inputs[0])), lengths: inputs[1])
        let states = stride(from: 0, to: last.count, by: 2).flatMap { layer in
            zip(last[layer].tensors, last[layer + 1].tensors).map { concatenated([$0, $1], axis: 1) }
        }
        return [memory] + states
    }
}

/// Writes a sequence, each token after those before it and what was read.
public struct SequenceDecoder: Model {
    let tokens: Int
    let usualLength: Int
    private let configuration: Seq2Seq.Configuration
    private let embedding: Embedding
    private let rnn: RNN
    /// W_a of the general score, where there is attention.
    private let query: Linear?
    /// W_c: from the state and what was looked at to what the scores are of.
    private let combination: Linear?
    private let scores: Linear
    private let dropout: Dropout

    init(
        _ configuration: Seq2Seq.Configuration, tokens: Int, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        (self.configuration, self.tokens, usualLength) = (configuration, tokens, length)
        let hidden = configuration.hidden
        embedding = Embedding(
            tokens, dimensions: configuration.embedding, initializer: .normal(deviation: 0.1), using: &generator)
        rnn = RNN(
            configuration.cell, in: configuration.embedding, out: hidden, layers: configuration.layers,
            dropout: Float(configuration.dropout), using: &generator)
        query = configuration.attention ? Linear(in: hidden, out: hidden, bias: false, using: &generator) : nil
        combination = configuration.attention ? Linear(in: 2 * hidden, out: hidden, using: &generator) : nil
        scores = Linear(in: hidden, out: tokens, using: &generator)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
    }

    private var stateNames: [String] {
        (0..<configuration.layers).flatMap {
            ["hidden \($0)"] + (configuration.cell == .lstm ? ["cell \($0)"] : [])
        }
    }

    /// Tokens, what was read and how much of it there is of each sequence, and the states before.
    public var inputs: [ModelInput] {
        let (hidden, length) = (configuration.hidden, ModelInput.Length.free(FreeLength(usual: usualLength)))
        return [
            ModelInput("target", [length, .batch]), ModelInput("memory", [length, .batch, .fixed(hidden)]),
            ModelInput("lengths", [.batch]),
        ] + stateNames.map { ModelInput($0, [.batch, .fixed(hidden)]) }
    }

    /// The scores of the token behind each, the states behind the last, and where was looked.
    public var outputs: [String] {
        ["scores"] + stateNames.map { "next \($0)" } + (query == nil ? [] : ["attention"])
    }

    /// - Parameter inputs: Tokens `[T, N]`, memory `[S, N, H]`, its lengths `[N]`, states `[N, H]`.
    /// - Returns: Scores `[T, N, tokens]`, states, and with attention how much of each step's look fell on each token of the
    ///   source, `[N, T, S]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let memory = inputs[1]
        let perLayer = configuration.cell == .lstm ? 2 : 1
        let states = (0..<configuration.layers).map { layer in
            RNNState(
                hidden: inputs[3 + layer * perLayer], cell: perLayer == 2 ? inputs[4 + layer * perLayer] : nil)
        }
        var (x, last) = rnn(dropout(embedding(inputs[0])), from: states)  // [T, N, H]
        var attention: [Tensor] = []
        if let query, let combination {
            let keys = memory.transposed([1, 2, 0])  // [N, H, S]
            let padding = paddingMask(steps: memory.shape[0], lengths: inputs[2]).transposed([1, 2, 0])  // [N, 1, S]
            let look = softmax(matmul(query(x).transposed([1, 0, 2]), keys) + padding, axis: 2)  // [N, T, S]
            let seen = matmul(look, memory.transposed([1, 0, 2])).transposed([1, 0, 2])  // [T, N, H]
            x = tanh(combination(concatenated([x, seen], axis: 2)))
            attention = [look]
        }
        return [scores(dropout(x))] + last.flatMap(\.tensors) + attention
    }
}

extension Seq2Seq.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts = [("hidden", hidden, 8192), ("layers", layers, 16), ("embedding", embedding, 8192)]
        for (name, count, most) in counts where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        guard hidden % 2 == 0 else {
            return "hidden must be even, a half for each direction of the encoder, not \(hidden)"
        }
        return (0..<1).contains(dropout) ? nil : "dropout must be at least 0 and below 1, not \(dropout)"
    }
}

extension Seq2Seq.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case cell, hidden, layers, embedding, attention, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        cell = try decoder.choice(values, .cell) ?? cell
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? layers
        embedding = try values.decodeIfPresent(Int.self, forKey: .embedding) ?? embedding
        attention = try values.decodeIfPresent(Bool.self, forKey: .attention) ?? attention
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        try decoder.refuse(problem)
    }
}
