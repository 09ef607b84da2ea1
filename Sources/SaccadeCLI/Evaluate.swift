import ArgumentParser
import Foundation
import SaccadeDatasets
import SaccadeDrawing
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate a classifier: accuracy, per-class precision and recall, confusion matrix.",
        discussion: """
            The pictures are the data set’s test part; else its validation part; else, for the folder that the run learnt \
            from, those that were held back; else all of them. The data set’s classes are found among the model’s by their \
            names; where none of them is there and both have as many, as with ImageNet’s folders n01440764 and so on, by \
            their order.

            EXAMPLES:
              saccade evaluate digits --data data/mnist
              saccade evaluate resnet-50 --data imagenet/val
              saccade evaluate --arch resnet-18 --weights mine.pth --data photos
              saccade evaluate my-run --data photos --json
              saccade evaluate digits --data data/mnist --matrix confusions.png

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.help)
    var model: String?

    @Option(help: "The folder of the data set.")
    var data: String

    @Option(help: "Pictures at once.")
    var batch = 64

    @Option(help: ArgumentHelp("Draw the confusion matrix into a file.", valueName: "file.svg|png|pdf"))
    var matrix: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        try options.requireOneModel(model)
        guard (1...4096).contains(batch) else { throw ValidationError("--batch must be from 1 to 4096, got \(batch).") }
        if let matrix {
            do { _ = try FigureFormat(path: matrix) } catch { throw ValidationError("--matrix \(error)") }
        }
    }

    func run() async throws {
        try compute.apply()
        let model = try LoadedModel(options.request(model: model))
        ModelOptions.report(model.difference)
        let classifier = try TrainedClassifier(model)
        let (dataset, part) = try HeldOut.pictures(
            of: data, for: classifier.description, hasNames: model.classNames != nil)
        let (batch, options) = (batch, compute.planOptions)
        let score = try await ComputeThread.run {
            try classifier.score(over: dataset, batch: batch, options: options)
        }
        let report = EvaluationReport(score, classNames: dataset.classNames)
        if let matrix {
            try SaccadeDrawing.ConfusionMatrix(
                title: "\(self.model ?? model.network.name) on \(part) of \(data)",
                classes: dataset.classNames,
                counts: report.confusionMatrix
            ).write(to: matrix)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print("\(report.samples) pictures: \(part) of \(data)\n")
            print(EvaluationTable(report).text)
            if let matrix { print("\nConfusion matrix: \(matrix)") }
        }
    }
}

/// The part of a data set that a model did not learn from.
enum HeldOut {
    /// - Parameter hasNames: Whether the model's classes have names; otherwise they take the data's.
    static func pictures(
        of data: String, for run: RunDescription, hasNames: Bool
    ) throws -> (dataset: ClassificationDataset, part: String) {
        let splits = try ClassificationDataset.splits(at: data)
        for (split, part) in [(DatasetSplit.test, "the test part"), (.validation, "the validation part")]
        where splits.contains(split) {
            return try (checked(ClassificationDataset(at: data, split: split), run, hasNames), part)
        }
        let whole = try checked(ClassificationDataset(at: data, split: .all), run, hasNames)
        let isOwn =
            !run.data.isEmpty
            && URL(fileURLWithPath: data).resolvingSymlinksInPath()
                == URL(fileURLWithPath: run.data).resolvingSymlinksInPath()
        guard isOwn, run.settings.validationFraction > 0 else { return (whole, "all pictures") }
        let held = whole.split(validation: run.settings.validationFraction, seed: run.settings.seed).validation
        return (held, "the held-back pictures")
    }

    /// A picture's class is a number: the names behind the numbers must be those that the model knows.
    private static func checked(
        _ dataset: ClassificationDataset, _ run: RunDescription, _ hasNames: Bool
    ) throws -> ClassificationDataset {
        let (theirs, ours) = (dataset.classNames, run.classNames)
        if !hasNames, theirs.count == ours.count { return dataset }
        if let relabelled = dataset.relabelled(by: ours) { return relabelled }
        guard theirs.count == ours.count, Set(theirs).isDisjoint(with: ours) else {
            throw CommandError.data(
                "the model does not know the classes \(list(theirs.filter { !ours.contains($0) })) of the data, but "
                    + "\(list(ours)); give the data set that belongs to it")
        }
        Console.note(
            "The data’s \(theirs.count) classes (\(list(theirs, 3))) are called otherwise than the model’s "
                + "(\(list(ours, 3))): they are taken for them in this order.")
        return dataset.renamed(ours)
    }

    private static func list(_ names: [String], _ most: Int = 12) -> String {
        names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : "")
    }
}

/// A report as text: the totals, then a row for each class.
struct EvaluationTable {
    private let report: EvaluationReport

    init(_ report: EvaluationReport) { self.report = report }

    var text: String {
        var table = TextTable([
            .init("class"), .init("precision", .right), .init("recall", .right), .init("F1", .right),
            .init("pictures", .right),
        ])
        for row in report.classes {
            table.append([row.name, percent(row.precision), percent(row.recall), percent(row.f1), "\(row.samples)"])
        }
        let totals =
            "top-1 accuracy \(percent(report.top1)), top-5 accuracy \(percent(report.top5)), loss "
            + String(format: "%.4f", report.loss)
        return [totals, "", table.text, "", confusions].joined(separator: "\n")
    }

    /// The commonest confusions; of few classes, the whole matrix.
    private var confusions: String {
        let names = report.classes.map(\.name)
        guard names.count > 12 else {
            var table = TextTable([.init("truth ╲ taken for")] + names.map { .init($0, .right) })
            for (name, row) in zip(names, report.confusionMatrix) { table.append([name] + row.map(String.init)) }
            return table.text
        }
        let pairs = report.confusionMatrix.enumerated().flatMap { truth, row in
            row.enumerated().filter { $0.offset != truth && $0.element > 0 }.map { (truth, $0.offset, $0.element) }
        }.sorted { ($0.2, $1.0, $1.1) > ($1.2, $0.0, $0.1) }
        return "Commonest confusions\n"
            + pairs.prefix(10).map { "  \($0.2)× \(names[$0.0]) taken for \(names[$0.1])" }.joined(separator: "\n")
    }
}
