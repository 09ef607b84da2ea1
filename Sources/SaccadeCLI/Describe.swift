import ArgumentParser
import Foundation
import SaccadeDrawing
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a network’s sizes, parameters, multiply-adds and memory, layer by layer.",
        discussion: """
            Nothing is run and no weights are needed: everything follows from the shapes.

            EXAMPLES:
              saccade describe exercise-1
              saccade describe exercise-1 --padding same --diagram network.svg
              saccade describe my-network.yaml --input 128x128x3 --batch 32
              saccade describe resnet-50 --json

            BUILT-IN RECIPES AND NETWORKS:
              \(Architecture.builtInNames.joined(separator: ", "))
            Torchvision’s spelling (resnet50, vgg16_bn) will do.

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("A recipe (YAML), or the name of a built-in one.", valueName: "recipe"))
    var recipe: String

    @Option(
        help: ArgumentHelp("Height, width and channels of the input, in place of the recipe’s.", valueName: "HxWxC"))
    var input: String?

    @Option(
        help: ArgumentHelp(
            "Padding of every convolution whose recipe does not say: valid, same or a number of elements.",
            valueName: "valid|same|N"))
    var padding = "valid"

    @Option(help: "The number of classes, in place of the recipe’s.")
    var classes: Int?

    @Option(help: "Pictures at a time, for the memory.")
    var batch = 1

    @Option(help: ArgumentHelp("Draw the network into a file.", valueName: "file.svg|png|pdf"))
    var diagram: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let input, InputSize(input) == nil {
            throw ValidationError("--input must be \(InputSize.hint); got “\(input)”.")
        }
        guard Padding(padding) != nil else {
            throw ValidationError("--padding must be valid, same or a number from 0 to 1024; got “\(padding)”.")
        }
        if let classes, !(1...InputSize.maximumLength).contains(classes) {
            throw ValidationError("--classes must be from 1 to \(InputSize.maximumLength); got \(classes).")
        }
        guard (1...Description.maximumBatch).contains(batch) else {
            throw ValidationError("--batch must be from 1 to \(Description.maximumBatch); got \(batch).")
        }
        if let diagram {
            do { _ = try FigureFormat(path: diagram) } catch { throw ValidationError("--diagram \(error)") }
        }
    }

    func run() throws {
        let architecture = try Architecture(fileOrName: recipe)
        let network = try architecture.resolved(
            input: input.flatMap { InputSize($0) }, classes: classes, padding: Padding(padding) ?? .valid)
        let training = try architecture.training?.decoded(TrainingSettings.self) ?? TrainingSettings()
        let description = Description(network, batch: batch, optimizerStates: training.optimizer.statesPerParameter)
        if let diagram { try Schematic(description).write(to: diagram) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(description), as: UTF8.self))
        } else {
            print(DescriptionTable(description, optimizer: training.optimizer.name).text)
            if let diagram { print("Drawn in \(diagram).") }
        }
    }
}

extension OptimizerSettings {
    fileprivate var name: String {
        switch self {
        case .sgd(let momentum, _): momentum == 0 ? "plain SGD" : "SGD and its momentum"
        case .adam: "Adam"
        case .adamW: "AdamW"
        case .rmsProp: "RMSProp"
        }
    }
}
