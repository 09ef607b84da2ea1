public import SaccadeTensors

/// Divides each element by a power of its neighbours' energy across channels. Krizhevsky et al., "ImageNet
/// Classification with Deep Convolutional Neural Networks" (2012), section 3.3, with PyTorch's conventions.
public struct LocalResponseNorm: Layer {
    public let size: Int
    public let alpha: Float
    public let beta: Float
    public let k: Float

    /// - Parameters:
    ///   - size: Channels that are averaged over; at least 1.
    ///   - alpha: Weight of the mean of squares; not negative.
    ///   - beta: The exponent.
    ///   - k: What the mean is added to; positive.
    public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1) {
        precondition(size >= 1 && alpha >= 0 && k > 0, "LocalResponseNorm: size \(size), alpha \(alpha), k \(k)")
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        localResponseNorm(x, size: size, alpha: alpha, beta: beta, k: k)
    }
}
