import SaccadeLayers
import SaccadeTensors

/// Works out the rows of a summary, counting every parameter once.
struct SummaryRows {
    private(set) var layers: [ModelSummary.Layer] = []
    /// Of all parameters that the network has.
    let parameterCount: Int
    private let names: [Parameter: String]
    /// The layers that counted them.
    private var owners: [Parameter: String] = [:]

    init(_ model: some StagedModel) {
        let parameters = model.parameters
        names = Dictionary(parameters.map { ($0.parameter, $0.name) }) { first, _ in first }
        parameterCount = parameters.reduce(0) { $0 + $1.parameter.shape.elementCount }
    }

    mutating func append(_ stage: TracedStage) {
        let graph = stage.graph
        // The row that each value comes from, the last where several hand it on.
        var makers: [Int: Int] = [:]
        for line in stage.lines(graph) {
            var row = ModelSummary.Layer(line, in: graph, of: stage)
            count(line, graph, &row)
            let sources = graph.sources(of: line).map { makers[$0] ?? -1 }.unique
            row.sources = sources == [layers.count - 1] ? nil : sources
            for value in [line.output] + line.nodes.flatMap({ graph.nodes[$0].results }) {
                makers[value] = layers.count
            }
            layers.append(row)
        }
    }

    /// Adds the parameters that a line reads and no line before has counted.
    private mutating func count(_ line: TracedLine, _ graph: Graph, _ row: inout ModelSummary.Layer) {
        for parameter in graph.parameters(of: line.nodes) {
            if let owner = owners[parameter] {
                row.sharesParametersOf = row.sharesParametersOf ?? owner
                continue
            }
            owners[parameter] = row.name
            let name = names[parameter].flatMap { $0.split(separator: ".").last } ?? ""
            if name.hasPrefix("bias") {
                row.biases += parameter.shape.elementCount
            } else {
                row.weights += parameter.shape.elementCount
            }
        }
        row.parameters = row.weights + row.biases
    }
}

extension ModelSummary.Layer {
    /// A row without its parameters and sources.
    fileprivate init(_ line: TracedLine, in graph: Graph, of stage: TracedStage) {
        let kinds = line.nodes.map { LayerKind(graph.nodes[$0], in: graph) }
        let main = LayerKind.main(of: kinds)
        let kind = line.kind ?? LayerKind(kinds)
        let output = graph.values[line.output].shape
        self.init(
            name: stage.name.isEmpty || line.name.isPart(of: stage.name) ? line.name : "\(stage.name).\(line.name)",
            kind: kind, depth: line.depth, outputSize: stage.size(output),
            arithmetic: graph.arithmetic(of: line, kind, in: stage), weights: 0, biases: 0, parameters: 0,
            multiplyAdds: graph.multiplyAdds(of: line.nodes),
            activationBytes: line.nodes.isEmpty || kind.keepsMemory
                ? 0 : output.elementCount * MemoryLayout<Float>.stride,
            isAuxiliary: line.isAuxiliary ? true : nil)
        guard !line.nodes.isEmpty else { return }
        let node = graph.nodes[line.nodes[main]]
        take(node.operation.form, kernel: { Array(graph.values[node.inputs[1]].shape.dimensions.suffix(2)) })
        if kind == .padChannels { stride = graph.steps(of: line).both }
        if let last = kinds.dropFirst(main + 1).last(where: { $0.role == .activation }) { activation = last }
    }

    /// What an operation says of its window.
    private mutating func take(_ form: OperationForm?, kernel weights: () -> [Int]) {
        switch form {
        case .convolution(let stride, let padding, let dilation, let groups, let activation):
            (kernel, self.stride, self.padding) = (weights(), stride.both, padding.text)
            self.dilation = dilation == 1 ? nil : dilation.both
            self.groups = groups == 1 ? nil : groups
            self.activation = LayerKind(activation)
        case .transposedConvolution(let stride, let padding, _, let dilation, let groups, let activation):
            (kernel, self.stride, self.padding) = (weights(), stride.both, padding.description)
            self.dilation = dilation == 1 ? nil : dilation.both
            self.groups = groups == 1 ? nil : groups
            self.activation = LayerKind(activation)
        case .pooling(_, let kernel, let stride, let padding, _, _) where kind == .maxPool || kind == .averagePool,
            .indexedPooling(let kernel, let stride, let padding, _, _):
            (self.kernel, self.stride, self.padding) = (kernel.both, stride.both, padding.text)
        case .linear(let activation): self.activation = LayerKind(activation)
        default: break
        }
    }
}

extension LayerKind {
    /// Whether the result is the input's own memory, perhaps under another shape.
    fileprivate var keepsMemory: Bool {
        switch self {
        case .flatten, .reshape, .dropout, .auxiliary, .block: true
        default: false
        }
    }
}

extension TracedStage {
    /// The sizes of its inputs by their names.
    var sizes: [String: [Int]] {
        Dictionary(zip(model.inputs.map(\.name), shapes.map(size))) { first, _ in first }
    }

    /// `[H, W, C]` for `[N, C, H, W]`, and without the samples where these come first.
    func size(_ shape: Shape) -> [Int] {
        let lengths =
            model.inputs.first?.lengths.first == .batch ? Array(shape.dimensions.dropFirst()) : shape.dimensions
        return lengths.count == 3 ? [lengths[1], lengths[2], lengths[0]] : lengths
    }
}

extension Padding {
    /// `valid`, `same`, a number of elements, or `height×width`.
    fileprivate var text: String {
        switch self {
        case .valid: "valid"
        case .same: "same"
        case .pixels(let pair): pair.description
        }
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it first stands.
    fileprivate var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
