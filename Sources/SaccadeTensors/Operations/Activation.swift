/// A function between the layers of a network, applied to every element.
public enum Activation: Hashable, Sendable {
    case relu
    /// `x` where it is positive, `slope · x` elsewhere; the slope is at least 0.
    case leakyReLU(slope: Float)
    case sigmoid, tanh

    package var unary: Unary {
        switch self {
        case .relu: .relu(slope: 0)
        case .leakyReLU(let slope): .relu(slope: slope)
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        }
    }

    /// The activation that computes `unary`, if there is one.
    init?(_ unary: Unary) {
        switch unary {
        case .relu(slope: 0): self = .relu
        case .relu(let slope): self = .leakyReLU(slope: slope)
        case .sigmoid: self = .sigmoid
        case .tanh: self = .tanh
        default: return nil
        }
    }

    /// The name of the function that applies it.
    public var name: String {
        switch self {
        case .relu: "relu"
        case .leakyReLU: "leakyReLU"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        }
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let y = UnaryMap(unary: unary, name: name)(x)
        return y.recorded(pullbacks: [x: { dy in gradient(dy, result: y) }])
    }

    /// What arrives before the activation when `dy` arrives behind it. It needs the result alone, so that
    /// nobody has to remember what went in.
    func gradient(_ dy: Tensor, result y: Tensor) -> Tensor {
        switch self {
        // The sign of the result is the sign of what went in.
        case .relu, .leakyReLU: UnaryGradient(unary: unary)(y, dy)
        case .sigmoid: dy * (y - y * y)
        case .tanh: dy - dy * y * y
        }
    }
}

/// `1 / (1 + exp(−x))`, elementwise.
public func sigmoid(_ x: Tensor) -> Tensor { Activation.sigmoid(x) }

/// The hyperbolic tangent, elementwise.
public func tanh(_ x: Tensor) -> Tensor { Activation.tanh(x) }
