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
