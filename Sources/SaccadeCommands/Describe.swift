package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeLayers
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining

package struct Describe: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Show a network’s sizes, parameters, multiply-adds and memory, layer by layer.",
        discussion: """
            Nothing is run and no weights are needed: everything follows from the shapes.

            EXAMPLES:
              saccade describe exercise-1
              saccade describe exercise-1 --padding same --diagram network.svg
              saccade describe my-network.yaml --input 128x128x3 --batch 32
              saccade describe resnet-50 --json

            BUILT-IN RECIPES AND NETWORKS:
              \((Architecture.builtInNames + RunTask.networkNames).joined(separator: ", "))
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
    var padding: String?

    @Option(help: "The number of classes, in place of the recipe’s.")
    var classes: Int?

    @Option(help: "Images at a time, for the memory.")
    var batch = 1

    @Option(help: ArgumentHelp("Draw the network into a file.", valueName: "file.svg|png|pdf"))
    var diagram: String?

    @Flag(help: "Print JSON.")
    var json = false

    package func validate() throws {
        if let input, InputSize(input) == nil {
            throw ValidationError("--input must be \(InputSize.hint); got “\(input)”.")
        }
        if let padding, Padding(padding) == nil {
            throw ValidationError("--padding must be valid, same or a number from 0 to 1024; got “\(padding)”.")
        }
        if let classes, !(1...InputSize.maximumLength).contains(classes) {
            throw ValidationError("--classes must be from 1 to \(InputSize.maximumLength); got \(classes).")
        }
        guard (1...ModelSummary.maximumBatch).contains(batch) else {
            throw ValidationError("--batch must be from 1 to \(ModelSummary.maximumBatch); got \(batch).")
        }
        if let diagram {
            do { _ = try FigureFormat(path: diagram) } catch { throw ValidationError("--diagram \(error)") }
        }
    }

    package func run() throws {
        let recipe = try Recipe(
            yaml: Recipe.text(fileOrName: self.recipe), source: Architecture.place(of: self.recipe))
        let (architecture, optimizer) = (recipe.model.architecture, recipe.settings.optimizer)
        guard architecture.isChain else {
            var model = recipe.model
            if let classes { model.task.classNames = (0..<classes).map { "class \($0)" } }
            guard padding == nil else {
                throw ValidationError("--padding is for lists of layers; of \(architecture.name) the recipe says it.")
            }
            let network = try model.network()
            return try show(
                summary(of: network, named: architecture.name, optimizerStates: optimizer.statesPerParameter),
                trainedWith: optimizer)
        }
        let network = try architecture.resolved(
            input: input.flatMap { InputSize($0) }, classes: classes, padding: padding.flatMap { Padding($0) } ?? .valid
        )
        let summary = ModelSummary(network, batch: batch, optimizerStates: optimizer.statesPerParameter)
        try show(summary, trainedWith: optimizer)
    }

    /// Summarises a network of any kind as the options say.
    ///
    /// - Throws: Why it cannot take an input of the size that was asked for.
    func summary(of model: some StagedModel, named name: String, optimizerStates: Int) throws -> ModelSummary {
        var sizes: [String: [Int]] = [:]
        if let input, let size = InputSize(input), let first = model.stages.first?.model.inputs.first {
            let shape = Shape([1] + size.shape.dimensions)
            if let problem = first.problem(with: shape) {
                throw CommandError.data("--input \(input): \(name) cannot take it: \(problem)")
            }
            sizes[first.name] = zip(first.lengths, shape.dimensions).compactMap { length, given in
                if case .free = length { given } else { nil }
            }
        }
        return ModelSummary(model, name: name, sizes: sizes, batch: batch, optimizerStates: optimizerStates)
    }

    /// Draws and prints what is known of a network.
    func show(_ summary: ModelSummary, trainedWith optimizer: OptimizerSettings) throws {
        if let diagram { try Schematic(summary).write(to: diagram) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(summary), as: UTF8.self))
        } else {
            print(SummaryTable(summary, optimizer: optimizer.name).text)
            if let diagram { print("Drawn in \(diagram).") }
        }
    }

    package init() {}
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
