package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

package struct Evaluate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Evaluate a model on a data set: its metrics, per class, and the confusion matrix.",
        discussion: """
            The samples are the data set’s test part; else its validation part; else, for the folder that the run learnt \
            from, those that were held back; else all of them. The data set’s classes are found among the model’s by their \
            names; where none of them is there and both have as many, as with ImageNet’s folders n01440764 and so on, by \
            their order.

            Segmentation is judged at the size of the network’s input, masks resized with their images, and of a network \
            with valid convolutions in the middle that it answers for; with preprocessing.resize: tiles every pixel of \
            every image is judged, in its own size. How many pixels were judged is told.

            EXAMPLES:
              saccade evaluate digits --data data/mnist
              saccade evaluate resnet-50 --data imagenet/val
              saccade evaluate --arch resnet-18 --weights mine.pth --data photos
              saccade evaluate my-run --data photos --json
              saccade evaluate digits --data data/mnist --matrix confusions.png

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String?

    @Option(help: "The folder of the data set.")
    var data: String

    @Option(help: "Images at once.")
    var batch = 64

    @Option(help: ArgumentHelp("Draw the confusion matrix into a file.", valueName: "file.svg|png|pdf"))
    var matrix: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    package func validate() throws {
        try options.requireOneModel(model)
        guard (1...4096).contains(batch) else { throw ValidationError("--batch must be from 1 to 4096, got \(batch).") }
        if let matrix {
            do { _ = try FigureFormat(path: matrix) } catch { throw ValidationError("--matrix \(error)") }
        }
    }

    package func run() async throws {
        try compute.apply()
        let model = try LoadedModel(options.request(model: model))
        ModelOptions.report(model.difference)
        try await evaluate(model.description.task.task, model)
    }

    private func evaluate<Task: LearningTask>(_ task: Task, _ model: LoadedModel) async throws {
        guard let network = model.network as? Task.Learner else {
            throw CommandError.data("\(model.name): this network cannot \(Task.name)")
        }
        if let problem = task.problem(with: network) {
            throw CommandError.data("\(model.name): \(problem), or give other names")
        }
        let (samples, part) = try task.heldOut(
            of: data, run: model.run, hasNames: model.classNames != nil, note: Console.note)
        // Classes that nobody has named are called as the data call them.
        var task = task
        if model.classNames == nil { task.classNames = try task.classNames(of: samples) }
        let judging = task
        let (batch, options) = (batch, compute.planOptions)
        let report = try await ComputeThread.run {
            let batches = try judging.batches(of: samples, for: model.description, batchSize: batch)
            return try judging.report(
                SaccadeTraining.evaluate(judging, Runner(planning: network, options: options), over: batches))
        }
        let names = task.classNames
        if let matrix {
            guard let counts = report.confusions else {
                throw CommandError.data("--matrix: this task counts no confusions")
            }
            try SaccadeDrawing.ConfusionMatrix(
                title: "\(self.model ?? model.name) on \(part) of \(data)", classes: names, counts: counts
            ).write(to: matrix)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(report.json), as: UTF8.self))
        } else {
            print("\(report.count) samples: \(part) of \(data)\n")
            print(EvaluationTable(report).text)
            if let matrix { print("\nConfusion matrix: \(matrix)") }
        }
    }

    package init() {}
}

extension LearningTask {
    /// The part of a data set that a model did not learn from.
    ///
    /// - Parameters:
    ///   - run: How the model was trained, if a run of ours did.
    ///   - hasNames: Whether the model's classes have names; otherwise they take the data's.
    fileprivate func heldOut(
        of data: String, run: RunDescription?, hasNames: Bool, note: (String) -> Void
    ) throws -> (samples: Samples, part: String) {
        func open(_ split: DatasetSplit) throws -> Samples {
            try matched(self.open(data, split: split, unusableFraction: 0.01), hasNames: hasNames, note: note)
        }
        let splits = try Self.splits(at: data)
        for (split, part) in [(DatasetSplit.test, "the test part"), (.validation, "the validation part")]
        where splits.contains(split) {
            return (try open(split), part)
        }
        let whole = try open(.all)
        guard let run, run.settings.validationFraction > 0, !run.data.isEmpty,
            URL(fileURLWithPath: data).resolvingSymlinksInPath()
                == URL(fileURLWithPath: run.data).resolvingSymlinksInPath()
        else { return (whole, "all samples") }
        let held = whole.split(validation: run.settings.validationFraction, seed: run.settings.seed).validation
        return (held, "the validation part held back in training")
    }
}

/// A report as text: the metrics, then a row for each class, then what was taken for what.
struct EvaluationTable {
    private let report: TaskReport

    init(_ report: TaskReport) { self.report = report }

    var text: String {
        var table = TextTable([.init("class")] + report.columns.map { .init($0.title, .right) })
        for row in report.rows {
            let values = zip(report.columns, row.values).map { column, value in
                value.isNaN ? "–" : column.isFraction ? percent(value) : "\(Int(value))"
            }
            table.append([row.name] + values)
        }
        let totals = report.metrics.inOrder.map { "\($0.metric.title) \($0.metric.text($0.value))" }
        return ([totals.joined(separator: ", "), "", table.text] + (confusions.map { ["", $0] } ?? []))
            .joined(separator: "\n")
    }

    /// The commonest confusions; of few classes, the whole matrix.
    private var confusions: String? {
        guard let counts = report.confusions else { return nil }
        let names = report.rows.map(\.name)
        guard names.count > 12 else {
            var table = TextTable([.init("truth ╲ taken for")] + names.map { .init($0, .right) })
            for (name, row) in zip(names, counts) { table.append([name] + row.map(String.init)) }
            return table.text
        }
        let pairs = counts.enumerated().flatMap { truth, row in
            row.enumerated().filter { $0.offset != truth && $0.element > 0 }.map { (truth, $0.offset, $0.element) }
        }.sorted { ($0.2, $1.0, $1.1) > ($1.2, $0.0, $0.1) }
        return "Commonest confusions\n"
            + pairs.prefix(10).map { "  \($0.2)× \(names[$0.0]) taken for \(names[$0.1])" }.joined(separator: "\n")
    }
}
