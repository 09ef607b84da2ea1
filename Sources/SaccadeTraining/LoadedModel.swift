import Foundation
public import SaccadeImages
import SaccadeInterchange
public import SaccadeLayers
import SaccadeLinear
public import SaccadeModels
public import SaccadeSettings
import SaccadeTensors
public import SaccadeWeights

/// A network with the weights that somebody asked for, and what goes with them.
public struct LoadedModel: Sendable {
    /// The network as it predicts: parts that only training needs are left out.
    public let network: any StagedModel
    /// What it is for; what its answers are called only where somebody says it, see ``classNames``.
    public let description: ModelDescription
    /// The classes' names, where anybody says them.
    public let classNames: [String]?
    /// What of the file and the network did not fit, where only a part was asked for.
    public let difference: LoadingError?
    /// Whether the weights are random: nothing was learnt.
    public let isFresh: Bool
    /// How the network was trained, and on what; nil for weights that no run here has made.
    public let run: RunDescription?

    public var name: String { description.architecture.name }
    /// How images become the network's numbers; `nil` for a network on vectors.
    public var preprocessing: Preprocessing? { description.preprocessing }

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
        run = source.run
        var description = try source.description()
        let stated = description.classNames
        if let input = request.input { description.preprocessing = description.preprocessing?.for(input) }
        let input = request.input ?? source.model?.input
        func network(for classes: Int?) throws -> any StagedModel {
            description.task.classNames = classes.map { (0..<$0).map { "class \($0)" } } ?? []
            return try description.network(input: input, seed: request.seed ?? 0)
        }
        // Of so many classes, if somebody says how many.
        func fitting(_ names: [String]?) -> [String]? {
            names.flatMap { $0.isEmpty || $0.count != request.classes ?? $0.count ? nil : $0 }
        }
        let names = request.classNames ?? fitting(source.model?.classNames) ?? fitting(stated)
        var wanted = request.classes ?? names?.count
        var whole = try network(for: wanted)
        if wanted == nil, let file = source.weights, let classes = whole.classCount(in: file.shapes),
            (1...InputSize.maximumLength).contains(classes)
        {
            wanted = classes
            whole = try network(for: classes)
        }
        if let file = source.weights { whole = whole.shaped(like: file.shapes) }
        isFresh = source.weights == nil
        difference = try source.weights.flatMap {
            try whole.loadForInference($0, allowsPart: request.loadsPart, mapped: mapped)
        }
        self.network = try whole.forInference.truncated(toRanks: request.truncatedSVD, description.architecture.name)
        let outputs = whole.outputCount ?? wanted ?? description.architecture.classes
        let published = source.card.flatMap { $0.classNames.count == outputs ? $0.classNames : nil }
        classNames = names ?? published
        description.task.classNames = classNames ?? outputs.map { (0..<$0).map { "class \($0)" } } ?? []
        if source.model?.preprocessing == nil, let card = source.card, request.input == nil {
            description.preprocessing = card.preprocessing
        }
        self.description = description
    }
}

extension LoadedModel {
    /// Sees to it that all weights are numbers: what is none may vanish in a later layer, and leave wrong answers.
    ///
    /// - Throws: ``RunError`` with the name of the part that is none.
    public func requireFinite() throws(RunError) {
        guard let part = network.nonFinitePart else { return }
        throw RunError(
            .damaged, "\(name): its weights are damaged, \(part) is not finite; take others, or train it again.")
    }
}

extension ModelDescription {
    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - input: Takes the place of the recipe's.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: `RecipeError` with the layer at fault.
    public func network(input: InputSize? = nil, seed: UInt64 = 0) throws(RecipeError) -> any StagedModel {
        func made(_ task: some LearningTask) throws(RecipeError) -> any StagedModel {
            try task.model(architecture, input: input ?? self.input, seed: seed)
        }
        return try made(task.task)
    }
}

extension Preprocessing {
    /// The same for another size; nil where that is no image's.
    fileprivate func `for`(_ input: InputSize) -> Preprocessing? {
        guard case .image(let height, let width, let channels) = input, channels == self.channels else { return nil }
        if height == self.height, width == self.width { return self }
        let resizing: Resizing =
            switch self.resizing {
            case .stretch, .tiles, .fit: self.resizing
            case .centerCrop(let side): .centerCrop(shortSide: max(side, height, width))
            }
        return Preprocessing(
            height: height, width: width, channels: channels, resizing: resizing, filter: filter, mean: mean,
            standardDeviation: standardDeviation, decodesReduced: decodesReduced)
    }
}

extension StagedModel {
    /// Loads all but what only training needs: GoogLeNet's auxiliary heads are half of its weights.
    ///
    /// - Returns: What did not fit, where a part is allowed and not all did.
    /// - Throws: Every name that does not fit, of the heads as well unless the file has none.
    fileprivate func loadForInference(_ file: WeightsFile, allowsPart: Bool, mapped: Bool) throws -> LoadingError? {
        let heads = auxiliaryNames
        let absent = heads.filter { head in !file.shapes.keys.contains { $0.isPart(of: head) } }
        func isPart(of names: [String], _ name: String) -> Bool { names.contains { name.isPart(of: $0) } }
        if !allowsPart {
            let expected = storedShapes.filter { !isPart(of: absent, $0.name) }
            try requireFit(of: file.shapes, from: file.path, expecting: expected)
        }
        let shapes = file.shapes.filter { !isPart(of: heads, $0.key) }
        let network = forInference
        if allowsPart {
            return try network.loadPart(of: shapes, from: file.path) { try file.tensors($0, mapped: mapped) }
        }
        try network.load(shapes, from: file.path) { try file.tensors($0, mapped: mapped) }
        return nil
    }

    /// The network with the fully connected layers over its regions cut to lower ranks.
    ///
    /// - Parameter ranks: Nil changes nothing.
    /// - Throws: ``RunError`` where it has no such layers, or they have no such ranks.
    fileprivate func truncated(toRanks ranks: [Int]?, _ name: String) throws(RunError) -> any StagedModel {
        guard let ranks else { return self }
        guard let network = self as? RegionCNN else {
            throw RunError(
                .different,
                "\(name): truncated SVD is for detectors with fully connected layers over regions, as fast-rcnn, faster-rcnn "
                    + "and mask-rcnn are; leave it out.")
        }
        do {
            return try network.withTruncatedSVD(ranks: ranks)
        } catch {
            throw RunError(.different, "\(name): \(error.description).")
        }
    }

    /// The numbers that a classifier gives for each sample; nil where it gives a grid of them.
    fileprivate var outputCount: Int? {
        guard let model = stages.last?.model, stages.count == 1 else { return nil }
        let graph = Trace.of(model.inputs.map { $0.shape(batch: 1) }) { model($0) }
        let shape = graph.values[graph.outputs[0]].shape
        return shape.rank >= 2 ? shape[1] : nil
    }
}
