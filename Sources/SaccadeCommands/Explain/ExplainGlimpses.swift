import ArgumentParser
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import SaccadePrelude
import SaccadeTraining

/// `saccade explain glimpses`.
struct ExplainGlimpses: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glimpses",
        abstract: "The path of a network’s glimpses over an image: where it looks, what it sees, what it says then.",
        discussion: """
            For networks of a recipe with task: glimpse (RAM, DRAM). Of each glimpse it tells the place, the part of the \
            image that each patch shows, and what the network would answer now; with --output it draws the image with \
            the way from place to place, and below it what was seen.

            Images are brought to the size of the network’s input. Where that is a canvas with digits on it, --data makes \
            some of the canvases that saccade evaluate judges by.

            EXAMPLES:
              saccade explain glimpses glimpse-mnist digit.png --output path.png
              saccade explain glimpses glimpse-pairs --data data/mnist --samples 3 --output paths.png
              saccade explain glimpses glimpse-mnist digit.png --seed 7 --json

            \(Failure.codes)
            """)

    // With --arch or --weights there is no model among the arguments: all are images.
    @Argument(help: ArgumentHelp("The model (a run, or a file of weights), then images.", valueName: "model|image"))
    var paths: [String] = []

    @Option(help: ArgumentHelp("A data set to take canvases from, in place of images.", valueName: "path"))
    var data: String?

    @Option(help: "How many canvases to take from --data, 1 to 50.")
    var samples = 1

    @Option(help: "Of the first place, of a network that begins anywhere.")
    var start: UInt64 = 0

    @Option(help: "How many answers of each glimpse are told, 1 to 20.")
    var top = 3

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var options: ExampleOptions
    @OptionGroup var compute: ComputeOptions

    private var model: String? { modelOptions.isGiven ? nil : paths.first }
    private var images: [String] { modelOptions.isGiven ? paths : Array(paths.dropFirst()) }

    func validate() throws {
        guard modelOptions.isGiven || !paths.isEmpty else {
            throw ValidationError("Give a model, or --arch and --weights.")
        }
        guard data == nil || images.isEmpty else {
            throw ValidationError("Give images or --data, not both: “\(images[0])” is one too many.")
        }
        guard data != nil || !images.isEmpty else {
            throw ValidationError("Give an image behind the model, or --data with a data set.")
        }
        guard images.count <= 50 else { throw ValidationError("Give at most 50 images, not \(images.count).") }
        guard (1...50).contains(samples) else {
            throw ValidationError("--samples must be from 1 to 50, got \(samples).")
        }
        guard (1...20).contains(top) else { throw ValidationError("--top must be from 1 to 20, got \(top).") }
    }

    func run() async throws {
        try compute.apply()
        let (request, plan) = (try modelOptions.request(model: model), compute.planOptions)
        let (images, data, samples, start, top) = (images, data, samples, start, top)
        let paths = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            let reader = try GlimpseReader(loaded, options: plan)
            if let data {
                return try loaded.canvases(of: data, count: samples).map {
                    GlimpseLesson.Path(
                        image: $0.name, seen: $0.image, truth: $0.truth,
                        glimpses: try reader.look(at: $0.image, seed: start, top: top))
                }
            }
            return try images.map { path in
                let image = try Image(contentsOf: path)
                return GlimpseLesson.Path(
                    image: path, seen: reader.seen(image), truth: nil,
                    glimpses: try reader.look(at: image, seed: start, top: top))
            }
        }
        let lesson = GlimpseLesson(paths: paths)
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }
}

extension LoadedModel {
    /// The first of the canvases that this network is judged by, with what is on them.
    fileprivate func canvases(
        of data: String, count: Int
    ) throws -> [(name: String, image: Image, truth: [String])] {
        guard case .glimpse(let task) = description.task, let preprocessing else { return [] }
        let splits = try task.splits(at: data)
        let samples = try task.matched(
            task.open(data, split: splits.contains(.test) ? .test : .all, unusableFraction: 0.01),
            hasNames: classNames != nil, note: Console.note)
        return try (0..<min(count, samples.count)).map { index in
            // As they are loaded to be judged by.
            var generator = SplitMix64(seed: 0, stream: 0, index)
            let (image, labels) = try samples.canvas(
                at: index, size: preprocessing.size, channels: preprocessing.channels, using: &generator)
            return (samples.name(at: index), preprocessing.fitted(image), labels.map { task.classNames[$0] })
        }
    }
}
