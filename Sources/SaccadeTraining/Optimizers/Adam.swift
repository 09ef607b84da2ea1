import CSaccadeKernels
import Foundation
import SaccadePrelude
public import SaccadeTensors

/// Steps scaled by running averages of each gradient and of its square: `torch.optim.Adam`, and `torch.optim.AdamW`
/// where the weights decay beside the gradient.
///
/// Kingma and Ba, "Adam" (2014); Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2017).
public final class Adam: Optimizer {
    /// What weight decay does.
    public enum Decay: Sendable, Hashable {
        /// Each weight times this is added to its gradient.
        case inGradient(Double)
        /// Each weight loses this share, times the learning rate, at each step: AdamW.
        case decoupled(Double)
    }

    public var learningRate: Double
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double
    public let weightDecay: Decay
    private var memory: ParameterMemory

    /// - Parameters:
    ///   - parameters: What to move; at least one.
    ///   - learningRate: About how far a weight moves in one step.
    ///   - beta1: How much of the average gradient stays, in `0..<1`.
    ///   - beta2: How much of the average square stays, in `0..<1`.
    ///   - epsilon: Added to the divisor.
    ///   - weightDecay: None by default.
    public init(
        _ parameters: [(name: String, parameter: Parameter)], learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Decay = .inGradient(0)
    ) {
        require(
            (0..<1).contains(beta1) && (0..<1).contains(beta2), "Adam: betas must be in 0..<1, got \(beta1), \(beta2)")
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        memory = ParameterMemory(parameters, quantities: ["exp_avg", "exp_avg_sq"])
    }

    public var parameters: [(name: String, parameter: Parameter)] { memory.parameters }
    public var quantities: [String] { memory.quantities }

    public var state: OptimizerState {
        get { memory.state }
        set { memory.state = newValue }
    }

    public func step(_ gradients: Gradients, after change: GradientChange) {
        let how: sk_gradient
        let keep: Double
        switch weightDecay {
        case .inGradient(let decay): (how, keep) = (sk_gradient(change, decay: decay), 1)
        case .decoupled(let decay): (how, keep) = (sk_gradient(change, decay: 0), 1 - learningRate * decay)
        }
        memory.update(gradients) { step, count, gradient, quantities, weight in
            // Averages that began at zero are too small by these factors.
            let correction1 = 1 - pow(beta1, Double(step))
            let correction2 = 1 - pow(beta2, Double(step))
            sk_adam(
                count, how, Float(keep), Float(learningRate / correction1), Float(beta1), Float(beta2),
                Float(correction2.squareRoot()), Float(epsilon), gradient, quantities[0], quantities[1], weight)
        }
    }
}
