package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeImages
import SaccadeLoading
import SaccadeONNX
import SaccadeTensors
import SaccadeTraining

package struct Classify: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Classify images.",
        discussion: """
            With --json each image gives one line: {"image", "predictions": [{"label", "probability"}]}. An image that \
            cannot be read is named on standard error, the others are classified all the same, and the exit code is 65.

            EXAMPLES:
              saccade classify digits seven.png
              saccade classify my-run photos/*.jpg --top 3
              saccade classify my-run photo.jpg --json
              saccade classify resnet50 photo.jpg
              saccade classify model.onnx photo.jpg
              saccade classify --arch resnet-18 --weights mine.pth --classes-file names.txt photo.jpg

            \(Failure.codes)
            """)

    // With --arch or --weights there is no model among the arguments: the first one is an image too.
    @Argument(help: ModelOptions.help)
    var model: String

    @Argument(help: ArgumentHelp("Images: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var paths: [String] = []

    @Option(help: "How many classes to name.")
    var top = 5

    @Flag(help: "Print a line of JSON for each image.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    private var images: [String] { options.isGiven ? [model] + paths : paths }

    package func validate() throws {
        guard !images.isEmpty else { throw ValidationError("Give images to classify, behind the model’s name.") }
        guard top >= 1 else { throw ValidationError("--top must be at least 1, got \(top).") }
    }

    package func run() async throws {
        try compute.apply()
        let (images, json, prepared) = (images, json, try prepared())
        let failures = try await ComputeThread.run {
            let model = try prepared()
            // The first image is decoded while the network is made ready, the others while it computes.
            let loaded = Prefetch(images.indices, ahead: 2, threads: 1) { index, _ in
                Result { try Image(contentsOf: images[index], atLeast: model.leastDecodedSize) }
            }
            defer { loaded.stop() }
            let predict = try model.ready()
            return try images.count { path in
                guard let image = loaded.next() else { return false }
                return try Console.failure {
                    let predictions = try predict(image.get())
                    try Console.answer(
                        json ? Answer(image: path, predictions: predictions).json : Classify.text(path, predictions))
                }
            }
        }
        if failures > 0 { throw Failure.badInput }
    }

    /// A model whose weights are there.
    private struct Model: Sendable {
        /// The smallest images that it is content with.
        let leastDecodedSize: PixelSize?
        /// Makes what names the classes of an image.
        let ready: @Sendable () throws -> (Image) throws -> [Classifier.Prediction]
    }

    /// What reads the model, on the thread that computes.
    private func prepared() throws -> @Sendable () throws -> Model {
        // To transform Winograd's weights takes as long as it saves on a few images (VGG-16) or dozens (ResNet-50).
        let (top, compute) = (top, Plan.Options(precision: compute.precision, allowsWinograd: images.count > 4))
        let (path, isONNX) = (model, RunONNX.isMeant(model) && !options.isGiven)
        let request = try options.request(model: isONNX ? nil : model)
        if isONNX {
            return {
                let model = try ONNXModel(contentsOf: path)
                let classifier = try Classifier(model, classNames: request.classNames, options: compute)
                return Model(leastDecodedSize: classifier.preprocessing.leastDecodedSize) {
                    { try classifier.predictions(for: $0, top: top) }
                }
            }
        }
        return {
            let loaded = try LoadedModel(request, mapped: true)
            ModelOptions.report(loaded.difference)
            _ = try loaded.classifier()
            return Model(leastDecodedSize: loaded.preprocessing?.leastDecodedSize) {
                let classifier = try Classifier(loaded, options: compute, releasesWeights: true)
                return { try classifier.predictions(for: $0, top: top) }
            }
        }
    }

    private struct Answer: Encodable {
        let image: String
        let predictions: [Classifier.Prediction]

        var json: String {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(self), as: UTF8.self)
            }
        }
    }

    private static func text(_ path: String, _ predictions: [Classifier.Prediction]) -> String {
        ([path] + predictions.map { String(format: "  %6.2f %%  ", $0.probability * 100) + $0.label })
            .joined(separator: "\n")
    }

    package init() {}
}
