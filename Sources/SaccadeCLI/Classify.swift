import ArgumentParser
import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeONNX
import SaccadeTensors
import SaccadeTraining

struct Classify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is on pictures.",
        discussion: """
            With --json each picture gives one line: {"image", "predictions": [{"label", "probability"}]}. A picture that \
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

    // With --arch or --weights there is no model among the arguments: the first one is a picture too.
    @Argument(help: ModelOptions.help)
    var model: String

    @Argument(help: ArgumentHelp("Pictures: JPEG, PNG, WebP, GIF or BMP.", valueName: "image"))
    var pictures: [String] = []

    @Option(help: "How many classes to name.")
    var top = 5

    @Flag(help: "Print a line of JSON for each picture.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    private var images: [String] { options.isGiven ? [model] + pictures : pictures }

    func validate() throws {
        guard !images.isEmpty else { throw ValidationError("Give pictures to classify, behind the model’s name.") }
        guard top >= 1 else { throw ValidationError("--top must be at least 1, got \(top).") }
    }

    func run() async throws {
        try compute.apply()
        let prepare = try prepared()
        let (images, json) = (images, json)
        let failures = try await ComputeThread.run {
            let predict = try prepare()
            return images.count { path in
                do {
                    let predictions = try predict(path)
                    print(
                        json ? try Answer(image: path, predictions: predictions).json : Classify.text(path, predictions)
                    )
                    return false
                } catch {
                    Console.note("error: \(error)")
                    return true
                }
            }
        }
        if failures > 0 { throw Failure.badInput }
    }

    /// What names the classes of the picture at a path.
    private typealias Predictor = (String) throws -> [TrainedClassifier.Prediction]

    /// Reads the model.
    ///
    /// - Returns: What makes it ready, on the thread that computes.
    private func prepared() throws -> @Sendable () throws -> Predictor {
        // To transform Winograd's weights takes as long as it saves on a few pictures (VGG-16) or dozens (ResNet-50).
        let (top, compute) = (top, Plan.Options(precision: compute.precision, allowsWinograd: images.count > 4))
        if RunONNX.isMeant(model), !options.isGiven {
            let model = try ONNXModel(contentsOf: model)
            let names = try options.request(model: nil).classNames
            return {
                let classifier = try ONNXClassifier(model, classNames: names, options: compute)
                return { path in
                    let image = try Image(contentsOf: path, atLeast: classifier.preprocessing.leastDecodedSize)
                    return try classifier.predictions(for: image, top: top)
                }
            }
        }
        let loaded = try LoadedModel(options.request(model: model))
        ModelOptions.report(loaded.difference)
        let classifier = try TrainedClassifier(loaded)
        return {
            let plan = classifier.plan(batch: 1, options: compute, releasesWeights: true)
            return { path in
                let image = try Image(contentsOf: path, atLeast: classifier.description.preprocessing.leastDecodedSize)
                return classifier.predictions(for: image, top: top, plan: plan)
            }
        }
    }

    private struct Answer: Encodable {
        let image: String
        let predictions: [TrainedClassifier.Prediction]

        var json: String {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(self), as: UTF8.self)
            }
        }
    }

    private static func text(_ path: String, _ predictions: [TrainedClassifier.Prediction]) -> String {
        ([path] + predictions.map { String(format: "  %6.2f %%  ", $0.probability * 100) + $0.label })
            .joined(separator: "\n")
    }
}
