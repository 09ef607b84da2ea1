/// What a layer does, under the word for it in recipes and tables.
public enum LayerKind: String, Sendable, Hashable, Codable, CaseIterable {
    case convolution = "conv"
    case transposedConvolution = "upconv"
    case linear
    case matrixProduct = "matmul"
    case embedding

    case maxPool = "maxpool"
    case averagePool = "avgpool"
    case globalAveragePool = "global-avgpool"
    case adaptiveAveragePool = "adaptive-avgpool"
    case unpool, resize
    case roiAlign = "roi-align"
    case roiPool = "roi-pool"

    case batchNorm = "batchnorm"
    case localResponseNorm = "lrn"
    case layerNorm = "layernorm"

    case relu
    case leakyReLU = "leaky-relu"
    case sigmoid, tanh, gelu, softmax
    case logSoftmax = "log-softmax"

    /// Two results added.
    case add
    /// Results joined along the channels.
    case concatenation = "concat"
    /// A block that ends with the sum of two results.
    case residual
    /// A block that ends with results joined along the channels.
    case parallel
    /// A head for training alone.
    case auxiliary
    /// Any other block.
    case block

    case dropout, flatten, reshape, transpose, crop, pad
    case padChannels = "pad-channels"
    /// Elements chosen by their places.
    case gather
    /// Sums, means and extremes along axes.
    case reduction
    /// Any other function of the elements.
    case arithmetic
    case other

    /// For which purpose a layer is there; figures colour by it.
    public enum Role: String, Sendable, Hashable, Codable {
        case convolution, upsampling, pooling, normalization, activation, dense, merging
        /// The same elements in another shape, or some of them.
        case reshaping
        case other
    }

    public var role: Role {
        switch self {
        case .convolution: .convolution
        case .transposedConvolution, .unpool, .resize: .upsampling
        case .maxPool, .averagePool, .globalAveragePool, .adaptiveAveragePool, .roiAlign, .roiPool: .pooling
        case .batchNorm, .localResponseNorm, .layerNorm: .normalization
        case .relu, .leakyReLU, .sigmoid, .tanh, .gelu, .softmax, .logSoftmax: .activation
        case .linear, .matrixProduct, .embedding: .dense
        case .add, .concatenation, .residual, .parallel: .merging
        case .flatten, .reshape, .transpose, .crop, .pad, .padChannels: .reshaping
        case .dropout, .gather, .reduction, .arithmetic, .auxiliary, .block, .other: .other
        }
    }

    /// The words for it in figures.
    public var title: String {
        switch self {
        case .transposedConvolution: "up-conv"
        case .maxPool: "max pool"
        case .averagePool: "average pool"
        case .globalAveragePool: "global average"
        case .adaptiveAveragePool: "adaptive average"
        case .roiAlign: "RoIAlign"
        case .roiPool: "RoI pool"
        case .batchNorm: "batch norm"
        case .localResponseNorm: "LRN"
        case .layerNorm: "layer norm"
        case .relu: "ReLU"
        case .leakyReLU: "leaky ReLU"
        case .gelu: "GELU"
        case .residual: "residual block"
        case .parallel: "branches"
        case .concatenation: "concatenation"
        case .matrixProduct: "matrix product"
        default: rawValue
        }
    }

    /// What a layer without a name of its own is called, before its number.
    var nameStem: String {
        switch self {
        case .maxPool, .averagePool, .globalAveragePool, .adaptiveAveragePool: "pool"
        case .leakyReLU: "relu"
        case .linear: "fc"
        case .batchNorm, .localResponseNorm, .layerNorm: "norm"
        default: rawValue
        }
    }
}
