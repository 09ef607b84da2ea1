public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// A network taken apart into its layers, to look at what goes from one to the next.
///
/// The layers follow from a trace, so that any ``Model`` can be looked into; those of a recipe are its lines. It shares
/// the network's parameters.
public struct LayerByLayer: Layer {
    /// How finely a network is taken apart.
    public enum Detail: Sendable {
        /// Every layer, also those within blocks.
        case layers
        /// Blocks as a whole.
        case blocks
    }

    /// A layer, with its activation where that belongs to it, or a whole block.
    public struct Stage: Sendable {
        /// What its parameters are called after.
        public let name: String
        public let kind: LayerKind
        /// Of one image, without the batch: `[C, H, W]` or `[N]`.
        public let output: Shape
        /// Whether it has weights that slide over an image.
        public let isConvolution: Bool
        /// Whether it gives each number of its input another value, and mixes none of different places.
        public let isPointwise: Bool
        /// Whether it gives numbers on a grid of more than one place.
        public let isSpatial: Bool
        /// The values that it is given, and the one that it gives; indices into the graph's values.
        let sources: [Int]
        let value: Int
        /// The operation that gives it; nil where it hands on an input.
        let node: Int?
    }

    public let name: String
    /// Of one image or vector, without the batch: `[C, H, W]` or `[N]`.
    public let input: Shape
    /// Of one image's scores, without the batch.
    public let output: Shape
    /// From input to output. A softmax at the end of a recipe is not among them, so that the last one gives scores.
    public let stages: [Stage]
    let model: any Model
    private let filters: Parameter?

    /// - Parameters:
    ///   - model: Any network.
    ///   - name: What to call it.
    ///   - detail: How finely it is taken apart.
    ///   - sizes: Lengths of free axes by the name of the input, in place of the usual ones.
    public init(_ model: some Model, name: String, detail: Detail = .layers, sizes: [String: [Int]] = [:]) {
        let shapes = model.inputs.map { $0.shape(batch: 1, free: sizes[$0.name]) }
        self.init(name, model, shapes, detail) { $0.lines(results: $0.outputs.count) }
    }

    /// A network from a recipe, in lines.
    public init(_ resolved: ResolvedNetwork, detail: Detail = .blocks) {
        let resolved = resolved.endingWithScores
        self.init(
            resolved.name, Network(resolved, fuses: false), [Shape([1] + resolved.input.dimensions)], detail
        ) { resolved.lines(in: $0) }
    }

    private init(
        _ name: String, _ model: any Model, _ shapes: [Shape], _ detail: Detail, _ lines: (Graph) -> [TracedLine]
    ) {
        let graph = Trace.of(shapes, names: model.parameterNames) { model($0) }
        (self.name, self.model) = (name, model)
        input = shapes[0].withoutBatch
        output = graph.values[graph.outputs[0]].shape.withoutBatch
        stages = graph.stages(lines(graph), detail)
        filters =
            graph.nodes.lazy.filter { LayerKind($0, in: graph) == .convolution }
            .compactMap { graph.values[$0.inputs[1]].origin.parameter }.first
    }

    public var children: [(name: String, value: Any)] { model.children }

    /// The scores: what the last stage gives.
    ///
    /// - Parameter x: `[N, …]` with ``input``; of a network with several inputs see ``activations(of:)-([Tensor])``.
    public func callAsFunction(_ x: Tensor) -> Tensor { model([x])[0] }

    /// What each stage gives, in order.
    ///
    /// - Parameter x: `[N, …]` with ``input``.
    public func activations(of x: Tensor) -> [Tensor] { activations(of: [x]) }

    /// - Parameter inputs: One tensor for each input of the network.
    public func activations(of inputs: [Tensor]) -> [Tensor] {
        let graph = Trace.of(inputs.map(\.shape)) { model($0) }
        return graph.results(on: inputs, of: stages.map(\.value))
    }

    /// The weights of the first convolution, `[O, C, KH, KW]`; nil where a network has none.
    public var firstFilters: Tensor? { filters?.value }

    /// The stage whose activations tell most about where something is: the last with a convolution and several places,
    /// or what follows it point by point. Nil where there is none.
    public var lastConvolution: Int? {
        guard var index = stages.lastIndex(where: { $0.isConvolution && $0.isSpatial }) else { return nil }
        while index + 1 < stages.count, stages[index + 1].isPointwise, stages[index + 1].isSpatial,
            stages[index + 1].sources == [stages[index].value]
        {
            index += 1
        }
        return index
    }
}

extension Graph {
    /// Lines as stages; within blocks that are looked at as a whole, those of the parts belong to the block's.
    fileprivate func stages(_ lines: [TracedLine], _ detail: LayerByLayer.Detail) -> [LayerByLayer.Stage] {
        var stages: [LayerByLayer.Stage] = []
        var parts: [Int] = []
        for var line in lines {
            switch detail {
            case .layers: if line.kind == .block { continue }
            case .blocks:
                parts += line.nodes
                guard line.depth == 0 else { continue }
                (line.nodes, parts) = (parts, [])
            }
            stages.append(stage(line))
        }
        return stages
    }

    private func stage(_ line: TracedLine) -> LayerByLayer.Stage {
        let kinds = line.nodes.map { LayerKind(nodes[$0], in: self) }
        let output = values[line.output].shape.withoutBatch
        var node: Int?
        if case .result(let index, _) = values[line.output].origin { node = index }
        return LayerByLayer.Stage(
            name: line.name, kind: line.kind ?? LayerKind(kinds), output: output,
            isConvolution: kinds.contains { $0 == .convolution || $0 == .transposedConvolution },
            isPointwise: kinds.allSatisfy { $0.isElementwise || $0 == .batchNorm },
            isSpatial: output.rank == 3 && output[1] * output[2] > 1 && node != nil, sources: sources(of: line),
            value: line.output, node: node)
    }
}

extension ResolvedNetwork {
    /// The network without a softmax at its end.
    fileprivate var endingWithScores: ResolvedNetwork {
        guard let last = layers.last, last.specification.kind == .activation(.softmax) else { return self }
        return ResolvedNetwork(
            name: name, source: source, input: input, output: last.input, layers: layers.dropLast(), classes: classes)
    }
}

extension Shape {
    fileprivate var withoutBatch: Shape { Shape(Array(dimensions.dropFirst())) }
}
