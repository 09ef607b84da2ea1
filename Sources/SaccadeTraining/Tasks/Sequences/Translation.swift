import Foundation
public import SaccadeDatasets
public import SaccadeFiles
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// A sentence in another language: `task: translate`.
///
/// The decoder learns each token from the true ones before it (teacher forcing); it is judged by what it writes alone, by
/// BLEU as sacrebleu works it out, and by the cross entropy of the true sentence.
public struct Translation: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case from, to, tokens, minimumCount, vocabulary, longest
    }

    public static let name = "translate"
    public static let monitor = Monitor(.validation, .bleu)
    public static let monitors =
        [.bleu, .loss, .perplexity].map { Monitor(.validation, $0) } + [Monitor(.training, .loss)]
    public static let networks = [(name: networkName, recipe: recipe)]
    public static let answers = "tokens"
    public static let arguments = "FILE"

    private static let networkName = "seq2seq"
    private static let recipe =
        "name: Encoder-decoder\ntask: translate\nnetwork: {\(networkName): {}}\ninput: 20\nclasses: 8000\n"

    /// The languages of sentences and translations, by the suffixes of their files.
    public var from = "de"
    public var to = "en"
    /// What sentences are taken apart into, in both languages.
    public var tokens = Tokenization.words()
    /// How often a token must occur to have a number, 1 to 1 000 000.
    public var minimumCount = 1
    /// Tokens of a language that have a number at most, 10 to 2 097 152.
    public var vocabulary = 30_000
    /// Pairs with more tokens in one of their sentences are not learnt from; 1 to 10 000.
    public var longest = 100
    public var classNames: [String] = []
    public var codings: [TextCoding] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        from = try values.decodeIfPresent(String.self, forKey: .from) ?? from
        to = try values.decodeIfPresent(String.self, forKey: .to) ?? to
        tokens = try values.decodeIfPresent(Tokenization.self, forKey: .tokens) ?? tokens
        minimumCount = try values.decodeIfPresent(Int.self, forKey: .minimumCount) ?? minimumCount
        vocabulary = try values.decodeIfPresent(Int.self, forKey: .vocabulary) ?? vocabulary
        longest = try values.decodeIfPresent(Int.self, forKey: .longest) ?? longest
    }

    public var problem: String? {
        let counts = [
            ("minimumCount", minimumCount, 1...1_000_000), ("vocabulary", vocabulary, 10...Vocabulary.sizeLimit),
            ("longest", longest, 1...10_000),
        ]
        for (name, count, range) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        return from == to ? "from and to are both \(from); name two languages" : nil
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try TextPairs.splits(at: data, from: from, to: to)
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> TextPairs {
        try TextPairs(at: data, from: from, to: to, split: split)
    }

    /// Of both languages together where pieces of words are learnt, so that names are taken apart alike.
    public func codings(of samples: TextPairs) -> [TextCoding] {
        let sides = [samples.pairs.map(\.source), samples.pairs.map(\.target)]
        let tokenizer = Tokenizer(tokens, learningFrom: sides.joined())
        return sides.map { texts in
            TextCoding(
                tokenizer: tokenizer,
                vocabulary: Vocabulary(
                    counting: texts.lazy.map { tokenizer.tokens(of: $0) }, minimumCount: minimumCount,
                    maximumSize: vocabulary))
        }
    }

    public func classNames(of samples: TextPairs) -> [String] {
        guard let words = codings.last?.vocabulary else { return [] }
        return (0..<words.count).map { words[$0] }
    }

    public func matched(_ samples: TextPairs, hasNames: Bool, note: (String) -> Void) -> TextPairs { samples }

    public func source(
        of samples: TextPairs, for model: ModelDescription, augmentation: [Augmentation]
    ) throws -> NumberedPairs {
        guard codings.count == 2 else {
            throw RunError(
                .different,
                "\(model.architecture.name): the weights do not say what their tokens are; give a run, or its weights.")
        }
        return NumberedPairs(samples, source: codings[0], target: codings[1], longest: longest)
    }

    public func batch(of samples: LoadedSamples<NumberedPairs.Sample>, from source: NumberedPairs) -> PairBatch {
        PairBatch(
            samples.samples.map { PairBatch.Pair(source: $0.source, target: $0.target) },
            references: samples.samples.map(\.reference), names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int { 4 * longest * MemoryLayout<Float>.stride }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> Seq2Seq {
        guard let structure = architecture.structure, structure.key == Self.networkName else {
            throw RecipeError(
                "a network that translates is no list of layers; say network: {\(Self.networkName): {hidden: 512}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .vector(let length) = input ?? architecture.input else {
            throw RecipeError(
                "input must be the number of tokens of a usual sentence, such as 20, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        let configuration =
            structure.value.isEmpty ? Seq2Seq.Configuration() : try structure.value.decoded() as Seq2Seq.Configuration
        let targets = classNames.isEmpty ? architecture.classes ?? 8000 : classNames.count
        var generator = SplitMix64(seed: seed)
        return Seq2Seq(
            configuration, sourceTokens: codings.first?.vocabulary.count ?? targets, targetTokens: targets,
            length: length, using: &generator)
    }

    public func problem(with model: Seq2Seq) -> String? {
        guard model.targetTokens != classNames.count else { return nil }
        return
            "there are \(classNames.count) tokens, and the network gives scores for \(model.targetTokens); train it anew"
    }

    // MARK: Learning and judging

    /// The mean cross entropy of the true translation's tokens.
    public func losses(of model: Seq2Seq, on batch: PairBatch) -> Losses {
        let read = model.encoder(batch.inputs)
        let results = model.decoder([batch.read, read[0], batch.lengths] + read.dropFirst())
        return Losses(Self.crossEntropy(results[0], batch.written, .mean))
    }

    static func crossEntropy(_ scores: Tensor, _ targets: Tensor, _ reduction: LossReduction) -> Tensor {
        let rows = targets.shape.elementCount
        return SaccadeTensors.crossEntropy(
            scores.reshaped(to: [rows, scores.shape[2]]), targets.reshaped(to: [rows]),
            ignoredLabel: PairBatch.padding, reduction: reduction)
    }

    public var noScore: TranslationScore { TranslationScore() }

    public func judge(_ model: Runner<Seq2Seq>, by batch: PairBatch, into score: inout TranslationScore) throws {
        guard codings.count == 2, let start = codings[1].vocabulary.number(of: Vocabulary.Special.start),
            let end = codings[1].vocabulary.number(of: Vocabulary.Special.end)
        else { return }
        let read = try model(batch.inputs, stage: 0)
        let results = try model([batch.read, read[0], batch.lengths] + read.dropFirst(), stage: 1)
        let tokens = batch.written.scalars.count { Int($0) != PairBatch.padding }
        score.add(nats: Double(Self.crossEntropy(results[0], batch.written, .sum).item), tokens: tokens)
        let writer = SequenceWriter(model: model, start: start, end: end)
        let written = try writer.greedy(batch.inputs, limit: 2 * batch.written.shape[0] + 10)
        for (tokens, reference) in zip(written, batch.references) {
            score.add(codings[1].text(of: tokens), reference: reference)
        }
    }

    public func report(_ score: TranslationScore) -> TaskReport {
        TaskReport(
            count: score.count, metrics: score.metrics, columns: [], rows: [], confusions: nil, json: score.metrics)
    }
}
