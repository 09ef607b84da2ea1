public import SaccadeLayers
public import SaccadeTensors

/// Runs the stages of a network: eagerly, or by plans that are made when a size first comes.
public struct Runner<Learner: StagedModel> {
    public let model: Learner
    private let run: (_ stage: Int, _ inputs: [Tensor]) -> [Tensor]

    /// Runs eagerly, with the weights that the network has at the time.
    public init(_ model: Learner) {
        self.model = model
        let stages = model.stages.map(\.model)
        run = { stages[$0]($1) }
    }

    /// Runs by plans, with the weights that the network has when the first is made.
    public init(planning model: Learner, options: Plan.Options = Plan.Options()) {
        self.model = model
        let plans = model.stages.map { stage in
            let model = stage.model
            return BatchPlans(for: Shape(Array(model.inputs[0].shape(batch: 1).dimensions.dropFirst())), options: options) {
                model([$0])[0]
            }
        }
        run = { [plans[$0]($1[0])] }
    }

    /// What a stage makes of its inputs.
    public func callAsFunction(_ inputs: [Tensor], stage: Int = 0) -> [Tensor] { run(stage, inputs) }
}
