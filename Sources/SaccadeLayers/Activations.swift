public import SaccadeTensors

/// `max(x, 0)`, elementwise.
public struct ReLU: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }
}

/// `x` where it is positive, `slope · x` elsewhere.
public struct LeakyReLU: Layer {
    public let slope: Float
    public init(slope: Float = 0.01) { self.slope = slope }
    public func callAsFunction(_ x: Tensor) -> Tensor { leakyReLU(x, slope: slope) }
}

/// `1 / (1 + exp(−x))`, elementwise.
public struct Sigmoid: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { sigmoid(x) }
}

/// The hyperbolic tangent, elementwise.
public struct Tanh: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { tanh(x) }
}

/// `x · Φ(x)` with the normal distribution's Φ, elementwise (Hendrycks and Gimpel, 2016).
public struct GELU: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { gelu(x) }
}

/// `exp(x)` divided by its sum along an axis.
public struct Softmax: Layer {
    public let axis: Int
    /// - Parameter axis: Counted from the front, or from the back when negative.
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { softmax(x, axis: axis) }
}

/// The logarithm of softmax along an axis.
public struct LogSoftmax: Layer {
    public let axis: Int
    /// - Parameter axis: Counted from the front, or from the back when negative.
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { logSoftmax(x, axis: axis) }
}
