import Foundation
import SaccadeDatasets
import SaccadeInterchange
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

    /// - Parameters:
    ///   - model: A run, a file of weights with its network in it, a recipe, or a built-in one's name.
    ///   - weights: A file with the weights of a recipe's network; without it a recipe's weights are random.
    ///   - classes: Takes the place of the recipe's number of classes.
    ///   - seed: Of random weights.
    /// - Throws: What is not there, damaged, or no classifier of pictures.
    init(_ model: String, weights: String?, classes: Int?, seed: UInt64) throws {
        let folder = TrainedClassifier.folder(of: model)
        if weights == nil, classes == nil, FileManager.default.fileExists(atPath: "\(folder)/run.json") {
            let run = try TrainedClassifier(run: model)
            (layers, preprocessing) = (run.layers, run.description.preprocessing)
            (classNames, caution) = (run.description.classNames, nil)
        } else if model.hasSuffix(".safetensors") {
            let file = try SafetensorsFile(at: model)
            guard let text = file.metadata["architecture"] else {
                throw CommandError.data(
                    "\(model): no network is stored with these weights; say which, as in "
                        + "“saccade explain vgg-16 PICTURE --weights \(model)”")
            }
            let names = file.metadata["classNames"].map { Data($0.utf8) }
                .flatMap { try? JSONDecoder().decode([String].self, from: $0) }
            let stored = file.metadata["preprocessing"].map { Data($0.utf8) }
                .flatMap { try? JSONDecoder().decode(Preprocessing.self, from: $0) }
            let architecture = try Architecture(yaml: text, source: model)
            preprocessing = try stored ?? architecture.preprocessing()
            layers = LayerByLayer(
                try architecture.resolved(
                    input: .picture(
                        height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels),
                    classes: names?.count))
            try layers.load(file)
            (classNames, caution) = (names, nil)
        } else {
            guard BuiltInRecipes.text(named: model) != nil || model.contains("/") || model.hasSuffix(".yaml") else {
                let names = BuiltInRecipes.names
                throw CommandError.data(
                    "\(model): there is neither a run (\(folder)) nor a built-in network of this name; the built-in "
                        + "ones are \(names.joined(separator: ", "))")
            }
            let architecture = try Architecture(fileOrName: model)
            preprocessing = try architecture.preprocessing()
            layers = LayerByLayer(try architecture.resolved(classes: classes, seed: seed))
            if let weights { try layers.load(SafetensorsFile(at: weights)) }
            classNames = nil
            caution =
                weights == nil
                ? "The weights are random (seed \(seed)): nothing was learnt, and the answers mean nothing. What can be "
                    + "seen is how the network is built." : nil
        }
        guard layers.output.rank == 1, layers.output[0] > 1 else {
            throw CommandError.data(
                "\(model): explain is for networks that tell classes of pictures apart; this one gives "
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
