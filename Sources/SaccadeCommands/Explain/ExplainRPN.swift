import ArgumentParser
import SaccadeCommandSupport
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeTraining

/// `saccade explain rpn`.
struct ExplainRPN: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rpn",
        abstract: "Region proposals: an image’s anchors, which of them find which object, and what a network proposes.",
        discussion: """
            At every place of a map there are anchors of several sizes and shapes. One whose IoU with an object is 0.7 or \
            more learns to find it, and so does each object’s best; one below 0.3 with all of them learns that there is \
            nothing; the others do not learn (Faster R-CNN, 2015).

            What is on the image is told by --data (a data set in any format, or the image’s XML file of Pascal VOC), or by \
            --box, each with a --label. Without a model the anchors are the paper’s. With one they are the model’s, and \
            what it says about them is shown, too: where it sees objects, and its proposals before and after suppression.

            EXAMPLES:
              saccade explain rpn photo.jpg --box 30,40,180,260 --label dog --output rpn.png
              saccade explain rpn 000005.jpg --data VOC2007 --output rpn.png
              saccade explain rpn scene.png --sizes 16,32,64 --stride 8 --short-side 0
              saccade explain rpn scene.png --data scenes --model my-run --output rpn.png

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("An image: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var image: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The box of an object, in pixels; once for each.", valueName: "x1,y1,x2,y2"),
        transform: BoxArgument.init(transforming:))
    var box: [BoxArgument] = []

    @Option(help: "What the object of a --box is, in the same order.")
    var label: [String] = []

    @Option(help: ArgumentHelp("The data set that knows what is on the image, or a VOC file of it.", valueName: "path"))
    var data: String?

    @Option(help: ArgumentHelp("A detector: a run, or a file of weights that says its network.", valueName: "model"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Square roots of the anchors’ areas, in pixels. Default: 128,256,512.", valueName: "numbers"),
        transform: ListArgument.init(transforming:))
    var sizes: ListArgument?

    @Option(
        help: ArgumentHelp("Heights of anchors as multiples of their widths. Default: 0.5,1,2.", valueName: "numbers"),
        transform: ListArgument.init(transforming:))
    var ratios: ListArgument?

    @Option(help: "Pixels between places of the map. Default: 16.")
    var stride: Int?

    @Option(
        help: "Resize the image until its shorter side has so many pixels; 0 leaves it as it is. Default: 600.")
    var shortSide: Int?

    @Option(help: "How many anchors of each object, and how many proposals, are listed; 0 to 100.")
    var top = 5

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var options: ExampleOptions
    @OptionGroup var compute: ComputeOptions

    private var hasModel: Bool { model != nil || modelOptions.isGiven }

    func validate() throws {
        guard label.count <= box.count else {
            throw ValidationError(
                "There are \(label.count) labels for \(box.count) boxes: give a --box for each --label.")
        }
        guard box.isEmpty || data == nil else { throw ValidationError("Give --box or --data, not both.") }
        guard (0...100).contains(top) else { throw ValidationError("--top must be from 0 to 100, got \(top).") }
        if hasModel { try modelOptions.requireOneModel(model) }
        guard !hasModel || sizes == nil && ratios == nil && stride == nil && shortSide == nil else {
            throw ValidationError("--sizes, --ratios, --stride and --short-side are the model’s own; leave them out.")
        }
        let lists: [(String, ListArgument?, ClosedRange<Double>)] = [
            ("sizes", sizes, 1...4096), ("ratios", ratios, 0.05...20),
        ]
        for (name, list, range) in lists {
            guard let numbers = list?.numbers else { continue }
            guard numbers.count <= 8, numbers.allSatisfy(range.contains) else {
                throw ValidationError(
                    "--\(name) must be 1 to 8 numbers from \(range.lowerBound.plain) to \(range.upperBound.plain).")
            }
        }
        guard (1...1024).contains(stride ?? 16) else {
            throw ValidationError("--stride must be from 1 to 1024, got \(stride ?? 0).")
        }
        guard shortSide == 0 || (16...4096).contains(shortSide ?? 600) else {
            throw ValidationError("--short-side must be from 16 to 4096, or 0, got \(shortSide ?? 0).")
        }
    }

    func run() async throws {
        try compute.apply()
        let known =
            try data.map { try KnownObjects(image: image, data: $0) }
            ?? KnownObjects(image: image, boxes: box.map(\.box), labels: label)
        let original = try Image(contentsOf: known.image)
        let lesson =
            try await hasModel
            ? explained(original, known.objects) : workedOut { try unlearnt(original, known.objects) }
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }

    /// The anchors of the paper, or those that were asked for.
    private func unlearnt(_ original: Image, _ objects: [AnchorMatchingExample.Object]) throws -> RPNLesson {
        var seen = original
        let short = shortSide ?? 600
        if short > 0 {
            // The paper's 600 pixels, and at most 1000.
            let fitting = Preprocessing(
                height: short, width: short, channels: 3,
                resizing: .fit(shortSide: short, longSide: short * 5 / 3))
            seen = fitting.fitted(original)
        }
        let stride = stride ?? 16
        let shapes = AnchorGenerator.Level(
            sizes: (sizes?.numbers ?? [128, 256, 512]).map { Float($0) },
            aspectRatios: (ratios?.numbers ?? [0.5, 1, 2]).map { Float($0) })
        let (columns, rows) = ((seen.width + stride - 1) / stride, (seen.height + stride - 1) / stride)
        let (count, overflows) = (rows * columns).multipliedReportingOverflow(by: shapes.anchors.count)
        guard !overflows, count <= AnchorMatchingExample.mostAnchors else {
            throw CommandError.data(
                "\(image): \(rows)×\(columns) places with \(shapes.anchors.count) anchors each are more than "
                    + "\(AnchorMatchingExample.mostAnchors); give a larger --stride, or a smaller --short-side")
        }
        let grid = AnchorGrid(
            shapes, width: columns, height: rows, image: (width: columns * stride, height: rows * stride))
        return RPNLesson(
            image: image, original: original.size, seen: seen,
            matching: try AnchorMatchingExample(
                [grid], objects: objects.map { $0.moved(from: original.size, to: seen.size) }, best: top),
            proposals: nil, top: top)
    }

    /// The anchors of a model, and what it says about them.
    private func explained(_ original: Image, _ objects: [AnchorMatchingExample.Object]) async throws -> RPNLesson {
        let (request, plan) = (try modelOptions.request(model: model), compute.planOptions)
        let (seen, proposals) = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            let detector = try RegionDetector(loaded, options: plan)
            guard detector.proposesRegions else {
                throw CommandError.data(
                    "\(loaded.name) proposes no regions, it is given them; try saccade explain selective-search"
                )
            }
            return (detector.seen(original), try detector.explainProposals(on: original))
        }
        let matching = try workedOut {
            try AnchorMatchingExample(
                proposals.levels.map(\.grid), objects: objects.map { $0.moved(from: original.size, to: seen.size) },
                best: top)
        }
        return RPNLesson(
            image: image, original: original.size, seen: seen, matching: matching, proposals: proposals, top: top)
    }
}

extension AnchorMatchingExample.Object {
    /// The same object on the same image in another size.
    fileprivate func moved(from old: PixelSize, to new: PixelSize) -> Self {
        Self(
            label,
            box: box.scaled(x: Double(new.width) / Double(old.width), y: Double(new.height) / Double(old.height)))
    }
}
