public import SaccadeTensors

/// How the first value of a parameter is chosen.
///
/// Names, formulas and fans are those of `torch.nn.init`; the random numbers are our own.
public enum Initializer: Hashable, Sendable {
    /// Every element the same.
    case constant(Float)
    /// Each element as likely anywhere from `low` to `high`.
    case uniform(Float, Float)
    /// The normal distribution.
    case normal(mean: Float = 0, deviation: Float = 1)
    /// Uniform in ±gain · √(3 / fan), which keeps the variance of signals through layers that halve it (He et
    /// al., "Delving Deep into Rectifiers", 2015).
    case kaimingUniform(fan: Fan = .input, gain: Gain = .relu)
    /// Normal with deviation gain / √fan.
    case kaimingNormal(fan: Fan = .input, gain: Gain = .relu)
    /// Uniform in ±gain · √(6 / (fan in + fan out)) (Glorot and Bengio, 2010).
    case xavierUniform(gain: Float = 1)
    /// Normal with deviation gain · √(2 / (fan in + fan out)).
    case xavierNormal(gain: Float = 1)
    /// Rows, or columns where there are fewer, that are orthogonal and of length `gain` (Saxe et al., 2013). A
    /// weight of more than two axes counts as a matrix of `shape[0]` rows.
    case orthogonal(gain: Float = 1)
    /// The weights with which a transposed convolution enlarges bilinearly (Long et al., "Fully Convolutional
    /// Networks", 2015): each channel onto itself, zero between different ones.
    case bilinear

    /// Which of a layer's connections are counted.
    public enum Fan: Hashable, Sendable {
        /// Those that lead into one output: keeps the variance of activations.
        case input
        /// Those that leave one input: keeps the variance of gradients.
        case output
    }

    /// By how much the nonlinearity behind a layer shrinks a signal's deviation, inverted.
    public enum Gain: Hashable, Sendable {
        case linear, sigmoid, tanh, relu
        case leakyReLU(slope: Float)

        /// The factor, as `torch.nn.init.calculate_gain` has it.
        public var factor: Float {
            switch self {
            case .linear, .sigmoid: 1
            case .tanh: 5 / 3
            case .relu: Float(2).squareRoot()
            case .leakyReLU(let slope): (2 / (1 + slope * slope)).squareRoot()
            }
        }
    }

    /// What PyTorch gives the weights of linear and convolution layers: uniform in ±1 / √(fan in).
    public static var torchDefault: Initializer { .kaimingUniform(gain: .leakyReLU(slope: Float(5).squareRoot())) }

    /// What PyTorch gives the biases of those layers: uniform in ±1 / √(fan in of the weights).
    public static func torchDefaultBias(forWeights shape: Shape) -> Initializer {
        let fan = Float(fans(of: shape).input)
        let bound = fan > 0 ? 1 / fan.squareRoot() : 0
        return .uniform(-bound, bound)
    }

    /// The connections into one output and out of one input for weights of a shape `[O, I, …]`.
    static func fans(of shape: Shape) -> (input: Int, output: Int) {
        guard shape.rank >= 2 else { return (shape.elementCount, shape.elementCount) }
        let window = shape.dimensions.dropFirst(2).reduce(1, *)
        return (shape[1] * window, shape[0] * window)
    }

    /// A tensor drawn from the distribution.
    ///
    /// - Precondition: `orthogonal` is given at least two axes, `bilinear` the shape `[C, O, KH, KW]`.
    public func callAsFunction(_ shape: Shape, using generator: inout some RandomNumberGenerator) -> Tensor {
        let fans = Initializer.fans(of: shape)
        func count(_ fan: Fan) -> Float { Float(max(fan == .input ? fans.input : fans.output, 1)) }
        let both = Float(max(fans.input + fans.output, 1))
        switch self {
        case .constant(let value): return Tensor(filledWith: value, shape: shape)
        case .uniform(let low, let high): return .uniform(shape, low, high, using: &generator)
        case .normal(let mean, let deviation): return .normal(shape, mean, deviation, using: &generator)
        case .kaimingUniform(let fan, let gain):
            let bound = gain.factor * (3 / count(fan)).squareRoot()
            return .uniform(shape, -bound, bound, using: &generator)
        case .kaimingNormal(let fan, let gain):
            return .normal(shape, 0, gain.factor / count(fan).squareRoot(), using: &generator)
        case .xavierUniform(let gain):
            let bound = gain * (6 / both).squareRoot()
            return .uniform(shape, -bound, bound, using: &generator)
        case .xavierNormal(let gain):
            return .normal(shape, 0, gain * (2 / both).squareRoot(), using: &generator)
        case .orthogonal(let gain): return .orthogonal(shape, gain, using: &generator)
        case .bilinear: return .bilinear(shape)
        }
    }

    /// A parameter that draws its first value when it is first read. It takes one number from `generator`
    /// now, so that the values of other parameters do not depend on when that is, nor on its shape.
    public func parameter(_ shape: Shape, using generator: inout some RandomNumberGenerator) -> Parameter {
        Parameter(shape, seed: generator.next()) { shape, generator in self(shape, using: &generator) }
    }
}
