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

/// What comes next in a text, character by character or word by word: `task: generate`.
///
/// The text is learnt in as many streams as a batch has samples. Each is cut into pieces, and each piece goes on with the
/// states behind the one before, through which no gradient flows: truncated backpropagation through time. The recipe's
/// `input` is how many tokens a piece has.
public struct Generation: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case tokens, minimumCount, vocabulary, validation, test
    }

    public static let name = "generate"
    public static let monitor = Monitor(.validation, .loss)
    public static let monitors =
        [.loss, .bitsPerCharacter, .perplexity, .accuracy].map { Monitor(.validation, $0) }
        + [Monitor(.training, .loss)]
    public static let networks = [(name: networkName, recipe: recipe)]
    public static let answers = "tokens"
    public static let arguments = "--prompt \"…\""

    private static let networkName = "rnn-language-model"
    private static let recipe =
        "name: Language model\ntask: generate\nnetwork: {\(networkName): {}}\ninput: 128\nclasses: 65\n"

    /// What the text is taken apart into.
    public var tokens = Tokenization.characters
    /// How often a word must occur to have a number, 1 to 1 000 000; characters have one if they occur at all.
    public var minimumCount = 1
    /// Words that have a number at most, 10 to 2 097 152.
    public var vocabulary = 10_000
    /// Of a text that does not come in parts, the fraction to choose by, taken from behind what is learnt; at least 0 and
    /// below 1.
    public var validation = 0.05
    /// The fraction to judge by at the end, the last of the text; likewise.
    public var test = 0.05
    public var classNames: [String] = []
    public var codings: [TextCoding] = []
    /// Tokens of a piece, as the recipe's `input` has it.
    private var length = 128

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try values.decodeIfPresent(Tokenization.self, forKey: .tokens) ?? tokens
        minimumCount = try values.decodeIfPresent(Int.self, forKey: .minimumCount) ?? minimumCount
        vocabulary = try values.decodeIfPresent(Int.self, forKey: .vocabulary) ?? vocabulary
        validation = try values.decodeIfPresent(Double.self, forKey: .validation) ?? validation
        test = try values.decodeIfPresent(Double.self, forKey: .test) ?? test
    }

    public var problem: String? {
        guard (1...1_000_000).contains(minimumCount) else {
            return "minimumCount must be 1 to 1000000, not \(minimumCount)"
        }
        guard (10...Vocabulary.sizeLimit).contains(vocabulary) else {
            return "vocabulary must be 10 to \(Vocabulary.sizeLimit), not \(vocabulary)"
        }
        guard (0..<1).contains(validation), (0..<1).contains(test), validation + test < 1 else {
            return "validation and test must be at least 0, and together below 1, not \(validation) and \(test)"
        }
        return nil
    }

    // MARK: Data

    /// Always: by position, where the text itself has no parts.
    public func splits(at data: String) throws(FileError) -> [DatasetSplit] { [.train, .validation, .test] }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> TextWindows {
        let text =
            tokens == .characters
            ? try NumberedText(charactersOf: data)
            : try NumberedText(
                at: data, tokenizer: Tokenizer(tokens), minimumCount: minimumCount, maximumSize: vocabulary)
        let parts = text.parts(validation: validation, test: test)
        let range =
            switch split {
            case .train: parts.training
            case .validation: parts.validation
            case .test: parts.test
            case .all: text.numbers.indices
            }
        return TextWindows(text, range, length: length)
    }

    public func classNames(of samples: TextWindows) -> [String] {
        let vocabulary = samples.text.vocabulary
        return (0..<vocabulary.count).map { vocabulary[$0] }
    }

    public func codings(of samples: TextWindows) -> [TextCoding] {
        [TextCoding(tokenizer: Tokenizer(tokens), vocabulary: samples.text.vocabulary)]
    }

    public func reading(for model: ModelDescription) -> Generation {
        var task = self
        if case .vector(let length) = model.architecture.input { task.length = length }
        return task
    }

    public func matched(
        _ samples: TextWindows, hasNames: Bool, note: (String) -> Void
    ) throws -> TextWindows {
        guard let vocabulary = codings.first?.vocabulary else { return samples }
        do throws(UnknownToken) {
            return try samples.numbered(by: vocabulary)
        } catch {
            throw RunError(.different, "the model does not know what the text has: \(error)")
        }
    }

    public func source(
        of samples: TextWindows, for model: ModelDescription, augmentation: [Augmentation]
    ) -> TextWindows {
        samples
    }

    public func batch(of samples: LoadedSamples<ArraySlice<Int32>>, from source: TextWindows) -> TextBatch {
        TextBatch(samples.samples, states: [], isFirst: samples.batch == 0, names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int { 2 * length * MemoryLayout<Float>.stride }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> LanguageModel {
        guard let structure = architecture.structure, structure.key == Self.networkName else {
            throw RecipeError(
                "a language model is no list of layers; say network: {\(Self.networkName): {hidden: 512}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .vector(let length) = input ?? architecture.input else {
            throw RecipeError(
                "input must be the number of tokens of a piece of text, such as 128, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        let configuration =
            structure.value.isEmpty
            ? LanguageModel.Configuration() : try structure.value.decoded() as LanguageModel.Configuration
        let tokens = classNames.isEmpty ? architecture.classes ?? 65 : classNames.count
        if configuration.embedding == nil, tokens > LanguageModel.mostOneHot {
            throw RecipeError(
                "with \(tokens) tokens each needs a learned vector; say embedding: \(configuration.hidden)",
                at: structure.location)
        }
        var generator = SplitMix64(seed: seed)
        return LanguageModel(configuration, tokens: tokens, length: length, using: &generator)
    }

    public func problem(with model: LanguageModel) -> String? {
        guard model.tokens != classNames.count else { return nil }
        return "there are \(classNames.count) tokens, and the network gives scores for \(model.tokens); train it anew"
    }

    // MARK: Learning and judging

    /// The mean cross entropy of the tokens that follow.
    public func losses(of model: LanguageModel, on batch: TextBatch) -> Losses {
        let zeros = model.zeroStates(batch.count)
        let states = batch.isFirst ? nil : model.carried.tensors(of: zeros.map(\.shape))
        let results = model([batch.inputs[0]] + (states ?? zeros))
        model.carried.tensors = Array(results.dropFirst())
        return Losses(
            crossEntropy(results[0].rows, batch.targets.reshaped(to: [batch.targets.shape.elementCount])))
    }

    public var noScore: TextScore { TextScore() }

    /// The pieces of a batch follow each other: they are one.
    public func judge(_ model: Runner<LanguageModel>, by batch: TextBatch, into score: inout TextScore) throws {
        let (length, count) = (batch.targets.shape[0], batch.count)
        func joined(_ tokens: Tensor) -> Tensor { tokens.transposed([1, 0]).reshaped(to: [length * count, 1]) }
        let states = score.states.isEmpty ? model.model.zeroStates(1) : score.states
        let results = try model([joined(batch.inputs[0])] + states)
        let targets = joined(batch.targets).reshaped(to: [length * count])
        score.add(
            results[0].rows, targets, characters: characters(of: targets), states: Array(results.dropFirst()))
        score.count += count
    }

    /// How many characters tokens stand for, with the space or the end of a line that a word has behind it.
    private func characters(of targets: Tensor) -> Int {
        guard tokens != .characters, let coding = codings.first else { return targets.shape.elementCount }
        let numbers = targets.scalars.map { Int($0) }
        return numbers.reduce(0) { $0 + coding.vocabulary[$1].unicodeScalars.count + 1 }
    }

    public func report(_ score: TextScore) -> TaskReport {
        TaskReport(
            count: score.count, metrics: score.metrics, columns: [], rows: [], confusions: nil,
            json: score.metrics)
    }
}
