import CSaccadeOneDNN

/// A function of one number that oneDNN applies to every element.
package struct Eltwise: Hashable, Sendable {
    package enum Algorithm: Hashable, Sendable {
        case relu, sigmoid, tanh, gelu, exp, log, squareRoot, absolute, clamp

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
    }

    let algorithm: Algorithm
    let alpha: Float
    let beta: Float

    /// - Parameters:
    ///   - alpha: The slope of a ReLU below zero, or the lower bound of a clamp; the others have no use for it.
    ///   - beta: The upper bound of a clamp.
    package init(_ algorithm: Algorithm, alpha: Float = 0, beta: Float = 0) {
        self.algorithm = algorithm
        self.alpha = alpha
        self.beta = beta
    }
}

/// What a primitive does to every element of its result before storing it.
package struct Fused: Hashable, Sendable {
    /// Whether what the destination held is added first.
    package var addsToDestination = false
    package var activation: Eltwise?

    package init(addsToDestination: Bool = false, activation: Eltwise? = nil) {
        self.addsToDestination = addsToDestination
        self.activation = activation
    }

    var bridged: sdnn_fused {
        sdnn_fused(
            sum: addsToDestination ? 1 : 0, activation: activation.map { Int32($0.algorithm.bridged.rawValue) } ?? -1,
            alpha: activation?.alpha ?? 0, beta: activation?.beta ?? 0)
    }
}
