import SaccadeDatasets
import SaccadeModels
import SaccadePrelude
public import SaccadeTensors

/// A network that is ready to translate sentences.
public struct Translator: Sendable {
    /// A sentence in the other language.
    public struct Answer: Sendable, Equatable, Codable {
        public let text: String
        /// Of all tokens together, in nats.
        public let logProbability: Double
    }

    /// The sentence's tokens and a translation's, and how much of each token's look fell on each of the sentence.
    public struct Alignment: Sendable, Equatable {
        public let source: [String]
        public let target: [String]
        /// Of each token of the target, one for each of the source; each row adds up to 1.
        public let weights: [[Float]]
    }

    private let writer: @Sendable ([Int], BeamSearch) throws -> [SequenceWriter.Result]
    private let source: TextCoding
    private let target: TextCoding
    private let longest: Int

    /// - Parameter options: How to compute.
    /// - Throws: ``RunError`` when the network does not translate, or does not say what its tokens are.
    public init(_ model: LoadedModel, options: Plan.Options = Plan.Options()) throws(RunError) {
        guard case .translate(let task) = model.description.task, let network = model.network as? Seq2Seq else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.command), not to translate; use the command "
                    + "of its task.")
        }
        guard task.codings.count == 2, let start = task.codings[1].vocabulary.number(of: Vocabulary.Special.start),
            let end = task.codings[1].vocabulary.number(of: Vocabulary.Special.end),
            task.codings[0].vocabulary.count == network.sourceTokens,
            task.codings[1].vocabulary.count == network.targetTokens
        else {
            throw RunError(
                .different, "\(model.name): the weights do not say what their tokens are; give a run, or its weights.")
        }
        (source, target, longest) = (task.codings[0], task.codings[1], task.longest)
        // Sentences have many lengths: their kernels are chosen without being timed.
        writer = { tokens, search in
            try SequenceWriter(model: Runner(network), start: start, end: end).search(tokens, by: search)
        }
    }

    /// The best translations of a sentence, the best first; what is behind the recipe's longest is left out.
    ///
    /// - Parameters:
    ///   - sentence: One line of text.
    ///   - search: How it is looked for; the limit is twice as many tokens as the sentence has, and ten.
    public func translations(of sentence: String, by search: BeamSearch = BeamSearch(width: 5)) throws -> [Answer] {
        try found(sentence, search).results.map {
            Answer(text: target.text(of: $0.tokens), logProbability: $0.logProbability)
        }
    }

    /// The best translation with where it looked; nil where the network has no attention.
    public func alignment(of sentence: String, by search: BeamSearch = BeamSearch(width: 5)) throws -> Alignment? {
        let (tokens, results) = try found(sentence, search)
        guard let best = results.first, !best.attention.isEmpty else { return nil }
        return Alignment(
            source: tokens.map { source.vocabulary[$0] }, target: best.tokens.map { target.vocabulary[$0] },
            weights: best.attention)
    }

    private func found(
        _ sentence: String, _ search: BeamSearch
    ) throws -> (tokens: [Int], results: [SequenceWriter.Result]) {
        let tokens = Array(source.numbers(of: sentence, longest: longest).dropFirst())
        var search = search
        search.limit = 2 * tokens.count + 10
        return (tokens, try writer(tokens, search))
    }
}
