// What fine-tuning asks of a network.
extension ResolvedNetwork {
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
}

extension ResolvedNetwork {
    /// The network up to the layer that names classes, without auxiliary heads: its last layer is the one that gives
    /// features.
    func withoutClassifier() -> ResolvedNetwork {
        with(
            Array(
                layers.filter { !$0.isAuxiliary }.prefix {
                    if case .layer = $0.body { $0.specification.kind.outputs != .classes } else { true }
                }))
    }
}
