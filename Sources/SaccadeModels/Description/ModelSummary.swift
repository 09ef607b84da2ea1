public import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// What a network costs, layer by layer: sizes, parameters, multiply-adds and memory.
///
/// Everything follows from the shapes in a trace. Nothing is run, and no weights are drawn. Its JSON has the same keys
/// as the properties here.
public struct ModelSummary: Hashable, Sendable, Codable {
    /// One layer.
    public struct Layer: Hashable, Sendable, Codable {
        /// With the names of the blocks around it, as parameters are called: `layer1.0.conv1`.
        public var name: String
        /// `conv`, `maxpool`, `linear`, …
        public var kind: LayerKind
        /// How many blocks the layer lies in.
        public var depth: Int
        /// Height and width.
        public var kernel: [Int]?
        public var stride: [Int]?
        /// `valid`, `same`, a number of elements, or `height×width`.
        public var padding: String?
        public var dilation: [Int]?
        public var groups: Int?
        /// What is applied to the result in the same layer.
        public var activation: LayerKind?
        /// `[H, W, C]` of images, `[N]` of vectors.
        public var outputSize: [Int]
        /// The sum behind the size, such as `(240 − 7 + 0) / 1 + 1 = 234`.
        public var arithmetic: String
        public var weights: Int
        public var biases: Int
        /// Weights and biases that no layer before counted.
        public var parameters: Int
        /// The layer whose parameters this one uses.
        public var sharesParametersOf: String?
        /// Multiplications followed by an addition, for one image.
        public var multiplyAdds: Int
        /// Of the output for one image; 0 where it is the input's own memory under another shape.
        public var activationBytes: Int
        /// Whether the layer belongs to an auxiliary head, which totals leave out; `nil` where it does not.
        public var isAuxiliary: Bool?
        /// The layers whose results it is given, as indices into ``ModelSummary/layers``, -1 for an input of the
        /// network; `nil` where it is given that of the layer before it and nothing else.
        public var sources: [Int]?
    }

    /// A part of a network in several parts, with plain code between them.
    public struct Stage: Hashable, Sendable, Codable {
        public var name: String
        /// Sizes by the names of its inputs, `[H, W, C]` of images.
        public var inputs: [String: [Int]]
        /// The first of its layers, an index into ``ModelSummary/layers``.
        public var firstLayer: Int
    }

    /// Bytes of tensors at the most filled moment, in float32.
    ///
    /// What kernels add to that goes by the machine: channels rounded up to whole vectors, results in a second order,
    /// scratch memory. A step of training was measured to take from 1.05 times ``trainingBytes`` (ResNet-18) to 2.7
    /// times (LeNet-5 and a narrow U-Net, with AVX-512).
    public struct Memory: Hashable, Sendable, Codable {
        /// Images at a time.
        public var batch: Int
        public var parameterBytes: Int
        /// What the optimizer keeps: as many bytes as the parameters for each of its states.
        public var optimizerBytes: Int
        /// Parameters, and the results that are needed at the same time when each is freed after its last reader.
        public var inferenceBytes: Int
        /// Parameters, the optimizer's states, and the results and gradients that are needed at the same time in one
        /// step of training.
        public var trainingBytes: Int
    }

    public var name: String
    /// Of the first input: `[H, W, C]` of images, `[N]` of vectors.
    public var input: [Int]
    /// The parts of a network that has several, or several inputs; `nil` where it is one straight line from one input.
    public var stages: [Stage]?
    public var layers: [Layer]
    public var totalParameters: Int
    /// Of heads for training alone, beside the total.
    public var auxiliaryParameters: Int
    /// For one image.
    public var totalMultiplyAdds: Int
    /// Of all layers, for one image.
    public var totalActivationBytes: Int
    public var memory: Memory

    /// - Parameters:
    ///   - model: Any network.
    ///   - name: What to call it.
    ///   - sizes: Lengths of free axes by the name of the input, in place of the usual ones: `["image": [572, 572]]`.
    ///   - batch: Samples at a time, for the memory.
    ///   - optimizerStates: Numbers that the optimizer keeps for each parameter: 0 for plain SGD, 1 with momentum, 2
    ///     for Adam.
    /// - Precondition: The batch is from 1 to ``maximumBatch``, and inputs may have these sizes (``ModelInput/problem(with:)``).
    public init(
        _ model: some StagedModel, name: String, sizes: [String: [Int]] = [:], batch: Int = 1, optimizerStates: Int = 1
    ) {
        self.init(
            name: name, model, TracedStage.of(model, sizes: sizes), trained: TracedStage.of(model, sizes: sizes),
            batch: batch, optimizerStates: optimizerStates)
    }

    /// - Parameters:
    ///   - network: The layers of a recipe.
    ///   - batch: Images at a time, for the memory.
    ///   - optimizerStates: As for any network.
    /// - Precondition: The batch is from 1 to ``maximumBatch``.
    public init(_ network: ResolvedNetwork, batch: Int = 1, optimizerStates: Int = 1) {
        let whole = Network(network)
        let shape = Shape([1] + network.input.dimensions)
        let trained = TracedStage(name: "", model: whole, shapes: [shape]) { network.lines(in: $0) }
        self.init(
            name: network.name, whole, [TracedStage.of(network)], trained: [trained], batch: batch,
            optimizerStates: optimizerStates)
    }

    /// - Parameters:
    ///   - stages: With operations of its own for every line.
    ///   - trained: As they are trained and planned, for the memory.
    private init(
        name: String, _ model: some StagedModel, _ stages: [TracedStage], trained: [TracedStage], batch: Int,
        optimizerStates: Int
    ) {
        require((1...Self.maximumBatch).contains(batch), "a batch of \(batch) samples")
        self.name = name
        input = stages.first.flatMap { stage in stage.shapes.first.map(stage.size) } ?? []
        var rows = SummaryRows(model)
        var parts: [Stage] = []
        for stage in stages {
            parts.append(Stage(name: stage.name, inputs: stage.sizes, firstLayer: rows.layers.count))
            rows.append(stage)
        }
        self.stages = stages.count == 1 && stages[0].name.isEmpty && stages[0].shapes.count == 1 ? nil : parts
        layers = rows.layers
        let counted = layers.filter { $0.isAuxiliary == nil }
        auxiliaryParameters = layers.reduce(0) { $0 + ($1.isAuxiliary == nil ? 0 : $1.parameters) }
        totalParameters = rows.parameterCount - auxiliaryParameters
        totalMultiplyAdds = counted.reduce(0) { $0 + $1.multiplyAdds }
        totalActivationBytes = counted.reduce(0) { $0 + $1.activationBytes }
        memory = Memory(
            model, trained, batch: batch, parameters: totalParameters, auxiliary: auxiliaryParameters,
            optimizerStates: optimizerStates)
    }

    /// The largest batch that memory is worked out for.
    public static let maximumBatch = 1 << 16
}
