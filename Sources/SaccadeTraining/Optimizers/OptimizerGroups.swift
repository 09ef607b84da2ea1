import SaccadePrelude
public import SaccadeTensors

/// Several optimizers as one, each for parameters of its own and with its own share of the learning rate.
public final class OptimizerGroups: Optimizer {
    private let groups: [(optimizer: any Optimizer, rate: Double)]

    /// - Parameter groups: Optimizers of one kind, and the shares of the learning rate that they take; at least one.
    public init(_ groups: [(optimizer: any Optimizer, rate: Double)]) {
        require(!groups.isEmpty, "a group of optimizers without any")
        self.groups = groups
        learningRate = groups[0].optimizer.learningRate
        share()
    }

    public var learningRate: Double { didSet { share() } }

    private func share() { for (optimizer, rate) in groups { optimizer.learningRate = rate * learningRate } }

    public var parameters: [(name: String, parameter: Parameter)] { groups.flatMap(\.optimizer.parameters) }
    public var quantities: [String] { groups[0].optimizer.quantities }

    public var state: OptimizerState {
        get {
            groups.reduce(into: OptimizerState()) { all, group in
                let state = group.optimizer.state
                all.steps.merge(state.steps) { mine, _ in mine }
                all.tensors += state.tensors
            }
        }
        // Each takes what is its own by name.
        set { for (optimizer, _) in groups { optimizer.state = newValue } }
    }

    public func step(_ gradients: Gradients, after change: GradientChange) {
        for (optimizer, _) in groups { optimizer.step(gradients, after: change) }
    }
}
