package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining
import SaccadeWeights

package struct Detect: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Find objects on images.",
        discussion: """
            Images may have any size. With --output a folder gets
              NAME-objects.png   the image with its objects: a box, what it is, how sure the network is; and its mask,
                                 where the network says it
              detections.json    all objects as COCO’s evaluators read them; where the names of all images are numbers, an
                                 image’s id is that number, or else its place in the command, from 1 on; a category’s is
                                 its place in the model. With masks, pycocotools takes the boxes’ areas unless bbox is
                                 removed

            EXAMPLES:
              saccade detect scene.png --output detected      # by a model that comes with the program
              saccade detect my-run photo.jpg --output detected
              saccade detect my-run photos/*.jpg --threshold 0.8 --json
              saccade detect my-run photo.jpg --truncated-svd 256
              saccade detect fasterrcnn-resnet-50-fpn photo.jpg      # COCO’s classes, after saccade fetch of the same name
              saccade detect --arch maskrcnn-resnet-50-fpn --weights mine.pth photo.jpg

            \(Failure.codes)
            """)

    // With --arch or --weights, or where the first argument is an image, there is no model among them.
    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(help: ArgumentHelp("Images: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var paths: [String] = []

    @Option(help: "How sure the network must be, 0 to 1.")
    var threshold = 0.5

    @Option(help: "A folder for pictures and detections.json; it is made where it is missing.")
    var output: String?

    @Flag(help: "Print a line of JSON for each image.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var detector: DetectorOptions
    @OptionGroup var compute: ComputeOptions

    private var images: [String] { namesModel ? paths : [model] + paths }

    private var namesModel: Bool { options.isModel(model) }

    package func validate() throws {
        guard !images.isEmpty else {
            throw ValidationError(
                "“\(model)” is no image that can be read; give images, behind the model’s name or alone.")
        }
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold must be 0 to 1, got \(threshold).")
        }
    }

    package func run() async throws {
        try compute.apply()
        let shipped = ShippedWeights.scenesDetection.rawValue
        let request = try detector.applied(to: options.request(model: namesModel ? model : shipped))
        if !namesModel, !options.isGiven {
            Console.note("No model is named: \(shipped), which comes with the program, finds what is on drawn scenes.")
        }
        let (images, json, threshold, plan) = (images, json, threshold, compute.planOptions)
        let folder = try output.map { try DetectionFolder($0, images: images) }
        let failures = try await ComputeThread.run {
            let loaded = try LoadedModel(request, mapped: true)
            ModelOptions.report(loaded.difference)
            let detector = try loaded.detector(options: plan)
            var results: [COCOResult] = []
            let failures = try images.enumerated().count { place, path in
                try Console.failure {
                    let image = try Image(contentsOf: path)
                    let objects = try detector(image).filter { $0.score >= threshold }
                    if let folder {
                        try folder.draw(objects, on: image, at: place, detector.classNames)
                        results += objects.map {
                            COCOResult(
                                image: folder.ids[place], category: $0.category + 1, box: $0.box, score: $0.score,
                                mask: $0.mask)
                        }
                    }
                    try Console.answer(json ? DetectionAnswer(path, objects).line : Self.text(path, objects))
                }
            }
            try folder?.write(results)
            return failures
        }
        if failures > 0 { throw Failure.badInput }
    }

    private static func text(_ path: String, _ objects: [DetectedObject]) -> String {
        let lines = objects.map { object in
            let box = object.box
            return "  \(percent(object.score))  \(object.label)  "
                + [box.left, box.top, box.right, box.bottom].map { String(format: "%.1f", $0) }.joined(separator: " ")
        }
        return (["\(path): \(objects.count == 1 ? "1 object" : "\(objects.count) objects")"] + lines)
            .joined(separator: "\n")
    }

    package init() {}
}
