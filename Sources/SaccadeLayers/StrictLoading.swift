import SaccadeSettings
public import SaccadeTensors

extension Module {
    /// The names and shapes of everything that a checkpoint of this module holds: parameters, then buffers.
    public var storedShapes: [(name: String, shape: Shape)] {
        ModuleContents(of: self).storedShapes
    }

    /// The values of everything that a checkpoint of this module holds: parameters, then buffers.
    public var storedTensors: [(name: String, tensor: Tensor)] {
        let contents = ModuleContents(of: self)
        return contents.parameters.map { ($0.name, $0.parameter.value) }
            + contents.buffers.map { ($0.name, $0.buffer.value) }
    }

    /// Takes over values by name.
    ///
    /// Names and shapes are compared first; unless all is well, nothing is changed.
    ///
    /// - Parameters:
    ///   - shapes: What there is to load.
    ///   - source: The name of the file or the like, for the error's message.
    ///   - strict: Whether it is an error that names of the module are missing, or that there are others.
    ///   - kept: Names whose values stay as they are, whatever there is to load.
    ///   - tensors: Gives the tensors of names in `shapes`, in their order; called once, with those that are wanted.
    /// - Throws: ``LoadingError`` with every name that is missing, unexpected or of another shape; and what `tensors`
    ///   throws.
    public func load(
        _ shapes: [String: Shape], from source: String, strict: Bool = true, keeping kept: Set<String> = [],
        tensors: ([String]) throws -> [Tensor]
    ) throws {
        let shapes = kept.isEmpty ? shapes : shapes.filter { !kept.contains($0.key) }
        let contents = ModuleContents(of: self)
        let expected = contents.storedShapes.filter { !kept.contains($0.name) }
        let difference = LoadingError(source, holds: shapes, expected: expected)
        let error = strict ? difference : difference.withoutNames
        guard error.isEmpty else { throw error }
        try contents.take(shapes, tensors)
    }

    /// Compares names and shapes, and changes nothing.
    ///
    /// - Throws: ``LoadingError`` with every name that is missing, unexpected or of another shape.
    public func requireFit(of shapes: [String: Shape], from source: String) throws(LoadingError) {
        try requireFit(of: shapes, from: source, expecting: storedShapes)
    }

    /// - Parameter expected: What the source is to hold.
    package func requireFit(
        of shapes: [String: Shape], from source: String, expecting expected: [(name: String, shape: Shape)]
    ) throws(LoadingError) {
        let difference = LoadingError(source, holds: shapes, expected: expected)
        guard difference.isEmpty else { throw difference }
    }

    /// Takes over values by name from tensors in memory.
    ///
    /// - Parameters:
    ///   - tensors: What there is to load.
    ///   - source: What to call them in the error's message.
    ///   - strict: Whether it is an error that names of the module are missing, or that there are others.
    /// - Throws: ``LoadingError`` with every name that is missing, unexpected or of another shape; then nothing has
    ///   changed.
    public func load(_ tensors: [String: Tensor], from source: String, strict: Bool = true) throws(LoadingError) {
        do {
            try load(tensors.mapValues(\.shape), from: source, strict: strict) { names in
                names.map { name in
                    guard let tensor = tensors[name] else {
                        preconditionFailure("load asked for \(name), which is not there")
                    }
                    return tensor
                }
            }
        } catch let error as LoadingError {
            throw error
        } catch {
            preconditionFailure("tensors in memory cannot fail to load: \(error)")
        }
    }
}

extension ModuleContents {
    /// Takes over the values of those names that there are, all of whose shapes fit.
    func take(_ shapes: [String: Shape], _ tensors: ([String]) throws -> [Tensor]) rethrows {
        let parameters = parameters.filter { shapes[$0.name] != nil }
        let buffers = buffers.filter { shapes[$0.name] != nil }
        let values = try tensors(parameters.map(\.name) + buffers.map(\.name))
        for (value, (_, parameter)) in zip(values, parameters) { parameter.assign(value) }
        for (value, (_, buffer)) in zip(values.dropFirst(parameters.count), buffers) { buffer.assign(value) }
    }
}

/// Why a checkpoint does not fit a network, with every name at fault.
public struct LoadingError: Error, Equatable, CustomStringConvertible {
    /// A tensor of another shape than the network has.
    public struct Misshapen: Sendable, Equatable {
        public let name: String
        public let expected: Shape
        public let found: Shape

        public init(name: String, expected: Shape, found: Shape) {
            self.name = name
            self.expected = expected
            self.found = found
        }
    }

    /// The file at fault.
    public let source: String
    /// Names that the network has and the file has not.
    public let missing: [String]
    /// Names that the file has and the network has not.
    public let unexpected: [String]
    /// Names that both have, with different shapes.
    public let misshapen: [Misshapen]

    /// What is wrong even where names may be missing and there may be others.
    var withoutNames: LoadingError {
        LoadingError(source: source, missing: [], unexpected: [], misshapen: misshapen)
    }

    var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing \(Self.listed(missing, ", ", withGuess))") }
        if !unexpected.isEmpty { parts.append("unexpected \(Self.listed(unexpected, ", ") { $0 })") }
        if !misshapen.isEmpty {
            parts.append(
                Self.listed(misshapen, "; ") { "\($0.name) is \($0.found) where the network has \($0.expected)" })
        }
        return "\(source): this is not a checkpoint of this network: \(parts.joined(separator: "; ")). "
            + "Use the network that it was saved from."
    }

    /// The first ones, and how many more there are: of quite another network's file hundreds would say no more.
    private static func listed<Entry>(_ all: [Entry], _ separator: String, _ text: (Entry) -> String) -> String {
        let shown = all.count > 12 ? 10 : all.count
        let more = all.count - shown
        return all.prefix(shown).map(text).joined(separator: separator) + (more > 0 ? " and \(more) more" : "")
    }

    /// A missing name, and the unexpected one that may stand for it.
    private func withGuess(_ name: String) -> String {
        // Of a file for quite another network nothing would be learnt, at the cost of comparing all with all.
        guard unexpected.count * missing.count <= 10_000, let guess = nearest(to: name, among: unexpected) else {
            return name
        }
        return "\(name) (is it \(guess)?)"
    }
}

extension LoadingError {
    /// How what `source` holds differs from what is expected.
    init(_ source: String, holds shapes: [String: Shape], expected: [(name: String, shape: Shape)]) {
        let known = Set(expected.map(\.name))
        let count = "num_batches_tracked"
        self.init(
            source: source,
            // Checkpoints from before PyTorch 0.4.1 do not count batches, and nothing depends on the count.
            missing: expected.map(\.name).filter { shapes[$0] == nil && !$0.hasSuffix(count) },
            // A norm that is frozen has averages, and no use for their count.
            unexpected: shapes.keys.filter { name in
                !known.contains(name)
                    && !(name.hasSuffix(count) && known.contains(name.dropLast(count.utf8.count) + "running_mean"))
            }.sorted(),
            misshapen: expected.compactMap { name, shape in
                shapes[name].flatMap { $0 == shape ? nil : .init(name: name, expected: shape, found: $0) }
            })
    }
}
