import SaccadePrelude
public import SaccadeTensors

/// Brings each sample to mean 0 and variance 1 over its last axes, then scales and shifts it element by element: to the
/// same shape. Ba, Kiros and Hinton, "Layer Normalization" (2016).
public struct LayerNorm: Layer {
    public let weight: Parameter  // the shape of the last axes
    public let bias: Parameter  // likewise
    /// Added to the variance, against division by zero.
    public let epsilon: Float

    /// - Parameters:
    ///   - shape: Of the last axes, over which is normalised.
    ///   - epsilon: Added to the variance; positive.
    public init(_ shape: Shape, epsilon: Float = 1e-5) {
        require(epsilon > 0, "LayerNorm: epsilon must be positive, got \(epsilon)")
        weight = Parameter(Tensor(filledWith: 1, shape: shape))
        bias = Parameter(Tensor(filledWith: 0, shape: shape))
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        layerNorm(x, scale: weight.value, shift: bias.value, epsilon: epsilon)
    }
}

/// Divides each element by a power of its neighbours' energy across channels: `[N, C, …]` to the same shape.
///
/// Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3.3.
public struct LocalResponseNorm: Layer {
    /// Channels that are averaged over.
    public let size: Int
    public let alpha: Float
    public let beta: Float
    public let k: Float

    /// - Parameters:
    ///   - size: Channels that are averaged over; at least 1.
    ///   - alpha: Weight of the mean; not negative.
    ///   - beta: The exponent.
    ///   - k: What the mean is added to; positive.
    public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        localResponseNorm(x, size: size, alpha: alpha, beta: beta, k: k)
    }
}
