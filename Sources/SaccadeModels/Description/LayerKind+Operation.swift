import SaccadeTensors

extension LayerKind {
    /// The kind of one operation of a traced network.
    init(_ node: Graph.Node, in graph: Graph) {
        let input = node.inputs.first.map { graph.values[$0].shape } ?? []
        let readsParameter = node.inputs.first.map { graph.values[$0].origin.parameter != nil } ?? false
        self =
            switch node.operation.form {
            case .convolution: .convolution
            case .transposedConvolution: .transposedConvolution
            case .pooling(.maximum, _, _, _, _, _), .indexedPooling: .maxPool
            case .unpooling: .unpool
            case .roiAlign: .roiAlign
            case .roiPool: .roiPool
            // A global mean is an average over windows as large as the image.
            case .pooling(.average(countIncludePad: false), let kernel, _, _, _, _)
            where kernel.both == Array(input.dimensions.suffix(2)):
                .globalAveragePool
            case .pooling: .averagePool
            case .linear: .linear
            case .matrixProduct: .matrixProduct
            case .batchNorm: .batchNorm
            case .layerNorm: .layerNorm
            case .localResponseNorm: .localResponseNorm
            case .softmax(_, let isLogarithm): isLogarithm ? .logSoftmax : .softmax
            case .unary(let unary): LayerKind(unary)
            case .binary(.add): .add
            case .binary: .arithmetic
            case .reduction, .argMax, .topK: .reduction
            case .reshape(let shape): shape.rank == 2 && input.rank > 2 ? .flatten : .reshape
            case .transpose: .transpose
            case .broadcast: .reshape
            case .concatenation: .concatenation
            case .slice: .crop
            case .placement: .pad
            case .indexSelect: readsParameter ? .embedding : .gather
            case .gather: .gather
            case .resize: .resize
            case .separableResampling: .adaptiveAveragePool
            case nil: .other
            }
    }

    private init(_ unary: Unary) {
        self =
            switch unary {
            case .relu(slope: 0): .relu
            case .relu: .leakyReLU
            case .sigmoid: .sigmoid
            case .tanh: .tanh
            case .gelu: .gelu
            case .exp, .log, .squareRoot, .absolute, .clamp: .arithmetic
            }
    }

    /// The activation that an operation applies to its own result.
    init?(_ activation: Activation?) {
        guard let activation else { return nil }
        self.init(activation.unary)
    }

    /// The kind of operations that are done one after another.
    init(_ kinds: [LayerKind]) {
        guard !kinds.isEmpty else {
            self = .other
            return
        }
        let kind = kinds[Self.main(of: kinds)]
        self = kind == .crop && kinds.last == .pad ? .padChannels : kind
    }

    /// Which of several operations gives the line its kind; the rest is an activation or a change of shape.
    static func main(of kinds: [LayerKind]) -> Int {
        kinds.firstIndex { ![.activation, .reshaping].contains($0.role) } ?? 0
    }

    /// Whether each number of the result depends on the number at the same place alone.
    var isElementwise: Bool { role == .activation && self != .softmax && self != .logSoftmax }
}

extension Graph.Origin {
    var parameter: Parameter? { if case .parameter(let parameter) = self { parameter } else { nil } }
}

extension Graph {
    /// Multiplications that are followed by an addition. The bounds on layers of recipes keep the sum countable.
    func multiplyAdds(of nodes: some Sequence<Int>) -> Int {
        nodes.reduce(0) { sum, index in
            let node = self.nodes[index]
            return sum
                + node.operation.multiplyAdds(
                    node.inputs.map { values[$0].shape }, node.results.map { values[$0].shape })
        }
    }

    /// The parameters that some operations read, in order.
    func parameters(of nodes: [Int]) -> [Parameter] {
        nodes.flatMap { self.nodes[$0].inputs.compactMap { values[$0].origin.parameter } }
    }

    /// The values that a line is given, inputs and results of others, in order.
    func sources(of line: TracedLine) -> [Int] {
        guard !line.nodes.isEmpty else { return [line.output] }
        let own = Set(line.nodes.flatMap { nodes[$0].results })
        return line.nodes.flatMap { nodes[$0].inputs }.filter { value in
            switch values[value].origin {
            case .input: true
            case .result: !own.contains(value)
            case .parameter, .constant, .released: false
            }
        }
    }
}
