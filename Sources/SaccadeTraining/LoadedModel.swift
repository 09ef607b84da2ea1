import Foundation
import SaccadeDatasets
import SaccadeFiles
public import SaccadeImages
import SaccadeInterchange
public import SaccadeLayers
public import SaccadeModels
import SaccadeTensors
public import SaccadeWeights

/// A network with the weights that somebody asked for, and what goes with them.
public struct LoadedModel: Sendable {
    /// The network as it predicts: auxiliary heads, which only training needs, are left out.
    public let network: Network
    /// The network taken apart, with the same parameters.
    public let layers: LayerByLayer
    /// How pictures become the network's numbers; `nil` for a network on vectors.
    public let preprocessing: Preprocessing?
    /// The classes' names, where anybody says them.
    public let classNames: [String]?
    /// What of the file and the network did not fit, where only a part was asked for.
    public let difference: LoadingError?
    /// The recipe's text.
    let recipe: String
    /// Whether the weights are random: nothing was learnt.
    public let isFresh: Bool
    private let run: RunDescription?

    /// Finds the network and its weights, and loads them: all of them unless a part is asked for.
    ///
    /// - Parameters:
    ///   - request: What somebody asks for.
    ///   - cache: Where published weights are.
    ///   - mapped: Whether large weights stay in their file, for a plan that takes them over at once; see
    ///     ``WeightsFile/tensors(_:mapped:)``.
    /// - Throws: What is missing and how to get it, or every name that does not fit (`LoadingError`).
    public init(_ request: ModelRequest, cache: WeightsCache = WeightsCache(), mapped: Bool = false) throws {
        let source = try ModelSource(request, cache: cache)
        recipe = source.recipe
        run = source.run
        let architecture = try Architecture(yaml: source.recipe, source: source.recipeName)
        let input = request.input ?? source.run.map { InputSize($0.preprocessing) }
        func resolved(_ classes: Int?) throws -> ResolvedNetwork {
            try architecture.resolved(input: input, classes: classes, seed: request.seed ?? 0)
        }
        let wanted = request.classes ?? request.classNames?.count ?? source.run?.classNames.count
        var layers = try resolved(wanted)
        var whole = Network(layers)
        if wanted == nil, let file = source.weights, let classes = whole.classes(in: file),
            classes != whole.output.elementCount
        {
            layers = try resolved(classes)
            whole = Network(layers)
        }
        network = whole.withoutAuxiliaryHeads
        self.layers = LayerByLayer(layers)
        isFresh = source.weights == nil
        difference = try source.weights.flatMap {
            try whole.loadForInference($0, allowsPart: request.loadsPart, mapped: mapped)
        }
        let count = network.output.elementCount
        let published = source.card.flatMap { $0.classNames.count == count ? $0.classNames : nil }
        classNames = request.classNames ?? source.run?.classNames ?? published
        guard case .picture = input ?? architecture.input else {
            preprocessing = nil
            return
        }
        preprocessing = try source.run?.preprocessing ?? source.card?.preprocessing ?? architecture.preprocessing()
    }

    /// What the model is in the words of a run.
    ///
    /// - Throws: ``RunError`` for a network on vectors, which no picture fits.
    func description() throws -> RunDescription {
        if let run { return run }
        guard let preprocessing else {
            throw RunError(.different, "\(network.name): this network is for vectors, not for pictures.")
        }
        let count = network.output.elementCount
        let names = classNames ?? (0..<count).map { "class \($0)" }
        guard names.count == count else {
            throw RunError(
                .different, "\(network.name): the network has \(count) outputs, and there are \(names.count) names.")
        }
        return RunDescription(
            settings: TrainingSettings(), architecture: recipe, classNames: names, preprocessing: preprocessing,
            data: "")
    }
}

extension Network {
    /// Loads all but auxiliary heads: those of GoogLeNet are half of its weights.
    ///
    /// - Returns: What did not fit, where a part is allowed and not all did.
    /// - Throws: Every name that does not fit, of the heads as well unless the file has none.
    fileprivate func loadForInference(_ file: WeightsFile, allowsPart: Bool, mapped: Bool) throws -> LoadingError? {
        let part = part(inCheckpointOf: file.shapes.keys)
        let heads = part.auxiliaryNames
        if heads.isEmpty, !allowsPart {
            try part.load(file, mapped: mapped)
            return nil
        }
        if !allowsPart { try part.requireFit(of: file.shapes, from: file.path) }
        let shapes = file.shapes.filter { name, _ in !heads.contains { name.isPart(of: $0) } }
        return try withoutAuxiliaryHeads.loadPart(of: shapes, from: file.path) {
            try file.tensors($0, mapped: mapped)
        }
    }

    /// How many classes the weights in a file tell apart: the outputs of what is the last layer here.
    fileprivate func classes(in file: WeightsFile) -> Int? {
        guard let last = lastParameter, let found = file.shapes[last.name], found.rank == last.parameter.shape.rank
        else { return nil }
        return found.dimensions.first.flatMap { (1...InputSize.maximumLength).contains($0) ? $0 : nil }
    }
}

extension RunDescription {
    /// What weights say of themselves that a run has written.
    ///
    /// - Returns: `nil` where they say nothing, or it is not understood.
    init?(metadata: [String: String]) {
        guard let architecture = metadata["architecture"], let names = metadata["classNames"],
            let preprocessing = metadata["preprocessing"],
            let classNames = try? JSONDecoder().decode([String].self, from: Data(names.utf8)), !classNames.isEmpty,
            let prepared = try? JSONDecoder().decode(Preprocessing.self, from: Data(preprocessing.utf8))
        else { return nil }
        self.init(
            settings: TrainingSettings(), architecture: architecture, classNames: classNames, preprocessing: prepared,
            data: "")
    }
}
