package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

package struct Evaluate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Evaluate a model on a data set: its metrics, per class, and what it confuses.",
        discussion: """
            The samples are the data set’s test part; else its validation part; else, for the folder that the run learnt \
            from, those that were held back; else all of them. The data set’s classes are found among the model’s by their \
            names; where none of them is there and both have as many, as with ImageNet’s folders n01440764 and so on, by \
            their order.

            Segmentation is judged at the size of the network’s input, masks resized with their images, and of a network \
            with valid convolutions in the middle that it answers for; with preprocessing.resize: tiles every pixel of \
            every image is judged, in its own size. How many pixels were judged is told.

            Detectors are judged in the pixels of each image: COCO’s twelve numbers as pycocotools has them, of masks too \
            where the network finds some and all objects have one; Pascal VOC’s AP at an IoU above 0.5, from all points and \
            from eleven, where objects that are marked difficult count neither way; where precision and recall are best \
            together (F1), and from which score on; and errors by kind, as in TIDE (Bolya et al., 2020), with the AP50 that \
            would be gained without them.

            With --output a folder gets everything as JSON (evaluation.json) and as figures. Of detectors these are curves of \
            precision over recall and what errors cost, and there are detections.json, COCO’s format for results with the \
            data set’s own numbers of images and classes (those of saccade convert --format coco, where it has none), and the \
            twelve images with the most errors. Of masks, pycocotools takes the boxes’ areas unless bbox is removed.

            EXAMPLES:
              saccade evaluate digits --data data/mnist
              saccade evaluate resnet-50 --data imagenet/val
              saccade evaluate --arch resnet-18 --weights mine.pth --data photos
              saccade evaluate my-run --data photos --json
              saccade evaluate digits --data data/mnist --matrix confusions.png
              saccade evaluate my-detector --data coco --output judged
              saccade evaluate my-detector --data coco --truncated-svd 256   # how much a faster detector loses

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String?

    @Option(help: "The folder of the data set.")
    var data: String

    @Option(help: "Images at once; 64, or of a detector so many as have a megapixel together.")
    var batch: Int?

    @Option(help: ArgumentHelp("Draw the confusion matrix into a file.", valueName: "file.svg|png|pdf"))
    var matrix: String?

    @Option(help: "A folder for JSON, figures and other files; it is made where it is missing.")
    var output: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var detector: DetectorOptions
    @OptionGroup var compute: ComputeOptions

    package func validate() throws {
        try options.requireOneModel(model)
        if let batch, !(1...4096).contains(batch) {
            throw ValidationError("--batch must be from 1 to 4096, got \(batch).")
        }
        if let matrix {
            do { _ = try FigureFormat(path: matrix) } catch { throw ValidationError("--matrix \(error)") }
        }
    }

    package func run() async throws {
        try compute.apply()
        let model = try LoadedModel(detector.applied(to: options.request(model: model)), mapped: true)
        ModelOptions.report(model.difference)
        try model.requireFinite()
        try await evaluate(model.description.task.task, model, files: output.map { try EvaluationFiles(in: $0) })
    }

    private func evaluate<Task: LearningTask>(
        _ task: Task, _ model: LoadedModel, files: EvaluationFiles?
    ) async throws {
        guard let network = model.network as? Task.Learner else {
            throw CommandError.data("\(model.name): this network cannot \(Task.name)")
        }
        if let problem = task.problem(with: network) {
            throw CommandError.data("\(model.name): \(problem), or give other names")
        }
        let reading = task.reading(for: model.description)
        let (samples, part) = try reading.heldOut(
            of: data, run: model.run, hasNames: model.classNames != nil, note: Console.note)
        guard samples.count > 0 else {
            throw FileError(
                .empty, path: data, reason: "\(part) has no samples that can be used",
                remedy: "see saccade check \(data)")
        }
        // Classes that nobody has named are called as the data call them.
        var named = reading
        if model.classNames == nil { named.classNames = try reading.classNames(of: samples) }
        let judging = named
        let (batch, options) = (batch ?? judging.judgedAtOnce(by: model.description), compute.planOptions)
        let report = try await ComputeThread.run {
            let batches = try judging.batches(of: samples, for: model.description, batchSize: batch)
            return try judging.report(
                SaccadeTraining.evaluate(judging, Runner(planning: network, options: options), over: batches))
        }
        let names = judging.classNames
        if let matrix {
            guard let counts = report.confusions else {
                throw CommandError.data("--matrix: this task counts no confusions")
            }
            try SaccadeDrawing.ConfusionMatrix(
                title: "\(self.model ?? model.name) on \(part) of \(data)", classes: names, counts: counts
            ).write(to: matrix)
        }
        let written = try files?.write(report, title: "\(self.model ?? model.name) on \(part) of \(data)")
        if json {
            print(String(decoding: try EvaluationFiles.json(report), as: UTF8.self))
        } else {
            print("\(report.count) samples: \(part) of \(data)\n")
            print(EvaluationTable(report).text)
            if let matrix { print("\nConfusion matrix: \(matrix)") }
            if let written, let output {
                print("\nIn \(output):\n" + written.map { "  \($0)" }.joined(separator: "\n"))
            }
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
        let splits = try splits(at: data)
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
