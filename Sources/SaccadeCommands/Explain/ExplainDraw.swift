import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

/// `saccade explain draw`.
struct ExplainDraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Images that a network draws, step by step: DRAW’s canvas after each step, and where it wrote.",
        discussion: """
            For networks of a recipe with task: draw. What is drawn depends on the seed alone, and more samples begin with \
            the same ones. With --output it draws a row for each image with the canvas after each step, or after some of \
            many; a red square goes through the middles of the outermost filters of the window. With --frames a folder \
            gets a PNG of all images after each step: the frames of a film.

            EXAMPLES:
              saccade explain draw draw-mnist --output drawn.png
              saccade explain draw draw-mnist --samples 64 --seed 7 --frames film
              saccade explain draw draw-mnist --samples 2 --json

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String?

    @Option(help: "How many images to draw, 1 to 100.")
    var samples = 8

    @Option(help: "Of all that is random.")
    var noise: UInt64 = 0

    @Option(
        help: ArgumentHelp("A folder for the frames of a film; it is made where it is missing.", valueName: "folder"))
    var frames: String?

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var options: ExampleOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        try modelOptions.requireOneModel(model)
        guard (1...100).contains(samples) else {
            throw ValidationError("--samples must be from 1 to 100, got \(samples).")
        }
    }

    func run() async throws {
        try compute.apply()
        let (request, plan) = (try modelOptions.request(model: model), compute.planOptions)
        let (samples, noise) = (samples, noise)
        let images = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            return try StepwiseDrawing(loaded, options: plan)(count: samples, seed: noise)
        }
        var lesson = DrawingLesson(images: images, seed: noise)
        if let frames { lesson.files = try write(images, to: frames) }
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }

    private func write(_ images: [[StepwiseDrawing.Step]], to folder: String) throws -> [String] {
        try OutputFolder.make(folder)
        let columns = Int(Double(images.count).squareRoot().rounded(.up))
        // About a thousand pixels, which a screen shows whole.
        let side = images.first?.first.map { max($0.canvas.width, $0.canvas.height) } ?? 1
        let scale = max(1, min(8, 1000 / (columns * side)))
        return try images.frames(columns: columns, scale: scale).enumerated().map { number, frame in
            let name = String(format: "step-%03d.png", number)
            try frame.writePNG(to: "\(folder)/\(name)")
            return name
        }
    }
}

/// Images that were drawn.
struct DrawingLesson {
    let images: [[StepwiseDrawing.Step]]
    let seed: UInt64
    /// Frames that were written.
    var files: [String] = []

    private var steps: Int { (images.first?.count ?? 1) - 1 }

    var text: String {
        var table = TextTable([
            .init("step", .right), .init("white", .right), .init("window’s side", .right), .init("blur", .right),
        ])
        for step in 0...steps {
            let all = images.map { $0[step] }
            let pixels = all.flatMap(\.canvas.pixels)
            let white = pixels.reduce(0.0) { $0 + Double($1) } / (255 * Double(max(pixels.count, 1)))
            let sides = all.compactMap(\.window).map(\.width)
            let blurs = all.compactMap(\.blur)
            table.append([
                "\(step)", String(format: "%.1f %%", white * 100), Self.mean(sides), Self.mean(blurs),
            ])
        }
        let count = images.count == 1 ? "1 image" : "\(images.count) images"
        let film = files.isEmpty ? "" : "\n\nFrames: \(files[0]) to \(files[files.count - 1])"
        return """
            \(count) in \(steps) steps, seed \(seed): means over them, in pixels

            \(table.text)\(film)
            """
    }

    private static func mean(_ values: [Double]) -> String {
        values.isEmpty ? "" : String(format: "%.1f", values.reduce(0, +) / Double(values.count))
    }

    /// Columns of the sheet.
    private static let most = 12

    var figure: any Figure {
        // The last among them, evenly spaced.
        let shown = min(steps, Self.most)
        let columns = (1...shown).map { $0 * steps / shown }
        return StepSheet(
            title: "Drawn step by step", headings: columns.map { "step \($0)" },
            rows: images.map { image in columns.map { StepSheet.Step(image[$0].canvas, box: image[$0].window) } })
    }

    var shown: Shown { Shown(self) }

    /// Windows are left, top, right and bottom edge in pixels; the blur is a deviation in pixels.
    struct Shown: Encodable {
        struct Step: Encodable {
            let step: Int
            let white: Double
            let window: [Double]?
            let blur: Double?
        }
        let seed: UInt64
        let images: [[Step]]

        init(_ lesson: DrawingLesson) {
            seed = lesson.seed
            images = lesson.images.map { image in
                image.enumerated().map { number, step in
                    let pixels = step.canvas.pixels
                    return Step(
                        step: number,
                        white: pixels.reduce(0.0) { $0 + Double($1) } / (255 * Double(max(pixels.count, 1))),
                        window: step.window.map { [$0.left, $0.top, $0.right, $0.bottom] }, blur: step.blur)
                }
            }
        }
    }
}
