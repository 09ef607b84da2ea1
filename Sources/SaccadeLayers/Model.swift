public import SaccadeTensors

/// A whole network that runs as one straight line from its inputs to its outputs: no branch depends on a number, so it
/// can be traced, and from the trace come its description, its memory, its plans and its ONNX file.
///
/// Write it as its paper has it, a struct of layers:
///
///     struct Classifier: Model {
///         let conv1: Conv2D
///         let fc: Linear
///
///         var inputs: [ModelInput] { [ModelInput("image", [.batch, .fixed(3), .fixed(32), .fixed(32)])] }
///         var outputs: [String] { ["logits"] }
///         func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [fc(relu(conv1(inputs[0])).flattened())] }
///     }
public protocol Model: StagedModel {
    /// What it is given, in order.
    var inputs: [ModelInput] { get }
    /// What it gives is called, in order.
    var outputs: [String] { get }

    /// - Parameter inputs: One tensor for each of ``inputs``.
    /// - Returns: One tensor for each of ``outputs``.
    func callAsFunction(_ inputs: [Tensor]) -> [Tensor]

    /// Up to how many samples a plan's batch is a power of two, and beyond it a multiple of it, where their number varies, as
    /// that of an image's regions does; nil where batches are as large as somebody chose.
    var batchRounding: Int? { get }

    /// How often one step of training runs it, each time for the same samples, as one step of a recurrence; 0 where training
    /// does not. What it keeps for its gradients is kept as often.
    var runsInTraining: Int { get }

    /// What it gives while it is trained: the same, unless it has auxiliary heads.
    func trainingResults(_ inputs: [Tensor]) -> TrainingResults
}

extension Model {
    public var stages: [(name: String, model: any Model)] { [("", self)] }

    public var batchRounding: Int? { nil }
    public var runsInTraining: Int { 1 }

    public func trainingResults(_ inputs: [Tensor]) -> TrainingResults {
        TrainingResults(self(inputs), auxiliary: [])
    }
}

extension Plans {
    /// Plans of a network's stage, rounded as it wants.
    public convenience init(
        of stage: any Model, in network: some StagedModel, options: Plan.Options = Plan.Options()
    ) {
        let rounding = stage.batchRounding.map { most in
            stage.inputs.map { input in
                input.lengths.map { $0 == .batch ? Rounding.powerOfTwo(upTo: most) : .exact }
            }
        }
        self.init(rounding: rounding, options: options, names: network.parameterNames) { stage($0) }
    }
}

/// A network in parts, with plain code between them: a detector's backbone and its heads, an encoder and its decoder.
/// Each part is a ``Model``.
public protocol StagedModel: Module {
    /// The parts, in the order in which they run; of a network in one part that part, without a name.
    var stages: [(name: String, model: any Model)] { get }
    /// The paths of the layers whose outputs are as many as there are classes: those that begin anew when other classes
    /// are to be learnt.
    var heads: [String] { get }
    /// The names of parts that only training needs, which a checkpoint may leave out.
    var auxiliaryNames: [String] { get }
    /// Networks whose weights this one can begin with, the nearest first.
    var ancestors: [Ancestor] { get }
    /// The same network, sharing its parameters, without those parts.
    var forInference: Self { get }
    /// How many classes the weights in a file tell apart; nil where they do not say.
    ///
    /// - Parameter shapes: Of the file, by name.
    func classCount(in shapes: [String: Shape]) -> Int?
    /// The same network with parts as large as weights in a file have them, where that follows from what was learnt from: for
    /// most networks that is nowhere.
    ///
    /// - Parameter shapes: Of the file, by name; what fits nothing is left for loading to complain about.
    func shaped(like shapes: [String: Shape]) -> Self
}

extension StagedModel {
    public func shaped(like shapes: [String: Shape]) -> Self { self }

    /// The outputs of what is the last head here.
    public func classCount(in shapes: [String: Shape]) -> Int? {
        let parameters = parameters
        let head = heads.last.flatMap { head in parameters.first { $0.name == "\(head).weight" } } ?? lastParameter
        guard let head, let found = shapes[head.name], found.rank == head.parameter.shape.rank else { return nil }
        return found.dimensions.first
    }
    public var forInference: Self { self }
    public var heads: [String] { [] }
    public var auxiliaryNames: [String] { [] }
    public var ancestors: [Ancestor] { [] }
}

/// What a network makes of a batch while it is trained.
public struct TrainingResults {
    /// Of an auxiliary head, with what its loss counts. Szegedy et al., "Going Deeper with Convolutions" (2014),
    /// section 5.
    public struct Auxiliary {
        public let result: Tensor
        public let weight: Float

        public init(_ result: Tensor, weight: Float) { (self.result, self.weight) = (result, weight) }
    }

    /// One tensor for each of the model's outputs.
    public let outputs: [Tensor]
    /// In the order of the heads; each of the first output's shape.
    public let auxiliary: [Auxiliary]

    public init(_ outputs: [Tensor], auxiliary: [Auxiliary]) { (self.outputs, self.auxiliary) = (outputs, auxiliary) }
}

/// A model of any kind: what takes a ``Model`` as a type can be given any by this.
public struct AnyModel: Model {
    public let base: any Model

    public init(_ base: any Model) { self.base = (base as? AnyModel)?.base ?? base }

    public var children: [(name: String, value: Any)] { base.children }
    public var stages: [(name: String, model: any Model)] { base.stages }
    public var heads: [String] { base.heads }
    public var auxiliaryNames: [String] { base.auxiliaryNames }
    public var ancestors: [Ancestor] { base.ancestors }
    public var forInference: AnyModel { AnyModel(base.forInference) }
    public var inputs: [ModelInput] { base.inputs }
    public var outputs: [String] { base.outputs }
    public var runsInTraining: Int { base.runsInTraining }
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { base(inputs) }
    public func trainingResults(_ inputs: [Tensor]) -> TrainingResults { base.trainingResults(inputs) }
}

/// One layer, or several in a ``Sequential``, as a model.
public struct LayerModel<Base: Layer>: Model {
    public let layer: Base
    public let inputs: [ModelInput]
    public let outputs: [String]

    /// - Parameters:
    ///   - input: The shape of one sample, without the batch.
    public init(_ layer: Base, input: Shape) {
        self.layer = layer
        inputs = [ModelInput("input", [.batch] + input.dimensions.map { .fixed($0) })]
        outputs = ["output"]
    }

    public var children: [(name: String, value: Any)] { layer.children }

    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [layer(inputs[0])] }
}
