package import ArgumentParser
import Foundation
import SaccadeFiles
import SaccadeImages
package import SaccadeLayers
import SaccadeModels
package import SaccadeTraining

/// Which network with which weights: the same flags for every command that runs one.
package struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The network: a built-in one, or a recipe (YAML).", valueName: "name"))
    package var arch: String?

    @Option(
        help: ArgumentHelp(
            "Its weights: .safetensors, .pth, .pt or .th. Default: the published ones.", valueName: "file")
    )
    package var weights: String?

    @Option(help: "How many classes the network tells apart. Default: as many as its weights.")
    package var classes: Int?

    @Option(help: ArgumentHelp("The classes’ names, a line for each.", valueName: "file"))
    package var classesFile: String?

    @Flag(help: "Load the weights that fit, and list those that do not.")
    package var partial = false

    @Option(help: ArgumentHelp("Fresh random weights in place of any file.", valueName: "seed"))
    package var seed: UInt64?

    /// What the argument MODEL means where networks in ONNX will not do, for help.
    package static let ownHelp = ArgumentHelp(
        "A run, a file of weights that says its network, or a built-in network with published weights.",
        valueName: "model")

    /// What the argument MODEL means, for help.
    package static let help = ArgumentHelp(
        "A run, a file of weights that says its network, an .onnx file, or a built-in network with published weights.",
        valueName: "model")

    /// Whether the network is named by options, so that no argument names it.
    package var isGiven: Bool { arch != nil || weights != nil }

    /// Whether a command's first argument is a model. With ``isGiven``, or where it is an image, there is none among the
    /// arguments; a run or a file of weights is not mistaken for an image.
    package func isModel(_ first: String) -> Bool {
        guard !isGiven else { return false }
        guard let start = try? RegularFile.beginning(of: first, count: 16) else { return true }
        return ImageFormat(magic: start) == nil
    }

    package init() {}

    package func validate() throws {
        if let classes, !(1...InputSize.maximumLength).contains(classes) {
            throw ValidationError("--classes must be from 1 to \(InputSize.maximumLength); got \(classes).")
        }
        guard weights == nil || seed == nil else { throw ValidationError("Give --weights or --seed, not both.") }
        guard seed == nil || !partial else { throw ValidationError("--partial is for weights from a file.") }
    }

    /// - Throws: `ValidationError` unless either the argument MODEL or the options name the network.
    package func requireOneModel(_ model: String?) throws {
        guard model == nil || !isGiven else {
            throw ValidationError("Give a model, or --arch and --weights, not both: “\(model ?? "")” is one too many.")
        }
        guard model != nil || isGiven else { throw ValidationError("Give a model, or --arch and --weights.") }
    }

    /// - Parameter model: The argument MODEL, where the options do not name the network.
    package func request(model: String?) throws -> ModelRequest {
        var request = ModelRequest(model: isGiven ? nil : model)
        request.architecture = arch
        request.weights = weights
        request.classes = classes
        request.loadsPart = partial
        request.seed = seed
        if let classesFile { request.classNames = try Self.names(in: classesFile) }
        if let names = request.classNames, let classes, names.count != classes {
            throw CommandError.data("there are \(names.count) names in \(classesFile ?? "") for --classes \(classes)")
        }
        return request
    }

    /// The lines of a file, without those that are empty or begin with #.
    private static func names(in path: String) throws -> [String] {
        let bytes = try RegularFile.contents(of: path, limit: 1 << 24)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError.data("\(path): this is not text in UTF-8; give a file with a class’s name on each line")
        }
        let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard !names.isEmpty else {
            throw CommandError.data("\(path): there are no names; give a file with a class’s name on each line")
        }
        return names
    }

    /// Says what `--partial` has left out.
    package static func report(_ difference: LoadingError?) {
        guard let difference else { return }
        var lines = ["Not loaded from \(difference.source):"]
        lines += difference.missing.map { "  \($0): not in the file, keeps its random values" }
        lines += difference.misshapen.map { "  \($0.name): \($0.found) in the file, \($0.expected) in the network" }
        lines += difference.unexpected.map { "  \($0): not in the network" }
        Console.note(lines.joined(separator: "\n"))
    }
}
