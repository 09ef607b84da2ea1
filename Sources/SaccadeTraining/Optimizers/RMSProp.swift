import CSaccadeKernels
import SaccadePrelude
public import SaccadeTensors

/// Steps divided by a running average of each gradient's size: `torch.optim.RMSprop`.
///
/// Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012).
public final class RMSProp: Optimizer {
    public var learningRate: Double
    public let alpha: Double
    public let epsilon: Double
    public let momentum: Double
    public let isCentered: Bool
    public let weightDecay: Double
    private var memory: ParameterMemory

    /// - Parameters:
    ///   - parameters: What to move; at least one.
    ///   - learningRate: About how far a weight moves in one step.
    ///   - alpha: How much of the average stays, in `0..<1`.
    ///   - epsilon: Added to the divisor.
    ///   - momentum: The share of the last step that each step repeats, in `0..<1`.
    ///   - isCentered: Whether the gradient's variance, rather than its mean square, is the measure.
    ///   - weightDecay: What each weight times this is added to its gradient.
    public init(
        _ parameters: [(name: String, parameter: Parameter)], learningRate: Double = 1e-2, alpha: Double = 0.99,
        epsilon: Double = 1e-8, momentum: Double = 0, isCentered: Bool = false, weightDecay: Double = 0
    ) {
        require((0..<1).contains(alpha), "RMSProp: alpha must be in 0..<1, got \(alpha)")
        self.learningRate = learningRate
        self.alpha = alpha
        self.epsilon = epsilon
        self.momentum = momentum
        self.isCentered = isCentered
        self.weightDecay = weightDecay
        memory = ParameterMemory(
            parameters,
            quantities: ["square_avg"] + (isCentered ? ["grad_avg"] : []) + (momentum == 0 ? [] : ["momentum_buffer"]))
    }

    public var parameters: [(name: String, parameter: Parameter)] { memory.parameters }
    public var quantities: [String] { memory.quantities }

    public var state: OptimizerState {
        get { memory.state }
        set { memory.state = newValue }
    }

    public func step(_ gradients: Gradients, after change: GradientChange) {
        let how = sk_gradient(change, decay: weightDecay)
        let (isCentered, hasMomentum) = (isCentered, momentum != 0)
        memory.update(gradients) { _, count, gradient, quantities, weight in
            sk_rmsprop(
                count, how, Float(learningRate), Float(alpha), Float(epsilon), Float(momentum), gradient,
                quantities[0], isCentered ? quantities[1] : nil,
                hasMomentum ? quantities[isCentered ? 2 : 1] : nil, weight)
        }
    }
}
