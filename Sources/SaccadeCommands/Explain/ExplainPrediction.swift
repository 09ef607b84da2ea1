import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

/// `saccade explain MODEL IMAGE`.
struct ExplainPrediction: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prediction",
        abstract: "Explain a prediction: activations layer by layer, and where the network looks.",
        discussion: """
            Writes a page with the most probable classes, where the network sees the first of them (Grad-CAM), how its \
            probability falls when a part of the image is covered (occlusion), the size of the image behind every \
            layer, the first layer’s filters and every layer’s activations; and each figure as a PNG beside it.

            With --seed in place of weights they are random, which shows how the network is built and nothing else.

            EXAMPLES:
              saccade explain demo/run photo.jpg
              saccade explain my-run photo.jpg --class cat --layer conv4
              saccade explain resnet50 photo.jpg --output resnet
              saccade explain --arch resnet-18 --weights mine.pth photo.jpg
              saccade explain lenet-5 seven.png --seed 0

            \(Failure.codes)
            """)

    // With --arch or --weights there is no model among the arguments: the first one is the image.
    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(help: ArgumentHelp("An image: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var path: String?

    @Option(help: "The folder to write; files of an earlier explanation are replaced.")
    var output = "explanation"

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("The class to look for. Default: the most probable.", valueName: "name|number"))
    var wantedClass: String?

    @Option(help: "The layer whose maps Grad-CAM weighs. Default: the last with a convolution.")
    var layer: String?

    @Option(help: "Places of the covering square along each side of the image; 0 covers nothing, and saves time.")
    var cells = 14

    @Option(help: "How many classes to name.")
    var top = 5

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        guard (0...64).contains(cells) else { throw ValidationError("--cells must be from 0 to 64, got \(cells).") }
        guard (1...1000).contains(top) else { throw ValidationError("--top must be from 1 to 1000, got \(top).") }
        guard options.isGiven != (path != nil) else {
            throw ValidationError(
                options.isGiven
                    ? "Give one image; --arch and --weights take the place of the model’s name."
                    : "Give an image to explain, behind the model’s name.")
        }
    }

    private var image: String { path ?? model }

    func run() async throws {
        try compute.apply()
        let loaded = try Image(contentsOf: image)
        let model = try ExplainedModel(options.request(model: model))
        let label = try wantedClass.map { try model.label(named: $0) }
        let stage = try model.stage(named: layer)
        let cells = cells == 0 ? nil : cells
        let explanation = try await ComputeThread.run {
            Explanation(
                of: loaded, by: model.layers, model.preprocessing, label: label, stage: stage, occludedCells: cells)
        }
        let page = ExplanationPage(explanation, of: image, by: model, top: top)
        let files = try page.write(to: output)
        if let caution = model.caution { Console.note(caution) }
        print(
            """
            \(image) as \(model.layers.name) sees it, at \(model.layers.input.sizeText):

            \(page.predictions.map { String(format: "  %6.2f %%  ", $0.share * 100) + $0.name }.joined(separator: "\n"))

            \(page.sizes.text)

            Look at \(output)/report.html; its figures are in the same folder: \(Self.list(files)).
            """)
    }

    /// The first names and the last of many.
    private static func list(_ files: [String]) -> String {
        files.count <= 6
            ? files.joined(separator: ", ") : files.prefix(4).joined(separator: ", ") + ", … " + (files.last ?? "")
    }
}
