import CSaccadeKernels
import SaccadePrelude
public import SaccadeTensors

/// Gradient descent, with momentum if wanted: `torch.optim.SGD` without dampening.
public final class SGD: Optimizer {
    public var learningRate: Double
    public let momentum: Double
    public let nesterov: Bool
    public let weightDecay: Double
    private var memory: ParameterMemory

    /// - Parameters:
    ///   - parameters: What to move; at least one.
    ///   - learningRate: The size of each step.
    ///   - momentum: The share of the last step that each step repeats, in `0..<1`.
    ///   - nesterov: Whether the gradient is looked at as if the momentum's step were made already.
    ///   - weightDecay: What each weight times this is added to its gradient.
    public init(
        _ parameters: [(name: String, parameter: Parameter)], learningRate: Double, momentum: Double = 0,
        nesterov: Bool = false, weightDecay: Double = 0
    ) {
        require(!nesterov || momentum > 0, "SGD: Nesterov's momentum needs a momentum above 0")
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        memory = ParameterMemory(parameters, quantities: momentum == 0 ? [] : ["momentum_buffer"])
    }

    public var parameters: [(name: String, parameter: Parameter)] { memory.parameters }
    public var quantities: [String] { memory.quantities }

    public var state: OptimizerState {
        get { memory.state }
        set { memory.state = newValue }
    }

    public func step(_ gradients: Gradients, after change: GradientChange) {
        let how = sk_gradient(change, decay: weightDecay)
        memory.update(gradients) { step, count, gradient, quantities, weight in
            sk_sgd(
                count, how, Float(learningRate), Float(momentum), nesterov ? 1 : 0, step == 1 ? 1 : 0, gradient,
                quantities.first ?? nil, weight)
        }
    }
}

extension sk_gradient {
    init(_ change: GradientChange, decay: Double) {
        self.init(scale: change.scale, limit: change.limit, decay: Float(decay))
    }
}
