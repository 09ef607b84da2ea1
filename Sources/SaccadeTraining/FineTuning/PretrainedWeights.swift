import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors

/// Weights of another training that a training starts from: a file of tensors (safetensors or PyTorch's), or the best ones of a run.
struct PretrainedWeights {
    private let file: WeightsFile

    /// - Parameter nameOrPath: A file, a run's name, or a run's folder.
    /// - Throws: ``RunError`` where there is none of these, `FileError` where the file is damaged.
    init(_ nameOrPath: String) throws {
        if RegularFile.isPresent(at: nameOrPath) {
            file = try WeightsFile(at: nameOrPath)
            return
        }
        guard let best = RunFolder.weights(ofRun: nameOrPath) else {
            throw RunError(
                .missing,
                "\(nameOrPath): there are no weights to start from: neither a file of this name nor "
                    + "\(RunFolder.folder(of: nameOrPath))/best.safetensors; check the name.")
        }
        file = try WeightsFile(at: best)
    }

    /// Gives a network these weights: its own, or those of a network that it can begin with (`StagedModel.ancestors`),
    /// where the rest keeps its first, random weights. A layer whose outputs are the classes keeps its first, random weights where the
    /// file's are for another number of classes; so do auxiliary heads of which the file has none. Anything else that
    /// does not fit is an error.
    ///
    /// - Parameter network: What is given the weights.
    /// - Returns: What was done, in one line.
    /// - Throws: `LoadingError` with every name that does not fit, and then nothing has changed; `FileError`.
    func load(into network: some StagedModel) throws -> String {
        let shapes = file.shapes
        if let ancestor = network.ancestor(in: shapes) { return try load(ancestor, into: network) }
        let absent = network.auxiliaryNames.filter { name in !shapes.keys.contains { $0.isPart(of: name) } }
        let stored = network.storedShapes.filter { entry in !absent.contains { entry.name.isPart(of: $0) } }
        let fresh = stored.filter { name, shape in
            guard let found = shapes[name], found != shape else { return false }
            return found.dimensions.dropFirst() == shape.dimensions.dropFirst()
                && network.heads.contains { name.isPart(of: $0) }
        }
        let kept = Set(fresh.map(\.name)).union(
            network.storedShapes.map(\.name).filter { name in absent.contains { name.isPart(of: $0) } })
        try network.load(shapes, from: file.path, keeping: kept) { try file.tensors($0) }
        var line = "Starts from the weights of \(file.path)"
        if let first = fresh.first, let found = shapes[first.name] {
            line += "; new are \(fresh.map(\.name).joined(separator: ", ")), for \(first.shape[0]) classes in place of "
            line += "\(found[0])"
        }
        if !absent.isEmpty { line += "; new are \(absent.joined(separator: ", ")), which the file has not" }
        return line + "."
    }

    private func load(_ ancestor: Ancestor, into network: some StagedModel) throws -> String {
        let own = network.storedShapes.filter { ancestor.names[$0.name].map { file.shapes[$0] != nil } ?? false }
        let shapes = Dictionary(uniqueKeysWithValues: own.map { ($0.name, $0.shape) })
        try network.load(shapes, from: file.path, strict: false) { names in
            let tensors = try file.tensors(names.map { ancestor.names[$0] ?? $0 })
            return zip(names, tensors).map { name, tensor in tensor.reshaped(to: shapes[name] ?? tensor.shape) }
        }
        let fresh = network.parameters.map(\.name).filter { ancestor.names[$0] == nil }
        return "Starts from what \(ancestor.name) has of the weights of \(file.path); new are \(Self.parts(fresh))."
    }

    /// The layers of parameters, without those that a longer list would name one by one.
    private static func parts(_ names: [String]) -> String {
        func parts(_ length: Int) -> [String] {
            var parts: [String] = []
            for name in names {
                let part = name.split(separator: ".").dropLast().prefix(length).joined(separator: ".")
                if parts.last != part { parts.append(part) }
            }
            return parts
        }
        let whole = parts(.max)
        return (whole.count <= 8 ? whole : parts(1)).joined(separator: ", ")
    }
}

extension StagedModel {
    /// The network whose weights these are; nil where they are this one's own, or nobody's that it knows.
    fileprivate func ancestor(in shapes: [String: Shape]) -> Ancestor? {
        let own = storedShapes
        guard own.contains(where: { shapes[$0.name] != $0.shape }) else { return nil }
        return ancestors.first { ancestor in
            own.allSatisfy { name, shape in
                guard let theirs = ancestor.names[name] else { return true }
                // Checkpoints from before PyTorch 0.4.1 do not count batches.
                guard let found = shapes[theirs] else { return name.hasSuffix("num_batches_tracked") }
                return found.elementCount == shape.elementCount
            }
        }
    }
}
