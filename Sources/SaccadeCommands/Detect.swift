package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

package struct Detect: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Find objects on images.",
        discussion: """
            Images may have any size. With --output, NAME-objects.png shows each image with its objects: a box, what it is, \
            and how sure the network is.

            EXAMPLES:
              saccade detect my-run photo.jpg --output detected
              saccade detect my-run photos/*.jpg --threshold 0.8 --json

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(help: ArgumentHelp("Images: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var paths: [String] = []

    @Option(help: "How sure the network must be, 0 to 1.")
    var threshold = 0.5

    @Option(help: "A folder for pictures; it is made where it is missing.")
    var output: String?

    @Flag(help: "Print a line of JSON for each image.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    private var images: [String] { options.isGiven ? [model] + paths : paths }

    package func validate() throws {
        guard !images.isEmpty else { throw ValidationError("Give images, behind the model’s name.") }
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold must be 0 to 1, got \(threshold).")
        }
    }

    package func run() async throws {
        try compute.apply()
        let request = try options.request(model: options.isGiven ? nil : model)
        if let output { try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true) }
        let (images, json, threshold, output, plan) = (images, json, threshold, output, compute.planOptions)
        let failures = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            let detector = try Detector(loaded, options: plan)
            return images.count { path in
                do {
                    let image = try Image(contentsOf: path)
                    let objects = try detector(image).filter { $0.score >= threshold }
                    if let output { try Self.draw(objects, on: image, path, detector.classNames, in: output) }
                    print(try json ? Answer(path, objects).line : Self.text(path, objects))
                    return false
                } catch {
                    Console.note("error: \(error)")
                    return true
                }
            }
        }
        if failures > 0 { throw Failure.badInput }
    }

    private static func draw(
        _ objects: [Detector.Object], on image: Image, _ path: String, _ classes: [String], in folder: String
    ) throws {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let overlay = Overlay(
            image, objects: objects.map { .init($0.label, score: $0.score, box: $0.box, mask: $0.mask) },
            classes: classes, width: min(max(Double(image.width) / 2, 240), 1024))
        try overlay.write(to: "\(folder)/\(name)-objects.png", scale: 2)
    }

    private static func text(_ path: String, _ objects: [Detector.Object]) -> String {
        let lines = objects.map { object in
            let box = object.box
            return "  \(percent(object.score))  \(object.label)  "
                + [box.left, box.top, box.right, box.bottom].map { String(format: "%.1f", $0) }.joined(separator: " ")
        }
        return (["\(path): \(objects.count == 1 ? "1 object" : "\(objects.count) objects")"] + lines)
            .joined(separator: "\n")
    }

    /// What `--json` prints of an image.
    private struct Answer: Encodable {
        struct Object: Encodable {
            let label: String
            let score: Double
            /// Left, top, right and bottom, in pixels.
            let box: [Double]
        }
        let image: String
        let detections: [Object]

        init(_ image: String, _ objects: [Detector.Object]) {
            self.image = image
            detections = objects.map {
                Object(label: $0.label, score: $0.score, box: [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom])
            }
        }

        var line: String {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(self), as: UTF8.self)
            }
        }
    }

    package init() {}
}
