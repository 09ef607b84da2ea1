import SaccadeTensors

extension Graph {
    /// The network's layers in the order in which they run, and behind the layers of each block a line for the block.
    ///
    /// The operations that one layer applied are one line, called after it. Functions between layers have lines of
    /// their own, called after what they do; but an activation belongs to the layer right before it. A block that ends
    /// with a sum or a concatenation of its own has these in its line.
    ///
    /// - Parameter results: How many of the outputs are the network's own: what leads only to others belongs to
    ///   auxiliary heads.
    func lines(results: Int) -> [TracedLine] {
        var lines = LineCollector(self)
        for index in nodes.indices { lines.append(index) }
        return lines.withBlocks(reached: results < outputs.count ? reached(from: outputs.prefix(results)) : nil)
    }

    /// The operations that some values depend on.
    func reached(from outputs: some Sequence<Int>) -> Set<Int> {
        var needed = Set(outputs)
        var reached: Set<Int> = []
        for (index, node) in nodes.enumerated().reversed() where !needed.isDisjoint(with: node.results) {
            reached.insert(index)
            needed.formUnion(node.inputs)
        }
        return reached
    }
}

/// Collects the operations of a trace into lines.
private struct LineCollector {
    private struct Line {
        var line: TracedLine
        /// The blocks around it, from the outside in.
        var blocks: [String]
        /// Whether it is a layer that was named, and not a function between layers.
        var isLayer: Bool
        var kinds: [LayerKind]
    }

    private let graph: Graph
    private var lines: [Line] = []
    private let scopes: Set<String>
    /// Scopes with others within.
    private let composites: Set<String>
    /// Those that are more than numbered parts, as an array of layers is.
    private let blocks: Set<String>
    private let readers: [Int]
    private var counts: [String: Int] = [:]

    init(_ graph: Graph) {
        self.graph = graph
        let scopes = Set(graph.nodes.compactMap(\.scope))
        self.scopes = scopes
        composites = Set(scopes.flatMap(\.enclosingNames))
        blocks = Set(
            scopes.flatMap { scope in
                zip(scope.enclosingNames, scope.split(separator: ".").dropFirst()).filter { Int($1) == nil }.map(\.0)
            })
        var readers = [Int](repeating: 0, count: graph.values.count)
        for node in graph.nodes { for value in Set(node.inputs) { readers[value] += 1 } }
        for output in graph.outputs { readers[output] += 1 }
        self.readers = readers
    }

    mutating func append(_ index: Int) {
        let node = graph.nodes[index]
        let kind = LayerKind(node, in: graph)
        let scope = node.scope ?? ""
        let isLayer = !scope.isEmpty && !composites.contains(scope)
        if let last = lines.last, isLayer ? continues(node, last) : joins(node, kind, last) {
            lines[lines.count - 1].line.nodes.append(index)
            lines[lines.count - 1].line.output = node.results[0]
            lines[lines.count - 1].kinds.append(kind)
            return
        }
        let place = isLayer ? scope : blockEnding(with: node, kind) ?? scope
        lines.append(
            Line(
                line: TracedLine(
                    name: isLayer ? scope : name(of: kind, in: place), depth: 0, nodes: [index],
                    output: node.results[0]),
                blocks: (place.enclosingNames + [place]).filter(blocks.contains), isLayer: isLayer, kinds: [kind]))
    }

    /// The block that a sum or a concatenation outside of every named layer ends: it joins what the block gave last
    /// with what the block was given, or with other results of it.
    private func blockEnding(with node: Graph.Node, _ kind: LayerKind) -> String? {
        guard LayerKind(endOfBlock: kind) != nil, let last = lines.last, let block = last.blocks.last,
            node.inputs.contains(last.line.output), node.scope.map({ block.isPart(of: $0) }) ?? true
        else { return nil }
        let members = lines.reversed().prefix(while: { $0.blocks.contains(block) }).flatMap(\.line.nodes)
        let known = Set(members.flatMap { graph.nodes[$0].inputs + graph.nodes[$0].results })
        return node.inputs.allSatisfy(known.contains) ? block : nil
    }

    /// Whether an operation belongs to the same use of a layer as the one before it.
    private func continues(_ node: Graph.Node, _ last: Line) -> Bool {
        guard last.isLayer, last.line.name == node.scope else { return false }
        let before = Set(last.line.nodes.flatMap { graph.nodes[$0].inputs })
        // A layer that reads its weights once more is applied once more.
        return !node.inputs.contains { graph.values[$0].origin.parameter != nil && before.contains($0) }
    }

    /// Whether a function between layers belongs to the line before it: an activation, or one more crop or reshape.
    private func joins(_ node: Graph.Node, _ kind: LayerKind, _ last: Line) -> Bool {
        let scope = node.scope ?? ""
        guard node.inputs.first == last.line.output, readers[last.line.output] == 1,
            scope.isEmpty || last.line.name.isPart(of: scope)
        else { return false }
        if kind.isElementwise {
            return [.convolution, .upsampling, .dense, .normalization, .merging].contains(last.kinds[0].role)
                && !last.kinds.contains { $0.role == .activation }
        }
        return kind.role == .reshaping && !last.isLayer && last.kinds == [kind]
    }

    private mutating func name(of kind: LayerKind, in scope: String) -> String {
        let stem = (scope.isEmpty ? "" : scope + ".") + kind.nameStem
        while true {
            let count = (counts[stem] ?? 0) + 1
            counts[stem] = count
            // A layer may be called like that.
            let name = "\(stem)\(count)"
            if !scopes.contains(name) { return name }
        }
    }

    /// Functions that nobody has named, such as a crop, belong to the block that the layers before and behind them are of.
    private var withFunctionsInTheirBlocks: [Line] {
        var lines = lines
        for index in lines.indices where !lines[index].isLayer && lines[index].blocks.isEmpty {
            guard let before = lines[..<index].last(where: \.isLayer),
                let behind = lines[index...].first(where: \.isLayer)
            else { continue }
            lines[index].blocks = zip(before.blocks, behind.blocks).prefix { $0 == $1 }.map(\.0)
        }
        return lines
    }

    /// All lines, those of blocks where they end.
    ///
    /// - Parameter reached: The operations of the network itself; nil for all.
    func withBlocks(reached: Set<Int>?) -> [TracedLine] {
        let lines = withFunctionsInTheirBlocks
        var result: [TracedLine] = []
        /// How many lines each open block has so far.
        var open: [String: Int] = [:]
        for (index, collected) in lines.enumerated() {
            var line = collected.line
            line.depth = collected.blocks.count
            if let reached { line.isAuxiliary = line.nodes.allSatisfy { !reached.contains($0) } }
            let next = index + 1 < lines.count ? lines[index + 1].blocks : []
            var ending = collected.blocks.reversed().prefix(while: { !next.contains($0) })[...]
            if !collected.isLayer, let block = ending.first, block == collected.blocks.last, open[block] != nil,
                let kind = LayerKind(endOfBlock: collected.kinds[0])
            {
                (line.name, line.kind, line.depth) = (block, kind, line.depth - 1)
                ending = ending.dropFirst()
                open[block] = nil
            }
            result.append(line)
            for block in collected.blocks { open[block, default: 0] += 1 }
            for block in ending {
                open[block] = nil
                let depth = collected.blocks.firstIndex(of: block) ?? 0
                result.append(
                    TracedLine(
                        name: block, depth: depth, kind: .block, nodes: [], output: line.output,
                        isAuxiliary: line.isAuxiliary))
            }
        }
        return result
    }
}

extension LayerKind {
    /// What a block is that ends with such an operation of its own.
    fileprivate init?(endOfBlock kind: LayerKind) {
        switch kind {
        case .add: self = .residual
        case .concatenation: self = .parallel
        default: return nil
        }
    }
}

extension String {
    /// `layer1` and `layer1.0` of `layer1.0.conv1`.
    var enclosingNames: [String] {
        let parts = split(separator: ".")
        return parts.indices.dropFirst().map { parts[..<$0].joined(separator: ".") }
    }
}
