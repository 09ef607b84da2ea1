public import SaccadeLayers
public import SaccadeTensors

/// A network taken apart into the lines of its recipe, to look at what goes from one to the next.
///
/// It computes what ``Network`` computes, and shares its parameters when both are made from the same
/// ``ResolvedNetwork``; nothing is joined across lines, so every line has a result of its own.
public struct LayerByLayer: Layer {
    /// One line of the recipe: a layer, with its activation if it names one, or a whole block.
    public struct Stage: Layer {
        /// What its parameters are called after.
        public let name: String
        /// The word for it in a recipe: `conv`, `maxpool`, `residual`, …
        public let kind: String
        /// Of one picture, without the batch: `[C, H, W]` or `[N]`.
        public let output: Shape
        /// Whether it has weights that slide over a picture.
        public let isConvolution: Bool
        /// Whether it gives each number of its input another value, and mixes none of different places.
        public let isPointwise: Bool
        let isSoftmax: Bool
        let block: Block

        init(_ layer: ResolvedLayer) {
            (name, output, block) = (layer.name, layer.output, Block([layer]).fused())
            kind = layer.specification.kind.name
            (isConvolution, isPointwise, isSoftmax) =
                switch layer.specification.kind {
                case .convolution, .upConvolution, .residual, .parallel: (true, false, false)
                case .activation(.softmax): (false, false, true)
                case .activation, .batchNorm, .dropout: (false, true, false)
                default: (false, false, false)
                }
        }

        public var children: [(name: String, value: Any)] { block.children }

        /// - Parameter x: `[N, …]`, of the shape that the stage before gives.
        /// - Returns: `[N, …]` with ``output``.
        public func callAsFunction(_ x: Tensor) -> Tensor { block(x) }

        /// Whether it gives numbers on a grid of more than one place.
        public var isSpatial: Bool { output.rank == 3 && output[1] * output[2] > 1 }
    }

    public let name: String
    /// Of one picture or vector, without the batch: `[C, H, W]` or `[N]`.
    public let input: Shape
    /// From input to output; a softmax at the end is not among them, so that the last one gives scores.
    public let stages: [Stage]

    public init(_ resolved: ResolvedNetwork) {
        (name, input) = (resolved.name, resolved.input)
        let stages = resolved.layers.map(Stage.init)
        self.stages = stages.last?.isSoftmax == true ? Array(stages.dropLast()) : stages
    }

    /// A network taken apart, with the same parameters.
    public init(_ network: Network) { self.init(network.resolved) }

    public var children: [(name: String, value: Any)] { stages.flatMap(\.children) }

    /// Of one picture's scores, without the batch.
    public var output: Shape { stages.last?.output ?? input }

    /// The scores: what the last stage gives, before any softmax.
    ///
    /// - Parameter x: `[N, …]` with ``input``.
    public func callAsFunction(_ x: Tensor) -> Tensor { stages.reduce(x) { $1($0) } }

    /// What each stage gives, in order.
    ///
    /// - Parameter x: `[N, …]` with ``input``.
    public func activations(of x: Tensor) -> [Tensor] {
        var activation = x
        return stages.map { stage in
            activation = stage(activation)
            return activation
        }
    }

    /// The weights of the first convolution that sees the input, `[O, C, KH, KW]`; nil where a network does not begin
    /// with one.
    public var firstFilters: Tensor? {
        stages.lazy.compactMap { $0.block.firstConvolution }.first?.weight.value
    }

    /// The stage whose activations tell most about where something is: the last with a convolution and several places,
    /// or what follows it point by point. Nil where there is none.
    public var lastConvolution: Int? {
        guard var index = stages.lastIndex(where: { $0.isConvolution && $0.isSpatial }) else { return nil }
        while index + 1 < stages.count, stages[index + 1].isPointwise { index += 1 }
        return index
    }
}

extension Block {
    /// The first convolution on the way, in the body of a block if it comes to that.
    fileprivate var firstConvolution: Conv2D? {
        for step in steps {
            switch step {
            case .convolution(let block, _): return block.conv
            case .residual(let body, _, _, _):
                if let conv = body.part.firstConvolution { return conv }
            case .parallel(let branches):
                if let conv = branches.part.lazy.compactMap(\.firstConvolution).first { return conv }
            case .layer, .activation, .activatedNorm, .auxiliary: continue
            }
        }
        return nil
    }
}
