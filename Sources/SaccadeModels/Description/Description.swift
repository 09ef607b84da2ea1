import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// What a network costs, layer by layer: sizes, parameters, multiply-adds and memory.
///
/// Everything follows from shapes. Nothing is run, and no weights are drawn. Its JSON has the same keys as the
/// properties here.
public struct Description: Hashable, Sendable, Codable {
    /// One layer.
    public struct Layer: Hashable, Sendable, Codable {
        /// With the names of the blocks around it, as parameters are called: `layer1.0.conv1`.
        public var name: String
        /// The word for it in a recipe: `conv`, `maxpool`, `linear`, …
        public var kind: String
        /// How many blocks the layer lies in.
        public var depth: Int
        /// Height and width.
        public var kernel: [Int]?
        public var stride: [Int]?
        /// `valid`, `same`, a number of elements, or `height×width`.
        public var padding: String?
        public var dilation: [Int]?
        public var groups: Int?
        /// What is applied to the result in the same layer.
        public var activation: String?
        /// `[H, W, C]` of pictures, `[N]` of vectors.
        public var outputSize: [Int]
        /// The sum behind the size, such as `(240 − 7 + 0) / 1 + 1 = 234`.
        public var arithmetic: String
        public var weights: Int
        public var biases: Int
        /// Weights and biases that no layer before counted.
        public var parameters: Int
        /// The layer whose parameters this one uses.
        public var sharesParametersOf: String?
        /// Multiplications followed by an addition, for one picture.
        public var multiplyAdds: Int
        /// Of the output for one picture; 0 where it is the input's own memory under another shape.
        public var activationBytes: Int
        /// Whether the layer belongs to an auxiliary head, which totals leave out; `nil` where it does not.
        public var isAuxiliary: Bool?
    }

    /// Bytes at the most filled moment, in float32.
    public struct Memory: Hashable, Sendable, Codable {
        /// Pictures at a time.
        public var batch: Int
        public var parameterBytes: Int
        /// What the optimizer keeps: as many bytes as the parameters for each of its states.
        public var optimizerBytes: Int
        /// Parameters, and the results that are needed at the same time when each is freed after its last reader.
        public var inferenceBytes: Int
        /// Parameters, the optimizer's states, and the results and gradients that are needed at the same time in one
        /// step of training.
        public var trainingBytes: Int
    }

    public var name: String
    /// `[H, W, C]` of pictures, `[N]` of vectors.
    public var input: [Int]
    public var layers: [Layer]
    public var totalParameters: Int
    /// Of heads for training alone, beside the total.
    public var auxiliaryParameters: Int
    /// For one picture.
    public var totalMultiplyAdds: Int
    /// Of all layers, for one picture.
    public var totalActivationBytes: Int
    public var memory: Memory

    /// - Parameters:
    ///   - network: The layers.
    ///   - batch: Pictures at a time, for the memory.
    ///   - optimizerStates: Numbers that the optimizer keeps for each parameter: 0 for plain SGD, 1 with momentum, 2
    ///     for Adam.
    /// - Precondition: The batch is from 1 to ``maximumBatch``.
    public init(_ network: ResolvedNetwork, batch: Int = 1, optimizerStates: Int = 1) {
        require((1...Self.maximumBatch).contains(batch), "a batch of \(batch) pictures")
        name = network.name
        input = Self.size(network.input)
        var rows = DescriptionRows()
        rows.append(network.layers, depth: 0)
        layers = rows.layers
        let counted = layers.filter { $0.isAuxiliary == nil }
        totalParameters = counted.reduce(0) { $0 + $1.parameters }
        auxiliaryParameters = layers.reduce(0) { $0 + $1.parameters } - totalParameters
        totalMultiplyAdds = counted.reduce(0) { $0 + $1.multiplyAdds }
        totalActivationBytes = counted.reduce(0) { $0 + $1.activationBytes }
        memory = Memory(
            network, batch: batch, parameters: totalParameters, auxiliary: auxiliaryParameters,
            optimizerStates: optimizerStates)
    }

    /// The largest batch that memory is worked out for.
    public static let maximumBatch = 1 << 16

    /// `[H, W, C]` for `[C, H, W]`.
    static func size(_ shape: Shape) -> [Int] {
        shape.rank == 3 ? [shape[1], shape[2], shape[0]] : shape.dimensions
    }
}

/// Collects the rows of a network, counting every parameter once.
private struct DescriptionRows {
    var layers: [Description.Layer] = []
    private var counted: Set<Parameter> = []

    mutating func append(_ resolved: [ResolvedLayer], depth: Int) {
        for layer in resolved {
            let first = layers.count
            switch layer.body {
            case .residual(let body, let shortcut):
                append(body, depth: depth + 1)
                append(shortcut, depth: depth + 1)
            case .parallel(let branches): for branch in branches { append(branch, depth: depth + 1) }
            case .auxiliary(let head, _): append(head, depth: depth + 1)
            case .layer, .activation: break
            }
            layers.append(row(layer, depth))
            if case .auxiliary = layer.body { for index in first..<layers.count { layers[index].isAuxiliary = true } }
        }
    }

    private mutating func row(_ layer: ResolvedLayer, _ depth: Int) -> Description.Layer {
        var row = Description.Layer(
            name: layer.path, kind: layer.specification.kind.name, depth: depth,
            padding: layer.padding.map(Self.text), activation: layer.activation?.name,
            outputSize: Description.size(layer.output), arithmetic: layer.arithmetic, weights: 0, biases: 0,
            parameters: 0, sharesParametersOf: layer.shares, multiplyAdds: layer.multiplyAdds,
            activationBytes: layer.output.elementCount * MemoryLayout<Float>.stride)
        switch layer.specification.kind {
        case .convolution(let conv):
            (row.kernel, row.stride) = (conv.kernel.both, conv.stride.both)
            row.dilation = conv.dilation == 1 ? nil : conv.dilation.both
            row.groups = conv.groups == 1 ? nil : conv.groups
        case .upConvolution(let conv):
            (row.kernel, row.stride) = (conv.kernel.both, conv.stride.both)
            row.dilation = conv.dilation == 1 ? nil : conv.dilation.both
            row.groups = conv.groups == 1 ? nil : conv.groups
        case .pool(let pool): (row.kernel, row.stride) = (pool.kernel.both, pool.stride.both)
        case .padChannels(_, let stride): row.stride = stride.both
        case .flatten, .dropout, .auxiliary: row.activationBytes = 0
        default: break
        }
        if case .layer(let body) = layer.body {
            for (name, parameter) in body.parameters where counted.insert(parameter).inserted {
                if name == "bias" {
                    row.biases += parameter.shape.elementCount
                } else {
                    row.weights += parameter.shape.elementCount
                }
            }
        }
        row.parameters = row.weights + row.biases
        return row
    }

    private static func text(_ padding: Padding) -> String {
        switch padding {
        case .valid: "valid"
        case .same: "same"
        case .pixels(let pair): pair.description
        }
    }
}
