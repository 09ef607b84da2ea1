import Foundation
public import SaccadeDatasets
import SaccadeFiles
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// A label for a text, or for each of its words: what both tasks share.
public protocol TokenLabelling: LearningTask
where Learner == SequenceLabeller, Source == NumberedSequences, Batch == SequenceBatch, Score == ClassificationScore {
    /// Whether each token has a label.
    static var labelsEach: Bool { get }
    /// What texts are taken apart into.
    var tokens: Tokenization { get }
    /// How often a token must occur to have a number, 1 to 1 000 000.
    var minimumCount: Int { get }
    /// Tokens that have a number at most, 10 to 2 097 152.
    var vocabulary: Int { get }
    /// Texts are cut behind so many tokens; 1 to 100 000.
    var longest: Int { get }
    /// How often a token is replaced while learning by the one for those that are not known, in `0..<1`: so that the network
    /// knows what to make of that one, and does not hang on single words. Iyyer et al., "Deep Unordered Composition" (2015).
    var wordDropout: Double { get }

    /// The texts of samples, as tokens.
    func tokens(of samples: Samples) -> [[String]]
    /// The labels of samples.
    func labels(of samples: Samples) -> [[Int]]
}

extension TokenLabelling {
    public static var command: String { "label" }
    public static var arguments: String { "FILE" }
    public static var monitor: Monitor { Monitor(.validation, .accuracy) }
    public static var monitors: [Monitor] {
        [.accuracy, .loss].map { Monitor(.validation, $0) } + [.loss, .accuracy].map { Monitor(.training, $0) }
    }
    public static var networks: [(name: String, recipe: String)] { [(name: networkName, recipe: recipe)] }

    private static var networkName: String { labelsEach ? "rnn-tagger" : "rnn-labeller" }
    private static var recipe: String {
        "name: Labeller\ntask: \(name)\nnetwork: {\(networkName): {}}\ninput: 40\nclasses: 2\n"
    }

    public var problem: String? {
        let counts = [
            ("minimumCount", minimumCount, 1...1_000_000), ("vocabulary", vocabulary, 10...Vocabulary.sizeLimit),
            ("longest", longest, 1...100_000),
        ]
        for (name, count, range) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        return (0..<1).contains(wordDropout)
            ? nil : "wordDropout must be at least 0 and below 1, not \(wordDropout)"
    }

    // MARK: Data

    public func codings(of samples: Samples) -> [TextCoding] {
        let texts = tokens(of: samples)
        return [
            TextCoding(
                tokenizer: Tokenizer(tokens),
                vocabulary: Vocabulary(
                    counting: texts, minimumCount: minimumCount, maximumSize: vocabulary,
                    specials: [.padding, .unknown]))
        ]
    }

    public func source(
        of samples: Samples, for model: ModelDescription, augmentation: [Augmentation]
    ) throws -> NumberedSequences {
        guard let coding = codings.first else {
            throw RunError(
                .different,
                "\(model.architecture.name): the weights do not say what their tokens are; give a run, or its weights.")
        }
        let texts = zip(tokens(of: samples), labels(of: samples)).map { tokens, labels in
            let tokens = tokens.prefix(longest)
            // With a word for those that are not known, nothing is unknown; of nothing at all something has to be read.
            let numbers = (try? coding.vocabulary.numbers(of: tokens)) ?? []
            return NumberedSequences.Sample(
                tokens: numbers.isEmpty ? [coding.vocabulary.number(of: Vocabulary.Special.unknown) ?? 0] : numbers,
                labels: Array(labels.prefix(max(tokens.count, 1))))
        }
        return NumberedSequences(texts, names: samples.name(at:))
    }

    public func batch(of samples: LoadedSamples<NumberedSequences.Sample>, from source: NumberedSequences)
        -> SequenceBatch
    {
        SequenceBatch(
            samples.samples.map(\.tokens), labels: samples.samples.map(\.labels), isEach: Self.labelsEach,
            names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int { 2 * longest * MemoryLayout<Float>.stride }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> SequenceLabeller {
        guard let structure = architecture.structure, structure.key == Self.networkName else {
            throw RecipeError(
                "a network that labels is no list of layers; say network: {\(Self.networkName): {hidden: 128}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .vector(let length) = input ?? architecture.input else {
            throw RecipeError(
                "input must be the number of tokens of a usual text, such as 40, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        let configuration =
            structure.value.isEmpty
            ? SequenceLabeller.Configuration() : try structure.value.decoded() as SequenceLabeller.Configuration
        var generator = SplitMix64(seed: seed)
        return SequenceLabeller(
            configuration, tokens: codings.first?.vocabulary.count ?? 2, wordDropout: wordDropout,
            labels: classNames.isEmpty ? architecture.classes ?? 2 : classNames.count, labelsEach: Self.labelsEach,
            length: length, using: &generator)
    }

    public func problem(with model: SequenceLabeller) -> String? {
        guard model.labels != classNames.count else { return nil }
        return "there are \(classNames.count) labels, and the network knows \(model.labels); train it anew"
    }

    // MARK: Learning and judging

    /// The mean cross entropy of the labels.
    public func losses(of model: SequenceLabeller, on batch: SequenceBatch) -> Losses {
        let scores = model(batch.inputs)[0].rows
        return Losses(crossEntropy(scores, batch.labels, ignoredLabel: SequenceBatch.ignored)) {
            var seen = ClassificationScore(classes: classNames.count)
            seen.add(scores.detached, knownLabels: batch.labels, ignoring: SequenceBatch.ignored)
            return [.accuracy: RunningMean(sum: seen.top1 * Double(seen.count), count: seen.count)]
        }
    }

    public var noScore: ClassificationScore { ClassificationScore(classes: classNames.count) }

    public func judge(
        _ model: Runner<SequenceLabeller>, by batch: SequenceBatch, into score: inout ClassificationScore
    ) throws {
        let scores = try model(batch.inputs)[0].rows
        let loss = Double(crossEntropy(scores, batch.labels, ignoredLabel: SequenceBatch.ignored).item)
        score.add(scores, knownLabels: batch.labels, ignoring: SequenceBatch.ignored, loss: loss)
    }

    public func report(_ score: ClassificationScore) -> TaskReport {
        TaskReport(of: score, classNames: classNames, counted: Self.labelsEach ? "words" : "texts")
    }
}
