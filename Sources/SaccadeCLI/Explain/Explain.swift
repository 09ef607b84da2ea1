import ArgumentParser
import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a network makes of a picture, layer by layer, and where it sees what it says.",
        discussion: """
            Writes a page with the most probable classes, where the network sees the first of them (Grad-CAM), how its \
            probability falls when a part of the picture is covered (occlusion), the size of the picture behind every \
            layer, the first layer’s filters and every layer’s activations; and each figure as a PNG beside it.

            The model is a run, its best.safetensors, a recipe or a built-in network. A recipe has weights only with \
            --weights; without it they are random, which shows how the network is built and nothing else.

            EXAMPLES:
              saccade explain demo/run photo.jpg
              saccade explain my-run photo.jpg --class cat --layer conv4
              saccade explain resnet-50 photo.jpg --weights resnet50.safetensors --output resnet

            \(Failure.codes)
            """)

    @Argument(
        help: ArgumentHelp("A run, a .safetensors file of one, a recipe, or a built-in network.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("A picture: JPEG, PNG, WebP, GIF or BMP.", valueName: "image"))
    var image: String

    @Option(help: "The folder to write; files of an earlier explanation are replaced.")
    var output = "explanation"

    @Option(help: ArgumentHelp("Weights for a recipe’s network, by their names.", valueName: "file.safetensors"))
    var weights: String?

    @Option(help: "The number of classes, in place of the recipe’s.")
    var classes: Int?

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("The class to look for. Default: the most probable.", valueName: "name|number"))
    var wantedClass: String?

    @Option(help: "The layer whose maps Grad-CAM weighs. Default: the last with a convolution.")
    var layer: String?

    @Option(help: "Places of the covering square along each side of the picture; 0 covers nothing, and saves time.")
    var cells = 14

    @Option(help: "How many classes to name.")
    var top = 5

    @Option(help: "Where random weights begin.")
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        guard (0...64).contains(cells) else { throw ValidationError("--cells must be from 0 to 64, got \(cells).") }
        guard (1...1000).contains(top) else { throw ValidationError("--top must be from 1 to 1000, got \(top).") }
        guard (2...100_000).contains(classes ?? 2) else {
            throw ValidationError("--classes must be from 2 to 100000, got \(classes ?? 2).")
        }
    }

    func run() async throws {
        try compute.apply()
        let picture = try Image(contentsOf: image)
        let model = try ExplainedModel(model, weights: weights, classes: classes, seed: seed)
        let label = try wantedClass.map { try model.label(named: $0) }
        let stage = try model.stage(named: layer)
        let cells = cells == 0 ? nil : cells
        let explanation = try await ComputeThread.run {
            Explanation(
                of: picture, by: model.layers, model.preprocessing, label: label, stage: stage, occludedCells: cells)
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
