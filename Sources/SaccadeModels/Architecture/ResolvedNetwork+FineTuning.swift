import SaccadeLayers
public import SaccadeSettings

// What fine-tuning asks of a network: parts that stay as they are, and the layers that tell the classes apart.
extension ResolvedNetwork {
    /// The network, sharing its parameters, with the batch norms of some parts frozen: they use the running statistics
    /// that they have, and keep them.
    ///
    /// - Parameter names: Of layers or of blocks around them, such as `conv1` or `layer2`.
    /// - Throws: ``RecipeError`` where a name fits nothing.
    public func freezing(_ names: [String]) throws(RecipeError) -> ResolvedNetwork {
        let parameters = Network(self).parameters.map(\.name)
        for name in names where !parameters.contains(where: { $0.isPart(of: name) }) {
            let parts = Set(parameters.flatMap(\.enclosing)).sorted()
            let guess = nearest(to: name, among: parts).map { "did you mean \($0)?" }
            throw RecipeError(
                "freeze names “\(name)”, and no part with weights is called so; "
                    + (guess
                        ?? "there are \(Set(parameters.compactMap(\.enclosing.first)).sorted().joined(separator: ", "))"),
                at: Location(file: source))
        }
        guard parameters.contains(where: { parameter in !names.contains { parameter.isPart(of: $0) } }) else {
            throw RecipeError(
                "freeze leaves nothing to train; leave out the last layer", at: Location(file: source))
        }
        return with(Self.freezing(names, in: layers))
    }

    private static func freezing(_ names: [String], in layers: [ResolvedLayer]) -> [ResolvedLayer] {
        layers.map { layer in
            var layer = layer
            switch layer.body {
            case .layer(let norm as BatchNorm2D):
                if names.contains(where: { layer.path.isPart(of: $0) }) { layer.body = .layer(norm.frozen) }
            case .layer, .activation: break
            case .residual(let body, let shortcut):
                layer.body = .residual(body: freezing(names, in: body), shortcut: freezing(names, in: shortcut))
            case .parallel(let branches): layer.body = .parallel(branches.map { freezing(names, in: $0) })
            case .auxiliary(let head, let weight): layer.body = .auxiliary(freezing(names, in: head), weight: weight)
            }
            return layer
        }
    }

    /// The paths of the layers whose outputs are as many as there are classes.
    public var classifiers: [String] { Self.classifiers(in: layers) }

    private static func classifiers(in layers: [ResolvedLayer]) -> [String] {
        layers.flatMap { layer -> [String] in
            switch layer.body {
            case .layer: layer.specification.kind.outputs == .classes ? [layer.path] : []
            case .activation: []
            case .residual(let body, let shortcut): classifiers(in: body + shortcut)
            case .parallel(let branches): branches.flatMap(classifiers(in:))
            case .auxiliary(let head, _): classifiers(in: head)
            }
        }
    }
}

extension String {
    /// Whether this is the name of `whole`, or of something in it: `layer1.0.conv1` is part of `layer1`, and
    /// `layer10.0` is not.
    package func isPart(of whole: String) -> Bool { self == whole || hasPrefix(whole + ".") }

    /// `layer1`, `layer1.0` and `layer1.0.conv1` of `layer1.0.conv1.weight`.
    fileprivate var enclosing: [String] {
        let parts = split(separator: ".")
        return parts.indices.dropFirst().map { parts[..<$0].joined(separator: ".") }
    }
}
