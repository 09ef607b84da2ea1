public import SaccadeDatasets
public import SaccadeFiles
public import SaccadeLayers
public import SaccadeLoading
public import SaccadeMetrics
public import SaccadeModels
public import SaccadeSettings
public import SaccadeTensors

/// What is to be learnt: what a batch is, what it costs, how a network is judged.
///
/// A task is one file. The loop, checkpoints, resumption, curves, databases and reports know none: they ask this. Its
/// stored properties are the settings of its section in a recipe.
///
/// A task's section in a recipe is decoded strictly, so that a misspelt setting is an error with its line.
public protocol LearningTask: Sendable, Equatable, Codable {
    associatedtype Learner: StagedModel
    associatedtype Samples: Dataset
    associatedtype Source: SampleSource
    associatedtype Batch: LearningBatch
    associatedtype Score: TaskScore

    /// What recipes call it: a verb, such as `classify`.
    static var name: String { get }
    /// The command that answers: the same unless a task says otherwise.
    static var command: String { get }
    /// What that command is given behind the model's name: `IMAGE.jpg`.
    static var arguments: String { get }
    /// What the network's answers are one of, in the plural: classes.
    static var answers: String { get }
    /// The metric by which epochs are compared where the recipe does not say.
    static var monitor: Monitor { get }
    /// Likewise, with these settings.
    var monitor: Monitor { get }
    /// What ``losses(of:on:)`` and ``judge(_:by:into:)`` measure, in their parts.
    static var monitors: [Monitor] { get }
    /// Whether all of it is solved for, by ``fit(_:to:in:note:)``, and nothing learnt by gradients.
    static var isSolvedFor: Bool { get }
    /// Whether a batch may be mixed of the images of another: mixUp, CutMix.
    static var mixesBatches: Bool { get }
    /// Whether its networks answer for every place of an image, so that tiles of it will do.
    static var seesTiles: Bool { get }
    /// Networks of this task that are no lists of layers, by name, each as a recipe.
    static var networks: [(name: String, recipe: String)] { get }

    /// With the settings of a recipe that says nothing.
    init()
    /// What is wrong with settings that come from outside; nil where all is well.
    var problem: String? { get }
    /// What the network's answers are called, by number; empty until the data, or a stored model, say it.
    var classNames: [String] { get set }
    /// How texts become numbers, as it was learnt from the data or a stored model says it; none for images.
    var codings: [TextCoding] { get set }

    // MARK: Data

    /// With what the network says about how its data are read, such as how long a piece of a text is.
    func reading(for model: ModelDescription) -> Self

    /// The parts that a data set makes itself.
    func splits(at data: String) throws(FileError) -> [DatasetSplit]
    /// - Parameter fraction: Of the records that may be invalid.
    func open(_ data: String, split: DatasetSplit, unusableFraction fraction: Double) throws(FileError) -> Samples
    /// How the samples' texts become numbers, learnt from them; none for images.
    func codings(of samples: Samples) throws -> [TextCoding]
    /// What the samples' classes are called.
    func classNames(of samples: Samples) throws(FileError) -> [String]
    /// With what has to be known of the samples to learn from before it begins, such as how often each class occurs.
    func prepared(for samples: Samples, by model: ModelDescription) throws -> Self
    /// Samples of other data with their classes numbered as in ``classNames``.
    ///
    /// - Parameters:
    ///   - hasNames: Whether somebody has said what the classes are called; otherwise the data's names do.
    ///   - note: Told in one line what was assumed.
    /// - Throws: ``RunError`` when the data have classes that the network does not know.
    func matched(_ samples: Samples, hasNames: Bool, note: (String) -> Void) throws -> Samples
    /// The samples as they are learnt from, or judged by where there is no augmentation.
    ///
    /// - Throws: What keeps the samples' parts from being had that other networks make.
    func source(of samples: Samples, for model: ModelDescription, augmentation: [Augmentation]) throws -> Source
    /// Puts samples together.
    func batch(of samples: LoadedSamples<Source.Sample>, from source: Source) -> Batch
    /// Bytes of a batch of one sample.
    func sampleBytes(for model: ModelDescription) -> Int

    /// Samples that a network of this task judges at once where nobody says how many.
    func judgedAtOnce(by model: ModelDescription) -> Int

    // MARK: Network

    /// The network of a recipe for ``classNames``, with fresh weights.
    ///
    /// - Parameters:
    ///   - input: Takes the place of the recipe's.
    ///   - seed: Where the sequence of random first weights starts.
    func model(_ architecture: Architecture, input: InputSize?, seed: UInt64) throws(RecipeError) -> Learner
    /// Why a network cannot learn this task, as a clause with the remedy in it; nil where it can.
    func problem(with model: Learner) -> String?

    /// Why a network cannot learn from these samples, as a clause with the remedy in it; nil where it can.
    func problem(with model: Learner, learningFrom samples: Samples) -> String?

    // MARK: Learning and judging

    /// What a batch costs; called while gradients are recorded.
    func losses(of model: Learner, on batch: Batch) -> Losses
    /// Solves for what gradients do not find, once they have done their part: R-CNN's linear SVMs. The network has the
    /// weights of the best epoch.
    ///
    /// - Parameters:
    ///   - folder: The run's, for what is too large for memory.
    ///   - note: Told in a line what was done.
    /// - Returns: Whether there was anything to solve for; nothing unless a task says otherwise.
    func fit(_ model: Learner, to samples: Source, in folder: String, note: (String) -> Void) throws -> Bool
    /// Before anything was judged.
    var noScore: Score { get }
    /// Judges the network by a batch.
    func judge(_ model: Runner<Learner>, by batch: Batch, into score: inout Score) throws
    /// A score in words and numbers.
    func report(_ score: Score) -> TaskReport
}

extension LearningTask {
    public static var command: String { name }
    public static var arguments: String { "IMAGE.jpg" }
    public static var answers: String { "classes" }
    public var codings: [TextCoding] {
        get { [] }
        set {}
    }
    public func codings(of samples: Samples) -> [TextCoding] { [] }
    public func reading(for model: ModelDescription) -> Self { self }
    public func judgedAtOnce(by model: ModelDescription) -> Int { 64 }
    public static var isSolvedFor: Bool { false }
    public var monitor: Monitor { Self.monitor }
    public func problem(with model: Learner, learningFrom samples: Samples) -> String? { nil }
    public func fit(_ model: Learner, to samples: Source, in folder: String, note: (String) -> Void) -> Bool { false }
    public static var mixesBatches: Bool { false }
    public static var seesTiles: Bool { false }
    public func prepared(for samples: Samples, by model: ModelDescription) -> Self { self }
    public static var networks: [(name: String, recipe: String)] { [] }
    public var problem: String? { nil }
}

/// What a batch costs.
public struct Losses {
    /// What is minimised: one number.
    public let total: Tensor
    /// Its parts where it has several, such as a detector's; each a mean over the batch.
    public let parts: [(metric: Metric, loss: Tensor)]
    /// What else was seen of the batch, worked out after the gradients.
    public let measures: () -> [Metric: RunningMean]

    public init(
        _ total: Tensor, parts: [(metric: Metric, loss: Tensor)] = [],
        measures: @escaping () -> [Metric: RunningMean] = { [:] }
    ) {
        (self.total, self.parts, self.measures) = (total, parts, measures)
    }
}

/// What is known about a network after it was judged by samples.
public protocol TaskScore: Sendable {
    /// Samples.
    var count: Int { get }
    /// The loss is among them wherever the truth is known.
    var metrics: [Metric: Double] { get }
}
