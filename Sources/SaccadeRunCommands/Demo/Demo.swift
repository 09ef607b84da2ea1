package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeMetrics
import SaccadeModels
import SaccadeRuns
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining
import SaccadeWeights

package struct Demo: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Draw scenes, train a network on them and report the results. Needs no data.",
        discussion: """
            Draws scenes with objects of 24 classes, trains the recipe “scenes” to tell what each is about while you \
            watch, asks it about scenes that it has never seen and about images of yours, and writes a page to look \
            at: what it learnt from, its curves, its mistakes, what each layer makes of an image, the network.

            EXAMPLES:
              saccade demo
              saccade demo --quick
              saccade demo photo.jpg drawing.png
              saccade demo --output /tmp/demo --seed 7

            \(Failure.codes)
            """)

    @Argument(
        help: ArgumentHelp("Images of your own to ask about: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var images: [String] = []

    @Option(name: [.customLong("image"), .customLong("picture")], help: "The same as an option; may be given often.")
    var more: [String] = []

    @Flag(help: "Fewer scenes and passes: some seconds, and less accurate.")
    var quick = false

    @Option(help: "The folder to write; what a demo left there is replaced.")
    var output = "demo"

    @Option(help: "Where random choices begin: other scenes, other first weights.")
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    package func run() async throws {
        try compute.apply()
        var watch = StopWatch()
        // Before anything takes time: a name that is wrong is better known now.
        let own = try (images + more).map { (name: $0, image: try Image(contentsOf: $0)) }
        let task = quick ? DemoTask.quick : .full
        let scenes = task.scenes(seed: seed)
        try clear()
        Console.note(task.text + "\n")

        Console.note("Drawing \(task.training.count + task.validation.count + task.test.count) scenes …")
        let learnt = await ClassificationDataset(drawing: scenes, task.training)
        let held = await ClassificationDataset(drawing: scenes, task.validation)
        let unseen = await ClassificationDataset(drawing: scenes, task.test)
        watch.lap("drawing the scenes")

        let training = try Training(
            Classification(), recipe(for: task), training: learnt, validation: held, data: "scenes of seed \(seed)")
        Console.note("Learning from \(learnt.count) of them, each seen \(task.epochs) times:")
        let run = "\(output)/run"
        let epochs = task.epochs
        let records = try await ComputeThread.run {
            let bar = ProgressBar { Demo.line(of: $0, epochs: epochs) }
            let journal = RunJournal(registry: RunIndex.forWriting(), note: Console.note)
            return try training.run(in: run, resuming: false, observer: TrainingObservers([bar, journal]))
        }
        watch.lap("learning")

        let model = try LoadedModel(ModelRequest(model: run))
        guard let network = model.network.chain, let preprocessing = model.preprocessing else { return }
        let layers = LayerByLayer(network)
        let (answers, ownAnswers) = try await ComputeThread.run {
            let classifier = try Classifier(model)
            func answer(_ image: Image, _ truth: String?, _ name: String) throws -> DemoAnswer {
                DemoAnswer(
                    image: image, name: name, truth: truth, guesses: try classifier.predictions(for: image, top: 3))
            }
            let answers = try (0..<unseen.count).map { index in
                try answer(
                    unseen.image(at: index, atLeast: nil), unseen.classNames[unseen.label(at: index)],
                    unseen.name(at: index))
            }
            return (answers, try own.map { try answer($0.image, nil, $0.name) })
        }
        watch.lap("answering")
        let segmented = try await ComputeThread.run {
            let segmenter = try Segmenter(LoadedModel(ModelRequest(model: ShippedWeights.scenesSegmentation.rawValue)))
            return try answers.prefix(DemoResult.segmentedScenes).map { answer in
                DemoSegmentation(answer.image, try segmenter(answer.image), segmenter)
            }
        }
        watch.lap("segmenting")
        let detected = try await ComputeThread.run {
            let detector = try LoadedModel(ModelRequest(model: ShippedWeights.scenesDetection.rawValue)).detector()
            let scenes = Scenes(seed: seed, size: PixelSize(width: 128, height: 128))
            return try task.test.prefix(DemoResult.detectedScenes).map {
                try DemoDetection(scenes.scene(at: $0).image, by: detector)
            }
        }
        watch.lap("detecting")
        // A scene that it understood shows best how.
        let example = answers.firstIndex { $0.isRight } ?? 0
        let image = answers[example].image
        let explanation = try await ComputeThread.run {
            Explanation(
                of: image, by: layers, preprocessing, stage: layers.lastConvolution)
        }
        let kept = KeptScenes(folder: "\(output)/unseen", example: example)
        try kept.write(answers.prefix(max(5 * Scenes.classNames.count, example + 1)))
        let result = DemoResult(
            task: task, seed: seed, learnt: learnt, network: network, layers: layers, records: records,
            answers: answers,
            own: ownAnswers, explanation: explanation, segmented: segmented,
            detected: detected, run: run, kept: kept)
        try result.report(seconds: watch.laps).write(to: "\(output)/report.html")
        try result.doubts.write(to: "\(output)/contact-sheet.png")
        watch.lap("drawing the report")
        print(summary(of: result, took: watch.total))
    }

    private func recipe(for task: DemoTask) throws -> Recipe {
        try Recipe(
            yaml: Architecture.text(fileOrName: "scenes"), source: "scenes.yaml",
            overrides: [
                RecipeOverride("training.seed=\(seed)"), RecipeOverride("training.epochs=\(task.epochs)"),
            ])
    }

    /// Removes what an earlier demo wrote, and nothing else.
    private func clear() throws {
        for name in ["report.html", "contact-sheet.png", "run", "unseen"] {
            let path = "\(output)/\(name)"
            guard Path(path).exists else { continue }
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw FileError(
                    .unwritable, path: path, reason: "what an earlier demo left cannot be removed",
                    remedy: "give another --output")
            }
        }
    }

    /// One line of a curve that grows downwards, epoch by epoch.
    private static func line(of record: EpochRecord, epochs: Int) -> String {
        let share = record[.accuracy] ?? 0
        let eighths = Int((share * 320).rounded())
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let bar = String(repeating: "█", count: eighths / 8) + rest
        let padded = bar + String(repeating: "·", count: max(0, 40 - bar.count))
        let number =
            String(repeating: " ", count: String(epochs).count - String(record.epoch).count) + "\(record.epoch)"
        return "epoch \(number)/\(epochs)  \(padded)"
            + String(
                format: "  %6.2f %% of held-back scenes right, loss %.3f", share * 100, record.training[.loss] ?? .nan)
    }

    private func summary(of result: DemoResult, took seconds: Double) -> String {
        let own = result.own.map { answer in
            "\(answer.name): "
                + answer.guesses.map { "\($0.label) \(Int(($0.probability * 100).rounded())) %" }.joined(
                    separator: ", ")
        }
        let ownText =
            own.isEmpty
            ? ""
            : own.joined(separator: "\n")
                + "\n(It knows drawn scenes alone, and has no word for anything but its 24 classes.)\n\n"
        return """
            \(ownText)\(result.right) of \(result.answers.count) scenes that it had never seen are named rightly: \
            \(percent(result.accuracy)); guessing would name \(percent(DemoTask.chance)). All took \
            \(String(format: "%.0f", seconds)) s.

            Look at   \(output)/report.html   what it learnt from, its curves, mistakes and layers
            Then try
            \(result.next.map { "  " + $0 }.joined(separator: "\n"))
            """
    }

    package init() {}
}

/// How long the parts of something take.
struct StopWatch {
    private(set) var laps: [(name: String, seconds: Double)] = []
    private var last = ContinuousClock.now

    /// The part that was going on is over.
    mutating func lap(_ name: String) {
        let now = ContinuousClock.now
        laps.append((name, last.duration(to: now) / .seconds(1)))
        last = now
    }

    var total: Double { laps.reduce(0) { $0 + $1.seconds } }
}
