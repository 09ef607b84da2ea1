public import SaccadeSettings
public import SaccadeTensors

/// One layer as a recipe describes it: what is asked for, before anybody knows what size it meets.
public struct LayerSpecification: Hashable, Sendable {
    /// What the layer does, with its settings.
    public indirect enum Kind: Hashable, Sendable {
        case convolution(ConvolutionSpecification)
        case transposedConvolution(TransposedConvolutionSpecification)
        case pool(PoolSpecification)
        /// The mean of every channel.
        case globalAveragePool
        /// The means of as many windows as the result has places.
        case adaptiveAveragePool(Pair)
        case batchNorm(epsilon: Float, momentum: Float)
        case localResponseNorm(size: Int, alpha: Float, beta: Float, k: Float)
        case layerNorm(epsilon: Float)
        /// Sets elements to zero with this probability while training.
        case dropout(Float)
        case flatten
        case linear(LinearSpecification)
        case activation(ActivationSpecification)
        /// The body's result plus the shortcut's; an empty shortcut is the input itself.
        case residual(body: [LayerSpecification], shortcut: [LayerSpecification], activation: ActivationSpecification?)
        /// Branches that all see the input; their results are joined along the channels.
        case parallel([[LayerSpecification]])
        /// Every so many places, and channels of zeros on both sides until there are this many.
        case padChannels(Int, stride: Pair)
        /// A head for training alone: the chain's input goes on unchanged, and the loss of the head's own result counts
        /// `weight` beside that of the network's.
        case auxiliary([LayerSpecification], weight: Float)
    }

    public var kind: Kind
    /// The layer's name; `nil` leaves it to its kind and number, as in `conv1`.
    public var name: String?
    public var location: Location?

    public init(_ kind: Kind, name: String? = nil, location: Location? = nil) {
        self.kind = kind
        self.name = name
        self.location = location
    }
}

/// How many channels, or numbers of a vector, a layer with weights gives.
public enum OutputCount: Hashable, Sendable {
    case count(Int)
    /// As many as there are classes to tell apart.
    case classes
}

/// A learned convolution.
public struct ConvolutionSpecification: Hashable, Sendable {
    public var channels: OutputCount
    public var kernel: Pair
    public var stride: Pair = 1
    /// `nil` is that of the whole network: valid, or what `--padding` says.
    public var padding: Padding?
    public var dilation: Pair = 1
    public var groups = 1
    public var bias = true
    public var activation: ActivationSpecification?
    /// The layer whose weights this one uses, too.
    public var shares: String?

    public init(channels: OutputCount, kernel: Pair) {
        self.channels = channels
        self.kernel = kernel
    }
}

/// A learned transposed convolution.
public struct TransposedConvolutionSpecification: Hashable, Sendable {
    public var channels: OutputCount
    public var kernel: Pair
    public var stride: Pair = 1
    public var padding: Pair = 0
    public var outputPadding: Pair = 0
    public var dilation: Pair = 1
    public var groups = 1
    public var bias = true
    public var activation: ActivationSpecification?
    /// The layer whose weights this one uses, too.
    public var shares: String?

    public init(channels: OutputCount, kernel: Pair) {
        self.channels = channels
        self.kernel = kernel
    }
}

/// The largest element or the mean of each window.
public struct PoolSpecification: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case maximum = "maxpool"
        case average = "avgpool"
    }

    public var kind: Kind
    public var kernel: Pair
    public var stride: Pair
    public var padding: Padding = .valid
    /// Whether a last window that only partly fits counts.
    public var ceilMode = false
    /// Whether an average counts the padding as elements.
    public var countIncludePad = true

    /// - Parameter stride: `nil` puts windows side by side.
    public init(_ kind: Kind, kernel: Pair, stride: Pair? = nil) {
        self.kind = kind
        self.kernel = kernel
        self.stride = stride ?? kernel
    }
}

/// A fully connected layer.
public struct LinearSpecification: Hashable, Sendable {
    public var units: OutputCount
    public var bias = true
    public var activation: ActivationSpecification?
    /// The layer whose weights this one uses, too.
    public var shares: String?

    public init(_ units: OutputCount) { self.units = units }
}

/// A function applied to every element, or softmax over the channels.
public enum ActivationSpecification: Hashable, Sendable {
    case relu, sigmoid, tanh, gelu, softmax
    case leakyReLU(slope: Float)

    /// The word for it in a recipe.
    public var name: String {
        switch self {
        case .relu: "relu"
        case .leakyReLU: "leaky-relu"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .gelu: "gelu"
        case .softmax: "softmax"
        }
    }
}

extension LayerSpecification.Kind {
    /// The word for it in a recipe, which tables show as well.
    public var name: String {
        switch self {
        case .convolution: "conv"
        case .transposedConvolution: "upconv"
        case .pool(let pool): pool.kind.rawValue
        case .globalAveragePool: "global-avgpool"
        case .adaptiveAveragePool: "adaptive-avgpool"
        case .batchNorm: "batchnorm"
        case .localResponseNorm: "lrn"
        case .layerNorm: "layernorm"
        case .dropout: "dropout"
        case .flatten: "flatten"
        case .linear: "linear"
        case .activation(let activation): activation.name
        case .residual: "residual"
        case .parallel: "parallel"
        case .padChannels: "pad-channels"
        case .auxiliary: "auxiliary"
        }
    }

    /// How many outputs are asked of a layer with weights; `nil` for others.
    var outputs: OutputCount? {
        switch self {
        case .convolution(let conv): conv.channels
        case .transposedConvolution(let conv): conv.channels
        case .linear(let linear): linear.units
        default: nil
        }
    }

    /// What a layer without a name of its own is called, before its number.
    var nameStem: String {
        switch self {
        case .convolution: "conv"
        case .transposedConvolution: "upconv"
        case .pool, .globalAveragePool, .adaptiveAveragePool: "pool"
        case .batchNorm, .localResponseNorm, .layerNorm: "norm"
        case .linear: "fc"
        case .activation(.leakyReLU): "relu"
        case .residual: "block"
        case .padChannels: "pad"
        case .auxiliary: "aux"
        default: name
        }
    }
}
