import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeImages
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

/// A classifier to be looked into, whatever it was named by: the one place where a run, a recipe or a file of weights
/// becomes a network taken apart.
struct ExplainedModel {
    let layers: LayerByLayer
    let preprocessing: Preprocessing
    /// What the scores are called; nil where nobody has said.
    let classNames: [String]?
    /// What a reader must know who might believe the answers; nil for trained networks.
    let caution: String?

    /// - Throws: What is not there, damaged, or no classifier of images.
    init(_ request: ModelRequest) throws {
        let model = try LoadedModel(request)
        guard let preprocessing = model.preprocessing else {
            throw CommandError.data(
                "\(model.name): explain is for networks on images; this one is on vectors")
        }
        guard let network = model.network as? any Model, network.inputs.count == 1 else {
            throw CommandError.data("\(model.name): explain is for networks with one stage and one input")
        }
        // A map of scores may be of one pixel, and then look like a classifier's scores.
        if case .segment = model.description.task {
            throw CommandError.data(
                "\(model.name): explain shows where a classifier looks, and this network gives each pixel a class; see "
                    + "saccade segment, and saccade explain unpool or upconv for its parts")
        }
        ModelOptions.report(model.difference)
        layers = model.network.chain.map { LayerByLayer($0) } ?? LayerByLayer(network, name: model.name)
        (self.preprocessing, classNames) = (preprocessing, model.classNames)
        caution =
            model.isFresh
            ? "The weights are random (seed \(request.seed ?? 0)): nothing was learnt, and the answers mean nothing. What "
                + "can be seen is how the network is built." : nil
        guard [1, 3].contains(layers.output.rank), layers.output[0] > 1 else {
            throw CommandError.data(
                "\(layers.name): explain is for networks with a score for each class; this one gives "
                    + "\(layers.output.sizeText) for each")
        }
    }

    /// What to call a class.
    func name(of label: Int) -> String { classNames?[label] ?? "class \(label)" }

    /// The class that a user named, by its name or its number.
    func label(named text: String) throws -> Int {
        if let label = classNames?.firstIndex(of: text) { return label }
        if let label = Int(text), (0..<layers.output[0]).contains(label) { return label }
        let known = classNames.map { "the classes are \($0.prefix(30).joined(separator: ", "))" }
        throw CommandError.data(
            "--class \(text): there is no such class; \(known ?? "give a number from 0 to \(layers.output[0] - 1)")")
    }

    /// The stage that a user named, or the one that tells most.
    func stage(named name: String?) throws -> Int? {
        guard let name else { return layers.lastConvolution }
        let spatial = layers.stages.indices.filter { layers.stages[$0].isSpatial }
        guard let index = spatial.first(where: { layers.stages[$0].name == name }) else {
            throw CommandError.data(
                "--layer \(name): there is no layer of this name whose result is a map; there are "
                    + spatial.map { layers.stages[$0].name }.joined(separator: ", "))
        }
        return index
    }
}

extension Shape {
    /// `H×W×C` for `[C, H, W]`, the order in which people say it.
    var sizeText: String {
        let size = rank == 3 ? [self[1], self[2], self[0]] : dimensions
        return size.map(String.init).joined(separator: "×")
    }
}
