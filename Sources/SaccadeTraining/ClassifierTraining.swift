import Foundation
public import SaccadeDatasets
import SaccadeModels
public import SaccadeSettings
import SaccadeTensors

/// Everything between a recipe with a folder of data, and a run: which pictures to learn from and which to be judged by,
/// how they are prepared, and the network with as many outputs as there are classes.
public struct ClassifierTraining: Sendable {
    public let description: RunDescription
    public let training: ClassificationDataset
    public let validation: ClassificationDataset
    /// What was left out of both because it cannot be used.
    public let leftOut: [Problem]
    /// Bytes of samples that stay in memory.
    let sampleBytes: Int

    /// - Parameters:
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - data: A data set's folder.
    ///   - badSamples: What becomes of samples that cannot be used.
    /// - Throws: `RecipeError`, `FileError`: what cannot be used, and what to do.
    public init(_ recipe: Recipe, data: String, badSamples: BadSamples = .few) throws {
        let settings = recipe.settings
        let splits = try ClassificationDataset.splits(at: data)
        let whole = try ClassificationDataset(
            at: data, split: splits.contains(.train) ? .train : .all, unusableFraction: badSamples.fraction)
        let parts: (training: ClassificationDataset, validation: ClassificationDataset)
        if splits.contains(.validation) {
            parts = (
                whole,
                try ClassificationDataset(at: data, split: .validation, unusableFraction: badSamples.fraction)
            )
        } else {
            parts = whole.split(validation: settings.validationFraction, seed: settings.seed)
        }
        let usable = try badSamples.removed(from: parts, of: data)
        // The two parts of one data set share what it keeps in memory.
        let bytes =
            splits.contains(.validation)
            ? parts.training.recordByteCount + parts.validation.recordByteCount : whole.recordByteCount
        try self.init(
            recipe, training: usable.training, validation: usable.validation, leftOut: usable.leftOut, data: data,
            sampleBytes: bytes)
    }

    /// - Parameters:
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - training: What to learn from.
    ///   - validation: What to be judged by after each epoch, of the same classes.
    ///   - leftOut: What was left out of both because it cannot be used.
    ///   - data: What to call the data.
    ///   - sampleBytes: Bytes of samples that stay in memory; nil for those of both parts together.
    /// - Throws: `RecipeError`: what cannot be used, and what to do.
    public init(
        _ recipe: Recipe, training: ClassificationDataset, validation: ClassificationDataset, leftOut: [Problem] = [],
        data: String, sampleBytes: Int? = nil
    ) throws(RecipeError) {
        (self.training, self.validation, self.leftOut) = (training, validation, leftOut)
        self.sampleBytes = sampleBytes ?? training.recordByteCount + validation.recordByteCount
        description = RunDescription(
            settings: recipe.settings, architecture: recipe.network, classNames: training.classNames,
            preprocessing: try recipe.architecture.preprocessing(), data: data)
        // Complains about networks that do not fit before anything is written.
        _ = try recipe.architecture.resolved(classes: training.classNames.count).freezing(recipe.settings.freeze)
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
        let resolved = try description.resolved()
        let network = Network(resolved)
        // Before anything is written; a checkpoint has weights of its own.
        if let from = settings.from, !RunFolder.hasCheckpoint(at: folder) {
            note(try StartingWeights(from).load(into: network, classifiers: resolved.classifiers))
        }
        let run = try RunFolder(at: folder, description, resuming: resuming)
        try run.keep(leftOut)
        let loader = BatchLoader(
            training, preprocessing: description.preprocessing, augmentations: settings.augmentation,
            batchSize: settings.batchSize, isShuffled: true, dropsIncomplete: training.count > settings.batchSize,
            seed: settings.seed)
        let judge = BatchLoader(
            validation, preprocessing: description.preprocessing, batchSize: settings.batchSize, seed: settings.seed)
        let trainer = try Trainer(
            network, training: LoadedBatches(loader),
            validation: validation.count > 0 ? LoadedBatches(judge) : nil, run: run, observer: observer)
        return try trainer.train()
    }
}
