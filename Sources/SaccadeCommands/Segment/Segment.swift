package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import SaccadeTensors
import SaccadeTraining
import SaccadeWeights

package struct Segment: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Give each pixel of images a class.",
        discussion: """
            Images may have any size. For each one the folder --output gets
              NAME-classes.png     the number of the class of each pixel, with a palette
              NAME-overlay.png     the image with its classes in colour, and a legend
              NAME-objects.png     each object in a colour of its own; with --truth the edges of the truth in yellow
              NAME.json            how many pixels each class has, and each object with its box (of more than
                                   10 000 the largest)
              NAME-probabilities.npy   with --probabilities: [classes, height, width], float32
            An object is what hangs together of one class, along edges unless --corners is given. A class called \
            “background”, or the border class of the recipe, lies between objects and is none. Of a TIFF all pages are \
            segmented, NAME-001 and so on; areas are in µm² where the file says how large a pixel is.

            EXAMPLES:
              saccade segment scene.png --output segmented      # by a model that comes with the program
              saccade segment my-run photo.jpg --output segmented
              saccade segment cells slices/*.png --output segmented --truth labels/7.png
              saccade segment my-run photo.jpg --output segmented --json
              saccade segment --arch unet --weights mine.pth --classes 2 large.png --output segmented --tile 572

            \(Failure.codes)
              69  a tile, or an image at once, is too large for the network or for memory
            """)

    // With --arch or --weights, or where the first argument is an image, there is no model among them.
    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(help: ArgumentHelp("Images: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var paths: [String] = []

    @Option(help: "The folder to write; it is made where it is missing.")
    var output = "segmented"

    @Flag(help: "Also write how probable each class is at each pixel.")
    var probabilities = false

    @Option(
        help: ArgumentHelp(
            "A mask with the true classes; of one image only. Its edges are drawn in yellow.", valueName: "mask"))
    var truth: String?

    @Option(
        help: ArgumentHelp(
            "Pixels along both sides of a tile, or “whole” for all of an image at once. Default: as the recipe has it.",
            valueName: "side"))
    var tile: String?

    @Option(
        help: ArgumentHelp(
            """
            How probable all classes but the background together must be where it is not, 0 to 1. Default: the most \
            probable class wins.
            """, valueName: "share"))
    var threshold: Double?

    @Flag(help: "Pixels hang together across corners, too.")
    var corners = false

    @Option(help: ArgumentHelp("Leave out objects of fewer pixels.", valueName: "pixels"))
    var leastPixels = 1

    @Flag(help: "Print a line of JSON for each image.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    private var images: [String] { namesModel ? paths : [model] + paths }

    private var namesModel: Bool { options.isModel(model) }

    package func validate() throws {
        guard !images.isEmpty else {
            throw ValidationError(
                "“\(model)” is no image that can be read; give images, behind the model’s name or alone.")
        }
        guard truth == nil || images.count == 1 else { throw ValidationError("--truth is for one image, not several.") }
        guard leastPixels >= 1 else { throw ValidationError("--least-pixels must be at least 1, got \(leastPixels).") }
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold must be 0 to 1, got \(threshold).")
        }
        _ = try tiling
    }

    private var tiling: Segmenter.Tiling {
        get throws {
            guard let tile else { return .usual }
            if tile == "whole" { return .whole }
            guard let side = Int(tile), side >= 1 else {
                throw ValidationError("--tile must be pixels along a side, or “whole”; got “\(tile)”.")
            }
            return .side(side)
        }
    }

    package func run() async throws {
        try compute.apply()
        let shipped = ShippedWeights.scenesSegmentation.rawValue
        let request = try options.request(model: namesModel ? model : shipped)
        if !namesModel, !options.isGiven {
            Console.note(
                "No model is named: \(shipped), which comes with the program, tells apart what is on drawn scenes.")
        }
        let tiling = try tiling
        let output = try SegmentOutput(
            folder: output, images: images, writesProbabilities: probabilities, truth: truth, corners: corners,
            leastPixels: leastPixels, threshold: threshold)
        let (images, json, plan, hasTruth) = (images, json, compute.planOptions, truth != nil)
        let failures = try await ComputeThread.run {
            let loaded = try LoadedModel(request, mapped: true)
            ModelOptions.report(loaded.difference)
            let segmenter = try Segmenter(loaded, tiling: tiling, options: plan)
            guard segmenter.background != nil || !output.needsBackground else {
                throw CommandError.data(
                    "--threshold is for networks with a class called “background” or a border class, and \(loaded.name) "
                        + "has none; leave it out")
            }
            return try images.reduce(0) { failures, path in
                try failures
                    + Segment.failures(of: path, hasTruth: hasTruth) { page in
                        let bar = ShareBar(page.name)
                        defer { bar.end() }
                        bar.announce("choosing kernels for images of this size")
                        let answer = try output.write(page, by: segmenter) { bar.show($0) }
                        try Console.answer(json ? answer.line : answer.text)
                    }
            }
        }
        if failures > 0 { throw Failure.badInput }
    }

    /// How many of a file's images could not be segmented: what was wrong is told, and the others go on.
    private static func failures(
        of path: String, hasTruth: Bool, _ segment: (SegmentPage) throws -> Void
    ) throws(UnwritableOutput) -> Int {
        var pages: [SegmentPage] = []
        guard try !Console.failure(of: { pages = try SegmentPage.all(of: path, note: Console.note) }) else { return 1 }
        if hasTruth, pages.count > 1 {
            Console.note(
                "error: \(path): has \(pages.count) pages, and --truth is for one image; segment them without it")
            return 1
        }
        var failures = 0
        for page in pages where try Console.failure(of: { try segment(page) }) { failures += 1 }
        return failures
    }

    package init() {}
}
