import Foundation
public import SaccadeDatasets
import SaccadeFiles
public import SaccadeLoading
import SaccadeModels
import SaccadeSettings

/// Everything between a recipe with a folder of data, and a run: which samples to learn from and which to be judged by,
/// how they are prepared, and the network with as many outputs as there are classes.
public struct Training<Task: LearningTask>: Sendable {
    /// With what the data say: what the classes are called.
    public let task: Task
    public let description: RunDescription
    public let training: Task.Samples
    public let validation: Task.Samples
    /// What was left out of both because it cannot be used.
    public let skipped: [Problem]
    /// Bytes of samples that stay in memory.
    let residentBytes: Int

    /// - Parameters:
    ///   - task: What is to be learnt, as the recipe has it.
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - data: A data set's folder.
    ///   - badSamples: What becomes of samples that cannot be used.
    /// - Throws: `RecipeError`, `FileError`: what cannot be used, and what to do.
    public init(_ task: Task, _ recipe: Recipe, data: String, badSamples: BadSamples = .tolerateFew) throws {
        let (settings, task) = (recipe.settings, task.reading(for: recipe.model))
        let splits = try task.splits(at: data)
        func open(_ split: DatasetSplit) throws -> Task.Samples {
            try task.open(data, split: split, unusableFraction: badSamples.fraction)
        }
        guard splits.isEmpty || splits.contains(.train) else {
            throw FileError(
                .empty, path: data,
                reason:
                    "has samples to \(splits.contains(.validation) ? "validate" : "test") by, and none to learn from",
                remedy: "give the training part of the data set, too")
        }
        let whole = try open(splits.isEmpty ? .all : .train)
        let hasValidation = splits.contains(.validation)
        let parts =
            hasValidation
            ? (training: whole, validation: try open(.validation))
            : whole.split(validation: settings.validationFraction, seed: settings.seed)
        let usable = try badSamples.removed(from: parts, of: data)
        // The two parts of one data set share what it keeps in memory.
        let bytes = hasValidation ? parts.training.byteCount + parts.validation.byteCount : whole.byteCount
        try self.init(
            task, recipe, training: usable.training, validation: usable.validation, skipped: usable.skipped,
            data: data, residentBytes: bytes)
    }

    /// - Parameters:
    ///   - task: What is to be learnt, as the recipe has it.
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - training: What to learn from.
    ///   - validation: What to be judged by after each epoch, of the same classes.
    ///   - skipped: What was left out of both because it cannot be used.
    ///   - data: What to call the data.
    ///   - residentBytes: Bytes of samples that stay in memory; nil for those of both parts together.
    /// - Throws: `RecipeError`: what cannot be used, and what to do.
    public init(
        _ task: Task, _ recipe: Recipe, training: Task.Samples, validation: Task.Samples, skipped: [Problem] = [],
        data: String, residentBytes: Int? = nil
    ) throws {
        var (task, model) = (task, recipe.model)
        task.codings = try task.codings(of: training)
        task.classNames = try task.classNames(of: training)
        (model.task.codings, model.task.classNames) = (task.codings, task.classNames)
        task = try task.prepared(for: training, by: model)
        (self.task, self.training, self.validation, self.skipped) = (task, training, validation, skipped)
        self.residentBytes = residentBytes ?? training.byteCount + validation.byteCount
        var settings = recipe.settings
        // There are no passes over the samples to count.
        if Task.isSolvedFor { settings.epochs = 1 }
        description = RunDescription(model, settings: settings, data: data)
        // Complains about networks that do not fit before anything is written.
        let network = try network()
        if let problem = task.problem(with: network) ?? task.problem(with: network, learningFrom: training) {
            throw RecipeError(problem, at: Location(file: model.architecture.source))
        }
    }

    /// The network with fresh weights, as its training begins.
    public func network() throws -> Task.Learner {
        let model = try task.model(
            description.model.architecture, input: description.model.input, seed: description.settings.seed)
        try description.settings.requireFreezable(model, source: description.model.architecture.source)
        return model
    }

    /// Trains in `folder`, on the calling thread.
    ///
    /// - Parameters:
    ///   - folder: The run's.
    ///   - resuming: Whether to go on with a run that is there.
    ///   - observer: Told of the progress.
    ///   - note: Told in one line what became of the weights that the training starts from, where the settings name any.
    public func run(
        in folder: String, resuming: Bool, observer: (any TrainingObserver)?, note: (String) -> Void = { _ in }
    ) throws -> [EpochRecord] {
        let settings = description.settings
        let network = try network()
        // Before anything is written; a checkpoint has weights of its own.
        if let from = settings.from, !RunFolder.hasCheckpoint(at: folder) {
            note(try PretrainedWeights(from).load(into: network))
        }
        let run = try RunFolder(at: folder, description, resuming: resuming)
        try run.keep(skipped: skipped)
        let trainer = try Trainer(
            task, network,
            training: try batches(
                of: training, augmentation: settings.augmentation, isShuffled: true,
                dropsIncomplete: training.count > settings.batchSize),
            validation: validation.count > 0 ? try batches(of: validation) : nil, run: run, observer: observer)
        let records = try trainer.train()
        let samples = try task.source(of: self.training, for: description.model, augmentation: [])
        return try trainer.fit(to: samples, note: note) ?? records
    }

    private func batches(
        of samples: Task.Samples, augmentation: [Augmentation] = [], isShuffled: Bool = false,
        dropsIncomplete: Bool = false
    ) throws -> BatchLoader<Task.Source, Task.Batch> {
        try task.batches(
            of: samples, for: description.model, augmentation: augmentation,
            batchSize: description.settings.batchSize, isShuffled: isShuffled, dropsIncomplete: dropsIncomplete,
            seed: description.settings.seed)
    }
}

extension LearningTask {
    /// The batches of some samples, read ahead of the computation.
    public func batches(
        of samples: Samples, for model: ModelDescription, augmentation: [Augmentation] = [], batchSize: Int,
        isShuffled: Bool = false, dropsIncomplete: Bool = false, seed: UInt64 = 0
    ) throws -> BatchLoader<Source, Batch> {
        let source = try source(of: samples, for: model, augmentation: augmentation)
        return BatchLoader(
            source, batchSize: batchSize, isShuffled: isShuffled, dropsIncomplete: dropsIncomplete, seed: seed
        ) { batch(of: $0, from: source) }
    }
}
