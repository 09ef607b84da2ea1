import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors

/// Weights of another training that a training starts from: a file of tensors (safetensors or PyTorch's), or the best ones of a run.
struct StartingWeights {
    private let file: WeightsFile

    /// - Parameter nameOrPath: A file, a run's name, or a run's folder.
    /// - Throws: ``RunError`` where there is none of these, `FileError` where the file is damaged.
    init(_ nameOrPath: String) throws {
        if RegularFile.isPresent(at: nameOrPath) {
            file = try WeightsFile(at: nameOrPath)
            return
        }
        guard let best = TrainedClassifier.weights(ofRun: nameOrPath) else {
            throw RunError(
                .missing,
                "\(nameOrPath): there are no weights to start from: neither a file of this name nor "
                    + "\(TrainedClassifier.folder(of: nameOrPath))/best.safetensors; check the name.")
        }
        file = try WeightsFile(at: best)
    }

    /// Gives a network these weights. A layer that tells the classes apart keeps its first, random ones where the file's
    /// are for another number of classes; so do auxiliary heads of which the file has none. Anything else that does
    /// not fit is an error.
    ///
    /// - Parameters:
    ///   - network: What is given the weights.
    ///   - classifiers: The paths of the layers that tell the classes apart.
    /// - Returns: What was done, in one line.
    /// - Throws: `LoadingError` with every name that does not fit, and then nothing has changed; `FileError`.
    func load(into network: Network, classifiers: [String]) throws -> String {
        let shapes = file.shapes
        let part = network.part(inCheckpointOf: shapes.keys)
        let fresh = part.storedShapes.filter { name, shape in
            guard let found = shapes[name], found != shape else { return false }
            return found.dimensions.dropFirst() == shape.dimensions.dropFirst()
                && classifiers.contains { name.isPart(of: $0) }
        }
        try part.load(shapes, from: file.path, keeping: Set(fresh.map(\.name))) { try file.tensors($0) }
        var line = "Starts from the weights of \(file.path)"
        if let first = fresh.first, let found = shapes[first.name] {
            line += "; new are \(fresh.map(\.name).joined(separator: ", ")), for \(first.shape[0]) classes in place of "
            line += "\(found[0])"
        }
        if part.auxiliaryNames != network.auxiliaryNames {
            line += "; new are \(network.auxiliaryNames.joined(separator: ", ")), which the file has not"
        }
        return line + "."
    }
}
