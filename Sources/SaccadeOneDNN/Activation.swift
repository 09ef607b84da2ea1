import CSaccadeOneDNN

/// A function of one number that oneDNN applies to every element.
package enum Unary: Hashable, Sendable {
    /// `x` above zero, `slope · x` below.
    case relu(slope: Float)
    case sigmoid, tanh
    /// `x · Φ(x)`, with the error function.
    case gelu
    case exp, log, squareRoot, absolute
    case clamp(lower: Float, upper: Float)

    var bridged: sdnn_unary {
        switch self {
        case .relu: SDNN_RELU
        case .sigmoid: SDNN_SIGMOID
        case .tanh: SDNN_TANH
        case .gelu: SDNN_GELU
        case .exp: SDNN_EXP
        case .log: SDNN_LOG
        case .squareRoot: SDNN_SQRT
        case .absolute: SDNN_ABS
        case .clamp: SDNN_CLAMP
        }
    }

    var alpha: Float {
        switch self {
        case .relu(let slope): slope
        case .clamp(let lower, _): lower
        default: 0
        }
    }

    var beta: Float {
        if case .clamp(_, let upper) = self { upper } else { 0 }
    }
}

/// What a primitive does to every element of its result before storing it.
package struct Fused: Hashable, Sendable {
    /// Whether what the destination held is added first.
    package var addsToDestination = false
    package var activation: Unary?

    package init(addsToDestination: Bool = false, activation: Unary? = nil) {
        self.addsToDestination = addsToDestination
        self.activation = activation
    }

    var bridged: sdnn_fused {
        sdnn_fused(
            sum: addsToDestination ? 1 : 0, activation: activation.map { Int32($0.bridged.rawValue) } ?? -1,
            alpha: activation?.alpha ?? 0, beta: activation?.beta ?? 0)
    }
}
