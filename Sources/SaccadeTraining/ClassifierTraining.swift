import Foundation
public import SaccadeDatasets
public import SaccadeModels
import SaccadeTensors

/// Everything between a recipe with a folder of data, and a run: which pictures to learn from and which to be judged by,
/// how they are prepared, and the network with as many outputs as there are classes.
public struct ClassifierTraining: Sendable {
    public let description: RunDescription
    public let training: ClassificationDataset
    public let validation: ClassificationDataset

    /// - Parameters:
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - data: A data set's folder.
    /// - Throws: `ArchitectureError`, `FileError`: what cannot be used, and what to do.
    public init(_ recipe: Recipe, data: String) throws {
        let settings = recipe.settings
        let splits = try ClassificationDataset.splits(at: data)
        let whole = try ClassificationDataset(at: data, split: splits.contains(.train) ? .train : .all)
        if splits.contains(.validation) {
            let validation = try ClassificationDataset(at: data, split: .validation)
            try self.init(recipe, training: whole, validation: validation, data: data)
        } else {
            let (training, validation) = whole.split(validation: settings.validationFraction, seed: settings.seed)
            try self.init(recipe, training: training, validation: validation, data: data)
        }
    }

    /// - Parameters:
    ///   - recipe: The network and how to train it, which is kept with the run.
    ///   - training: What to learn from.
    ///   - validation: What to be judged by after each epoch, of the same classes.
    ///   - data: What to call the data.
    /// - Throws: `ArchitectureError`: what cannot be used, and what to do.
    public init(
        _ recipe: Recipe, training: ClassificationDataset, validation: ClassificationDataset, data: String
    ) throws(ArchitectureError) {
        (self.training, self.validation) = (training, validation)
        description = RunDescription(
            settings: recipe.settings, architecture: recipe.network, classNames: training.classNames,
            preprocessing: try recipe.architecture.preprocessing(), data: data)
        // Complains about networks that do not fit before anything is written.
        _ = try recipe.architecture.resolved(classes: training.classNames.count)
    }

    /// Trains in `folder`, on the calling thread.
    public func run(in folder: String, resuming: Bool, observer: (any TrainingObserver)?) throws -> [EpochRecord] {
        let settings = description.settings
        let run = try RunFolder(at: folder, description, resuming: resuming)
        let loader = BatchLoader(
            training, preprocessing: description.preprocessing, augmentations: settings.augmentation,
            batchSize: settings.batchSize, isShuffled: true, dropsIncomplete: training.count > settings.batchSize,
            seed: settings.seed)
        let judge = BatchLoader(
            validation, preprocessing: description.preprocessing, batchSize: settings.batchSize, seed: settings.seed)
        let trainer = try Trainer(
            description.network(), training: LoadedBatches(loader),
            validation: validation.count > 0 ? LoadedBatches(judge) : nil, run: run, observer: observer)
        return try trainer.train()
    }
}
