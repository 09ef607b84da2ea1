import ArgumentParser
import Foundation
import SaccadeDatasets
import SaccadeDrawing
import SaccadeImages
import SaccadeModels
import SaccadeRuns
import SaccadeTensors
import SaccadeTraining

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw pictures, train a network on them, and show what it learnt. Needs no data.",
        discussion: """
            Draws small pictures of six kinds of shapes as an ordinary folder of labelled pictures, trains the recipe \
            “shapes” on them while you watch, classifies pictures that it has never seen, and writes figures to look at.

            EXAMPLES:
              saccade demo
              saccade demo --quick
              saccade demo --output /tmp/demo --seed 7

            \(Failure.codes)
            """)

    @Flag(help: "Fewer pictures and passes: some seconds, and less accurate.")
    var quick = false

    @Option(help: "The folder to write; what a demo left there is replaced.")
    var output = "demo"

    @Option(help: "Where random choices begin: other pictures, other first weights.")
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    func run() async throws {
        try compute.apply()
        let counts = quick ? (training: 2400, test: 120) : (training: 6000, test: 300)
        try clear()
        Console.note("Drawing \(counts.training + counts.test) pictures of shapes in \(output)/shapes …")
        let pictures = ShapePictures(seed: seed)
        try pictures.write(0..<counts.training, to: "\(output)/shapes/train")
        try pictures.write(counts.training..<counts.training + counts.test, to: "\(output)/shapes/test")

        var overrides = [try RecipeOverride("training.seed=\(seed)")]
        if quick { overrides.append(try RecipeOverride("training.epochs=6")) }
        let recipe = try Recipe(
            yaml: Architecture.text(fileOrName: "shapes"), source: "shapes.yaml", overrides: overrides)
        let training = try ClassifierTraining(recipe, data: "\(output)/shapes")
        let run = "\(output)/run"
        let records = try await ComputeThread.run {
            let journal = RunJournal(registry: RunIndex.forWriting(), note: Console.note)
            return try training.run(
                in: run, resuming: false, observer: TrainingObservers([ProgressBar(), journal]))
        }

        let classifier = try TrainedClassifier(run: run)
        let unseen = try ClassificationDataset(at: "\(output)/shapes", split: .test)
        let answers = try await ComputeThread.run { try Demo.answers(of: classifier, on: unseen) }
        try draw(answers, records, of: recipe.architecture, classes: classifier.description.classNames)
        let right = answers.count { $0.isRight }
        print(
            """
            \(right) of \(answers.count) pictures that it had never seen are classified rightly: \
            \(percent(Double(right) / Double(answers.count))).

            Look at   \(output)/contact-sheet.png   pictures with the answers, the doubtful ones first
                      \(output)/confusions.png      what was taken for what
                      \(output)/curves.png          the loss while it learnt
                      \(output)/network.svg         the network
            Then try  saccade classify \(run) \(output)/shapes/test/star/*.png --top 2
                      saccade describe shapes
            """)
    }

    /// Removes what an earlier demo wrote, and nothing else.
    private func clear() throws {
        for name in ["shapes", "run", "contact-sheet.png", "confusions.png", "curves.png", "network.svg"] {
            let path = "\(output)/\(name)"
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    /// A picture with what the network makes of it.
    struct Answer: Sendable {
        let image: Image
        let truth: String
        let guess: TrainedClassifier.Prediction

        var isRight: Bool { guess.label == truth }
    }

    private static func answers(
        of classifier: TrainedClassifier, on dataset: ClassificationDataset
    ) throws -> [Answer] {
        let plan = classifier.plan(batch: 1)
        return try (0..<dataset.count).map { index in
            let image = try dataset.image(at: index)
            return Answer(
                image: image, truth: dataset.classNames[dataset.label(at: index)],
                guess: classifier.predictions(for: image, top: 1, plan: plan)[0])
        }
    }

    private func draw(
        _ answers: [Answer], _ records: [EpochRecord], of recipe: Architecture, classes: [String]
    ) throws {
        // Mistakes and doubts are what there is to learn from.
        let doubtful = answers.sorted {
            ($0.isRight ? 1 : 0, $0.guess.probability) < ($1.isRight ? 1 : 0, $1.guess.probability)
        }
        let items = doubtful.prefix(48).map { answer in
            ContactSheet.Item(
                answer.image, caption: "\(answer.guess.label) \(Int((answer.guess.probability * 100).rounded())) %",
                verdict: answer.isRight ? .right : .wrong)
        }
        try ContactSheet(title: "Never seen before: the \(items.count) most doubtful of \(answers.count)", items: items)
            .write(to: "\(output)/contact-sheet.png")
        var counts = classes.map { _ in classes.map { _ in 0 } }
        for answer in answers {
            guard let truth = classes.firstIndex(of: answer.truth),
                let guess = classes.firstIndex(of: answer.guess.label)
            else { continue }
            counts[truth][guess] += 1
        }
        try SaccadeDrawing.ConfusionMatrix(title: "Shapes never seen before", classes: classes, counts: counts)
            .write(to: "\(output)/confusions.png")
        try RunCurves.figure(of: records).write(to: "\(output)/curves.png")
        try Schematic(Description(recipe.resolved(classes: classes.count), batch: 1)).write(to: "\(output)/network.svg")
    }
}
