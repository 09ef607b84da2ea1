import SaccadeTensors

extension ResolvedNetwork {
    /// The lines of the recipe in the order in which they run, each block's own behind those of its parts.
    ///
    /// - Parameter graph: The trace of the network with nothing joined across lines.
    func lines(in graph: Graph) -> [TracedLine] {
        var lines = RecipeLines(nodes: Dictionary(grouping: graph.nodes.indices) { graph.nodes[$0].scope ?? "" }, graph)
        let input = graph.values.firstIndex { if case .input(0) = $0.origin { true } else { false } }
        _ = lines.append(layers, input ?? 0, depth: 0)
        return lines.lines
    }
}

/// What the trace cannot know: layers that do nothing while they predict, and what lines are called in recipes.
private struct RecipeLines {
    private(set) var lines: [TracedLine] = []
    private let nodes: [String: [Int]]
    private let graph: Graph

    init(nodes: [String: [Int]], _ graph: Graph) { (self.nodes, self.graph) = (nodes, graph) }

    /// - Parameter value: What the first layer is given, an index into the graph's values.
    /// - Returns: What the last one gives.
    mutating func append(_ layers: [ResolvedLayer], _ value: Int, depth: Int, isAuxiliary: Bool = false) -> Int {
        var value = value
        for layer in layers {
            var isAuxiliary = isAuxiliary
            switch layer.body {
            case .residual(let body, let shortcut):
                for part in [body, shortcut] { _ = append(part, value, depth: depth + 1, isAuxiliary: isAuxiliary) }
            case .parallel(let branches):
                for branch in branches { _ = append(branch, value, depth: depth + 1, isAuxiliary: isAuxiliary) }
            case .auxiliary(let head, _):
                isAuxiliary = true
                _ = append(head, value, depth: depth + 1, isAuxiliary: true)
            case .layer, .activation: break
            }
            let own = nodes[layer.path] ?? []
            if let last = own.last { value = graph.nodes[last].results[0] }
            lines.append(
                TracedLine(
                    name: layer.path, depth: depth, kind: LayerKind(rawValue: layer.specification.kind.name),
                    nodes: own, output: value, isAuxiliary: isAuxiliary))
        }
        return value
    }
}
