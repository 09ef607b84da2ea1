public import SaccadeLayers
public import SaccadeTensors

/// Runs the stages of a network: eagerly, or by plans that are made when a size first comes.
public struct Runner<Learner: StagedModel> {
    public let model: Learner
    private let run: (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]

    /// Runs eagerly, with the weights that the network has at the time.
    public init(_ model: Learner) {
        self.model = model
        let stages = model.stages.map(\.model)
        run = { stages[$0]($1) }
    }

    /// Runs by plans, with the weights that the network has when the first is made.
    public init(planning model: Learner, options: Plan.Options = Plan.Options()) {
        self.model = model
        let plans = model.stages.map { Plans(of: $0.model, in: model, options: options) }
        run = { try plans[$0].run($1) }
    }

    /// What a stage makes of its inputs.
    ///
    /// - Throws: `ShapeError` where its arithmetic cannot take inputs of such sizes.
    public func callAsFunction(_ inputs: [Tensor], stage: Int = 0) throws -> [Tensor] { try run(stage, inputs) }
}
