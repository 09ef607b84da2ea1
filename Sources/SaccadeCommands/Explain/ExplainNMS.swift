import ArgumentParser
import SaccadeCommandSupport
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeTraining

/// `saccade explain nms`.
struct ExplainNMS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nms",
        abstract: "Non-maximum suppression: which box drops which, and how soft-NMS lowers scores in its place.",
        discussion: """
            The box of the highest score stays and drops every other of its class that overlaps it by an IoU above \
            --threshold; then the next that is left. Soft-NMS (Bodla et al., 2017) drops none, but multiplies their scores: \
            by 1 − IoU above the threshold (linear), or by exp(−IoU² / sigma) (Gaussian).

            The boxes are an example, those of a file, or what a detector finds on an image before it drops any. A file is \
            a JSON list, [{"box": [x1, y1, x2, y2], "score": 0.9, "label": "cat"}, …], or what saccade detect --json prints \
            of an image.

            EXAMPLES:
              saccade explain nms --threshold 0.4 --output nms.svg
              saccade explain nms --boxes boxes.json
              saccade explain nms photo.jpg --boxes boxes.json --output nms.png
              saccade explain nms photo.jpg --model my-run --output nms.png

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("An image to draw the boxes on, and for --model to look at.", valueName: "image"))
    var image: String?

    @Option(help: ArgumentHelp("Boxes with scores, as JSON.", valueName: "file"))
    var boxes: String?

    @Option(help: ArgumentHelp("A detector: a run, or a file of weights that says its network.", valueName: "model"))
    var model: String?

    @Option(help: "The IoU above which a box is dropped, 0 to 1.")
    var threshold = 0.5

    @Option(help: "How gently the Gaussian decay lowers scores.")
    var sigma = 0.5

    @Option(help: "How many boxes are looked at, those of the highest scores; 1 to 1000.")
    var top = 40

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var options: ExampleOptions
    @OptionGroup var compute: ComputeOptions

    private var hasModel: Bool { model != nil || modelOptions.isGiven }

    func validate() throws {
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold must be 0 to 1, got \(threshold).")
        }
        guard (0.001...100).contains(sigma) else {
            throw ValidationError("--sigma must be 0.001 to 100, got \(sigma).")
        }
        guard (1...SuppressionExample.most).contains(top) else {
            throw ValidationError("--top must be from 1 to \(SuppressionExample.most), got \(top).")
        }
        if hasModel { try modelOptions.requireOneModel(model) }
        guard !hasModel || boxes == nil else {
            throw ValidationError("Give --boxes, or a model that finds them, not both.")
        }
        guard !hasModel || image != nil else { throw ValidationError("Give an image for the model to look at.") }
        guard image == nil || hasModel || boxes != nil else {
            throw ValidationError("Say which boxes are on the image: --boxes FILE, or --model to find them.")
        }
    }

    func run() async throws {
        try compute.apply()
        let shown = try image.map { try Image(contentsOf: $0) }
        var candidates = Self.example
        if let boxes {
            candidates = try CandidateFile.read(boxes)
        } else if let shown, let image, hasModel {
            candidates = try await found(on: shown, image)
        }
        let order = candidates.indices.sorted { (candidates[$0].score, $1) > (candidates[$1].score, $0) }
        let best = order.prefix(top).map { candidates[$0] }
        let example = try workedOut { try SuppressionExample(best, threshold: threshold, sigma: sigma) }
        let lesson = NMSLesson(example, of: candidates.count, image: shown)
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }

    /// What a detector finds before it drops any.
    private func found(on shown: Image, _ path: String) async throws -> [SuppressionExample.Candidate] {
        let (request, plan) = (try modelOptions.request(model: model), compute.planOptions)
        let objects = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            return try RegionDetector(loaded, options: plan).unsuppressed(shown, limit: 100_000)
        }
        guard !objects.isEmpty else {
            throw CommandError.data(
                "\(path): the model finds nothing on it, sure or unsure; give another image, or train it longer")
        }
        return objects.map { .init($0.label, score: $0.score, box: $0.box) }
    }

    /// Two cats beside each other, each found more than once, something between them, and dogs.
    private static let example: [SuppressionExample.Candidate] = {
        func found(_ label: String, _ score: Double, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double)
            -> SuppressionExample.Candidate
        { .init(label, score: score, box: Box(left: x1, top: y1, right: x2, bottom: y2)) }
        return [
            found("cat", 0.95, 40, 60, 150, 180), found("cat", 0.9, 46, 66, 156, 184),
            found("cat", 0.85, 72, 62, 182, 182), found("cat", 0.75, 104, 58, 214, 178),
            found("dog", 0.6, 36, 70, 146, 188), found("dog", 0.8, 236, 92, 300, 176),
            found("dog", 0.55, 244, 98, 308, 172),
        ]
    }()
}
