import ArgumentParser
import Foundation
import SaccadeDatasets
import SaccadeDrawing
import SaccadeGeometry
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a recipe’s network on labelled pictures.",
        discussion: """
            DATA is a folder with a folder of pictures for each class (FOLDER/CLASS/*.jpg|png, or FOLDER/train/CLASS/…), \
            or with the files of MNIST (IDX) or CIFAR-10 (binary). Where it has no validation part, one is held back by \
            the seed. Everything about the run is kept in runs/NAME: its description, a line of metrics for each epoch, \
            the last checkpoint and the best weights.

            EXAMPLES:
              saccade train mnist --data data/mnist --run digits
              saccade train recipes/exercise-1.yaml --data photos --run my-run --epochs 20
              saccade train mnist --data data/mnist --set training.optimizer.kind=sgd --set training.learningRate=0.1
              saccade train mnist --print-recipe
              saccade train mnist --data data/mnist --run digits --resume

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("A recipe (YAML), or the name of a built-in one.", valueName: "recipe"))
    var recipe: String

    @Option(help: "The folder of the data set. A resumed run remembers it.")
    var data: String?

    @Option(help: "The name of the run. Default: the recipe’s.")
    var run: String?

    @Flag(help: "Go on with a run that was stopped. It arrives at the same weights as one that was not.")
    var resume = false

    @Option(help: "Passes over the pictures, in place of the recipe’s.")
    var epochs: Int?

    @Option(help: "Pictures for each step, in place of the recipe’s.")
    var batchSize: Int?

    @Option(help: "The size of a step, in place of the recipe’s.")
    var learningRate: Double?

    @Option(help: "Where random choices begin; the same seed gives the same weights.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            """
            A setting in place of the recipe’s: names joined by dots, and the value as in a recipe. May be given often.
            """, valueName: "key=value"))
    var set: [String] = []

    @Flag(help: "Print the recipe with every setting decided, and do nothing else.")
    var printRecipe = false

    @OptionGroup var compute: ComputeOptions

    func run() async throws {
        if printRecipe { return print(try recipe(of: stored()).yaml, terminator: "") }
        try compute.apply()
        let name = run ?? Train.name(of: recipe)
        let folder = folder
        let training = try prepared()
        let description = training.description
        Console.note(
            "\(training.training.count) pictures of \(description.classNames.count) classes to learn from, "
                + "\(training.validation.count) held back to judge by; the run is \(folder).")
        let resuming = resume
        let records = try await ComputeThread.run {
            try training.run(in: folder, resuming: resuming, observer: ProgressBar())
        }
        guard let best = records.last(where: \.isBest) else { return }
        try LineChart.losses(of: records).write(to: "\(folder)/curves.png")
        let accuracy = best.validationAccuracy ?? best.trainingAccuracy
        print(
            """
            Best: \(percent(accuracy)) of the held-back pictures right, after epoch \(best.epoch). Curves: \(folder)/curves.png
            Next: saccade evaluate \(name) --data \(description.data)
                  saccade classify \(name) PICTURE.jpg
            """)
    }

    /// What to train: as the recipe and the flags say, or as the run was begun.
    private func prepared() throws -> ClassifierTraining {
        let stored = try stored()
        let recipe = try recipe(of: stored)
        guard let data = data ?? stored?.data else {
            throw ValidationError("Give --data FOLDER: the pictures to learn from.")
        }
        return try ClassifierTraining(recipe, data: data)
    }

    private var folder: String { TrainedClassifier.folder(of: run ?? Train.name(of: recipe)) }

    /// The run to go on with.
    private func stored() throws -> RunDescription? { resume ? try RunDescription(ofRunAt: folder) : nil }

    /// - Throws: `ValidationError` where it is an option's fault.
    private func recipe(of stored: RunDescription?) throws -> Recipe {
        do {
            let shorthands: [(key: String, option: String, value: String?)] = [
                ("epochs", "--epochs", epochs.map { "\($0)" }),
                ("batchSize", "--batch-size", batchSize.map { "\($0)" }),
                ("learningRate", "--learning-rate", learningRate.map { "\($0)" }),
                ("seed", "--seed", seed.map { "\($0)" }),
            ]
            var overrides = try set.map { try RecipeOverride($0) }
            for (key, option, value) in shorthands {
                guard let value else { continue }
                overrides.append(
                    try RecipeOverride(key: "training.\(key)", value: value, typed: "\(option) \(value)"))
            }
            return try Recipe(
                yaml: stored?.architecture ?? Architecture.text(fileOrName: recipe),
                source: stored == nil ? Architecture.place(of: recipe) : folder, stored: stored?.settings,
                overrides: overrides)
        } catch let error as ArchitectureError where error.location?.file.hasPrefix("--") ?? false {
            throw ValidationError("\(error).")
        }
    }

    /// `exercise-1` of `recipes/exercise-1.yaml`.
    private static func name(of recipe: String) -> String {
        URL(fileURLWithPath: recipe).deletingPathExtension().lastPathComponent
    }
}

extension LineChart {
    /// Loss by epoch, of the pictures learnt from and of those held back.
    static func losses(of records: [EpochRecord], width: Double = 460, height: Double = 300) -> LineChart {
        func series(_ name: String, _ value: (EpochRecord) -> Double?) -> Series? {
            let points = records.compactMap { record in value(record).map { Point(Double(record.epoch), $0) } }
            return points.isEmpty ? nil : Series(name, points)
        }
        return LineChart(
            title: "Loss", xLabel: "epoch", yLabel: "cross entropy, nats",
            series: [series("training") { $0.trainingLoss }, series("held back") { $0.validationLoss }].compactMap {
                $0
            },
            isLogY: true, width: width, height: height)
    }
}

/// A share as a percentage with two decimals.
func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

/// What a person at the terminal should know, beside the results.
enum Console {
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
