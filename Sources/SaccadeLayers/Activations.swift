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
