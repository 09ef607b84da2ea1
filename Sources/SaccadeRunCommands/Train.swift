package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeMetrics
import SaccadeModels
import SaccadeRuns
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining

package struct Train: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Train a recipe’s network on labelled images, or on images with masks.",
        discussion: """
            DATA is a folder with a folder of images for each class (FOLDER/CLASS/*.jpg|png, or FOLDER/train/CLASS/…), \
            or with the files of MNIST (IDX) or CIFAR-10 (binary); for a recipe with task: segment, a folder of images \
            and masks (images/ and masks/, CamVid, Pascal VOC; saccade check knows them all). Where it has no validation part, one is held back by \
            the seed. Everything about the run is kept in runs/NAME: its description, a line of metrics for each epoch, \
            the last checkpoint and the best weights; and to look at, curves and the page report.html, which renews itself \
            while the run lives. `tensorboard --logdir runs` shows the runs, too, and so does `saccade runs`.

            Images that are missing or damaged are skipped and told; of more than 1 % of them the training is refused. \
            The memory that it will need is worked out before, and compared with what the machine has. Ctrl-C stops after \
            a step, with a checkpoint.

            EXAMPLES:
              saccade train mnist --data data/mnist --run digits
              saccade train recipes/exercise-1.yaml --data photos --run my-run --epochs 20
              saccade train mnist --data data/mnist --set training.optimizer.kind=sgd --set training.learningRate=0.1
              saccade train mnist --print-recipe        # every setting that --set can change
              saccade train unet-scenes --data scenes-masks
              saccade train resnet-18 --data photos --from resnet18.safetensors --set training.freeze=[conv1,bn1,layer1]
              saccade train mnist --data data/mnist --run digits --resume
              saccade train resnet-50 --data photos --max-memory 8GiB

            \(Failure.codes)
              69  the training would need more memory than it may have
              130 stopped by Ctrl-C; --resume goes on
            """)

    @Argument(help: ArgumentHelp("A recipe (YAML), or the name of a built-in one.", valueName: "recipe"))
    var recipe: String

    @Option(help: "The folder of the data set. A resumed run remembers it.")
    var data: String?

    @Option(help: "The name of the run. Default: the recipe’s.")
    var run: String?

    @Flag(help: "Go on with a run that was stopped. It arrives at the same weights as one that was not.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            """
            Start from these weights: a .safetensors file, or a run. The last layer begins anew where the number of \
            classes differs.
            """, valueName: "weights"))
    var from: String?

    @Option(help: "Passes over the images, in place of the recipe’s.")
    var epochs: Int?

    @Option(help: "Images for each step, in place of the recipe’s.")
    var batchSize: Int?

    @Option(help: "The size of a step, in place of the recipe’s.")
    var learningRate: Double?

    @Option(help: "Random seed; the same seed gives the same weights.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            """
            A setting in place of the recipe’s: names joined by dots, and the value as in a recipe. May be given often.
            """, valueName: "key=value"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "The most memory that the training may need, such as 4GiB. Default: what the machine has.",
            valueName: "size"))
    var maxMemory: String?

    @Flag(help: "Train without images that cannot be used, however many they are; decodes each one before.")
    var allowBadSamples = false

    @Flag(help: "Print the recipe with every setting decided, and do nothing else.")
    var printRecipe = false

    @OptionGroup var compute: ComputeOptions

    package func validate() throws {
        if let maxMemory, ByteSize(maxMemory) == nil {
            throw ValidationError("--max-memory must be \(ByteSize.hint); got “\(maxMemory)”.")
        }
        if let run, run.isEmpty || run.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            throw ValidationError("--run must be a name of at least one character, without line breaks.")
        }
    }

    package func run() async throws {
        if printRecipe { return print(try recipe(of: stored()).yaml, terminator: "") }
        try compute.apply()
        let stored = try stored()
        if let stored { try requireSameNetwork(stored) }
        let recipe = try recipe(of: stored)
        guard let data = data ?? stored?.data else {
            throw ValidationError("Give --data FOLDER: the samples to learn from.")
        }
        try await train(recipe.model.task.task, recipe, data)
    }

    private func train<Task: LearningTask>(_ task: Task, _ recipe: Recipe, _ data: String) async throws {
        let (name, folder) = (run ?? Train.name(of: self.recipe), folder)
        let training = try Training(task, recipe, data: data, badSamples: allowBadSamples ? .skipAll : .tolerateFew)
        Console.note(
            "\(training.training.count) samples of \(training.task.classNames.count) \(Task.answers) to learn from, "
                + "\(training.validation.count) held back for validation; the run is \(folder).")
        if let classes = training.description.model.architecture.classes, classes != training.task.classNames.count {
            Console.note(
                "The recipe says \(classes) \(Task.answers); the data decide, and have \(training.task.classNames.count)."
            )
        }
        for line in SkippedNote.lines(training.skipped, folder: folder) { Console.note(line) }
        let need = try training.memory()
        Console.note(MemoryNote.line(need))
        try MemoryNote.check(training, need, limit: maxMemory.flatMap(ByteSize.init)?.bytes)
        let resuming = resume
        if resuming, let done = EpochRecord.read(fromRunAt: folder).last?.epoch, done >= recipe.settings.epochs {
            Console.note("The run has its \(done) epochs already; to go on, give more by --epochs.")
        }
        let schematic = try Schematic(
            ModelSummary(training.network(), name: training.description.model.architecture.name))
        let records = try await ComputeThread.run {
            let journal = RunJournal(registry: RunIndex.forWriting(), schematic: schematic, note: Console.note)
            return try training.run(
                in: folder, resuming: resuming, observer: TrainingObservers([ProgressBar(), journal, StopRequest()]),
                note: Console.note)
        }
        guard let best = records.last(where: \.isBest) else { return }
        let monitor = training.description.monitor
        let value = monitor.value(of: best).map { "\(monitor.title) \(monitor.metric.text($0)), " } ?? ""
        print(
            """
            Best: \(value)after epoch \(best.epoch).
            Look at \(folder)/report.html
            Next: saccade runs show \(name)
                  saccade evaluate \(name) --data \(data)
            """)
        print("      saccade \(Task.command) \(name) \(Task.arguments)")
    }

    private var folder: String { RunFolder.folder(of: run ?? Train.name(of: recipe)) }

    /// The run to go on with.
    private func stored() throws -> RunDescription? { resume ? try RunDescription(ofRunAt: folder) : nil }

    /// Sees to it that a run goes on as what it is: its own recipe counts, and another one would be passed over in silence.
    private func requireSameNetwork(_ stored: RunDescription) throws {
        // Where the recipe is gone, the run's own is enough.
        guard let text = try? Recipe.text(fileOrName: recipe),
            let given = try? Recipe(yaml: text, source: Architecture.place(of: recipe))
        else { return }
        func kind(_ model: ModelDescription) -> String {
            "\(model.task.name) by \(model.architecture.structure?.key ?? "layers")"
        }
        guard kind(given.model) != kind(stored.model) else { return }
        throw ValidationError(
            "--resume: the run \(folder) was begun to \(kind(stored.model)), and \(recipe) is to \(kind(given.model)); name "
                + "its recipe, or another --run.")
    }

    /// - Throws: `ValidationError` where it is an option's fault.
    private func recipe(of stored: RunDescription?) throws -> Recipe {
        try withOptionsToBlame {
            let shorthands: [(key: String, option: String, value: String?)] = [
                ("epochs", "--epochs", epochs.map { "\($0)" }),
                ("batchSize", "--batch-size", batchSize.map { "\($0)" }),
                ("learningRate", "--learning-rate", learningRate.map { "\($0)" }),
                ("seed", "--seed", seed.map { "\($0)" }),
                ("from", "--from", from.map(Self.quoted)),
            ]
            var overrides = try set.map { try RecipeOverride($0) }
            for (key, option, value) in shorthands {
                guard let value else { continue }
                overrides.append(
                    try RecipeOverride(key: "training.\(key)", value: value, typed: "\(option) \(value)"))
            }
            return try Recipe(
                yaml: stored?.model.recipe ?? Recipe.text(fileOrName: recipe),
                source: stored == nil ? Architecture.place(of: recipe) : folder, stored: stored?.settings,
                overrides: overrides)
        }
    }

    /// A text as YAML, whatever is in it.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    /// `exercise-1` of `recipes/exercise-1.yaml`.
    private static func name(of recipe: String) -> String {
        URL(fileURLWithPath: recipe).deletingPathExtension().lastPathComponent
    }

    package init() {}
}
