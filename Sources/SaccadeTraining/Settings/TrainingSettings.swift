public import SaccadeDatasets
import SaccadeLayers
import SaccadeModels
import SaccadeSettings
public import SaccadeTensors

/// How a network is trained: the part of a recipe that is neither the network nor the data.
public struct TrainingSettings: Sendable, Equatable {
    /// Passes over the training samples; at least 1.
    public var epochs = 10
    /// Samples per step; at least 1.
    public var batchSize = 32
    public var optimizer = OptimizerSettings.sgd()
    /// The learning rate that the schedule starts from or leads to; positive.
    public var learningRate = 0.01
    public var schedule = Schedule.constant
    /// How strongly weights are pulled to zero.
    public var weightDecay = 0.0
    /// A bound for gradients; none by default.
    public var clipping: GradientClipping?
    /// Random changes of the training images, applied in this order: resizing ones first, mixing ones last.
    public var augmentation: [Augmentation] = []
    /// The share of the samples that is set aside where the data come without a validation part, in `0..<1`.
    public var validationFraction = 0.1
    /// Epochs from one validation to the next, at least 1; after the last there is one in any case.
    public var validateEvery = 1
    /// Of every random choice: first weights, order, augmentation, dropout, the validation part.
    public var seed: UInt64 = 0
    /// Epochs without a better validation result after which training ends early; nil never does.
    public var patience: Int?
    /// Whether a loss or gradient that is not finite ends the training with an error. Otherwise such steps are left
    /// out.
    public var stopsWhenNotFinite = true
    /// Minutes between checkpoints within an epoch; after each epoch there is one anyway. It does not change what the
    /// training arrives at.
    public var checkpointMinutes = 10.0
    /// Batches whose gradients are gathered for one step; at least 1. The last step of an epoch may have fewer.
    public var accumulation = 1
    /// An average of the weights that is judged, and kept as best, in place of the weights; none by default.
    public var ema: EMASettings?
    /// Which epoch is best.
    public var best = BestSettings()
    /// How many of the last epochs' checkpoints are kept, 1 to 1000; above 1, each in a file `epoch-N.safetensors` too,
    /// which may be copied over `checkpoint.safetensors` to go on from there.
    public var keepLast = 1
    /// Weights that the training starts from: a file of tensors, or a run; random ones by default.
    public var from: String?
    /// Parts of the network that stay as they are, by the name of a layer or of a block around layers, such as `conv1`
    /// or `layer1`. Their batch norms use the running statistics that they have, and keep them.
    public var freeze: [String] = []
    /// Stretches of the training in which other parts stay as they are, in turn; none by default.
    public var phases: [TrainingPhase] = []
    /// The learning rate of everything but the layers whose outputs are the classes, as a fraction of `learningRate`; above 0, and at most 1.
    public var backboneRate = 1.0

    /// What convolutions may multiply. With bfloat16 each rounds its inputs where that is faster than float32 on the
    /// machine at hand; weights, sums and the optimizer stay float32.
    public var precision = Precision.float32

    public init() {}

    /// What is wrong with values that come from outside; nil where all is well.
    public var problem: String? {
        guard (1...1_000_000).contains(epochs) else { return "epochs must be 1 to 1000000, not \(epochs)" }
        guard (1...1_000_000).contains(batchSize) else { return "batchSize must be 1 to 1000000, not \(batchSize)" }
        guard learningRate > 0, learningRate.isFinite else {
            return "learningRate must be a positive number, not \(learningRate)"
        }
        guard weightDecay >= 0, weightDecay.isFinite else { return "weightDecay must be 0 or more, not \(weightDecay)" }
        guard (0..<1).contains(validationFraction) else {
            return "validationFraction must be at least 0 and below 1, not \(validationFraction)"
        }
        guard (1...1_000_000).contains(validateEvery) else {
            return "validateEvery must be 1 to 1000000 epochs, not \(validateEvery)"
        }
        guard patience ?? 1 >= 1 else { return "patience must be at least 1 epoch, not \(patience ?? 1)" }
        guard (0...1e6).contains(checkpointMinutes) else {
            return "checkpointMinutes must be 0 to 1000000, not \(checkpointMinutes)"
        }
        guard (1...1_000_000).contains(accumulation) else {
            return "accumulation must be 1 to 1000000 batches, not \(accumulation)"
        }
        guard (1...1000).contains(keepLast) else { return "keepLast must be 1 to 1000, not \(keepLast)" }
        guard backboneRate > 0, backboneRate <= 1 else {
            return "backboneRate must be above 0 and at most 1, not \(backboneRate); freeze what is to stay as it is"
        }
        return phases.problem(epochs: epochs) ?? optimizer.problem ?? schedule.problem ?? augmentation.problem
    }
}

extension TrainingSettings {
    /// Whether a parameter of this name stays as it is.
    func freezes(_ name: String) -> Bool { freeze.contains { name.isPart(of: $0) } }

    /// Whether a parameter of this name stays as it is in an epoch, counted from 0.
    func freezes(_ name: String, inEpoch epoch: Int) -> Bool {
        freezes(name) || phases.phase(inEpoch: epoch)?.freeze.contains { name.isPart(of: $0) } ?? false
    }

    /// - Throws: `RecipeError` where a name to freeze fits nothing, or nothing is left to train.
    func requireFreezable(_ network: some StagedModel, source: String) throws(RecipeError) {
        guard !freeze.isEmpty || !phases.isEmpty else { return }
        let parameters = network.parameters.map(\.name)
        for name in freeze + phases.flatMap(\.freeze) where !parameters.contains(where: { $0.isPart(of: name) }) {
            let parts = Set(parameters.flatMap(\.enclosing)).sorted()
            let guess = nearest(to: name, among: parts).map { "did you mean \($0)?" }
            let tops = Set(parameters.compactMap(\.enclosing.first)).sorted().joined(separator: ", ")
            throw RecipeError(
                "freeze names “\(name)”, and no part with weights is called so; \(guess ?? "there are \(tops)")",
                at: Location(file: source))
        }
        for phase in phases.isEmpty ? [TrainingPhase()] : phases {
            let frozen = freeze + phase.freeze
            guard parameters.contains(where: { parameter in !frozen.contains { parameter.isPart(of: $0) } }) else {
                throw RecipeError(
                    "freeze leaves nothing to train; leave out the last layer", at: Location(file: source))
            }
        }
    }

    /// The optimizer of these settings.
    ///
    /// - Parameters:
    ///   - parameters: What it moves, in the order of the layers; at least one.
    ///   - heads: The layers that ``backboneRate`` does not slow.
    func optimizer(
        for parameters: [(name: String, parameter: Parameter)], heads: [String]
    ) -> any Optimizer {
        func make(_ parameters: [(name: String, parameter: Parameter)]) -> any Optimizer {
            optimizer.optimizer(for: parameters, learningRate: learningRate, weightDecay: weightDecay)
        }
        guard backboneRate != 1, let last = parameters.last?.name.split(separator: ".").dropLast() else {
            return make(parameters)
        }
        // A network that does not say which layers are for the classes ends with them.
        let heads = heads.isEmpty ? [last.joined(separator: ".")] : heads
        func isHead(_ name: String) -> Bool { heads.contains { name.isPart(of: $0) } }
        let backbone = parameters.filter { !isHead($0.name) }
        guard !backbone.isEmpty else { return make(parameters) }
        return OptimizerGroups([
            (make(parameters.filter { isHead($0.name) }), 1), (make(backbone), backboneRate),
        ])
    }
}

/// As an object with the names of the properties. What is left out has its default; a key that is not known, or a value
/// that makes no sense, is refused as corrupted data.
extension TrainingSettings: Codable {
    private enum Keys: String, CodingKey, CaseIterable {
        case epochs, batchSize, optimizer, learningRate, schedule, weightDecay, clipping, augmentation
        case validationFraction, validateEvery, seed, patience, stopsWhenNotFinite, checkpointMinutes
        case accumulation, ema, best, keepLast, from, freeze, phases, backboneRate, precision
    }

    /// The keys that are known.
    public static var keys: [String] { Keys.allCases.map(\.rawValue) }

    public init(from decoder: any Decoder) throws { try self.init(from: decoder, ignoring: []) }

    /// - Parameter former: Keys that once were known.
    init(from decoder: any Decoder, ignoring former: [String]) throws {
        try decoder.refuseKeys(except: TrainingSettings.keys + former)
        let values = try decoder.container(keyedBy: Keys.self)
        func take<Value: Decodable>(_ key: Keys, _ path: WritableKeyPath<TrainingSettings, Value>) throws {
            if let value = try values.decodeIfPresent(Value.self, forKey: key) { self[keyPath: path] = value }
        }
        self.init()
        try take(.epochs, \.epochs)
        try take(.batchSize, \.batchSize)
        try take(.optimizer, \.optimizer)
        try take(.learningRate, \.learningRate)
        try take(.schedule, \.schedule)
        try take(.weightDecay, \.weightDecay)
        clipping = try values.decodeIfPresent(GradientClipping.self, forKey: .clipping)
        try take(.augmentation, \.augmentation)
        try take(.validationFraction, \.validationFraction)
        try take(.validateEvery, \.validateEvery)
        try take(.seed, \.seed)
        patience = try values.decodeIfPresent(Int.self, forKey: .patience)
        try take(.stopsWhenNotFinite, \.stopsWhenNotFinite)
        try take(.checkpointMinutes, \.checkpointMinutes)
        try take(.accumulation, \.accumulation)
        ema = try values.decodeIfPresent(EMASettings.self, forKey: .ema)
        try take(.best, \.best)
        try take(.keepLast, \.keepLast)
        from = try values.decodeIfPresent(String.self, forKey: .from)
        try take(.freeze, \.freeze)
        try take(.phases, \.phases)
        try take(.backboneRate, \.backboneRate)
        if let name = try values.decodeIfPresent(String.self, forKey: .precision) {
            let known = Precision(rawValue: name)
            try decoder.refuse(known == nil ? "there is no precision \(name); f32 and bf16 are known" : nil)
            precision = known ?? precision
        }
        try decoder.refuse(problem)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(epochs, forKey: .epochs)
        try values.encode(batchSize, forKey: .batchSize)
        try values.encode(optimizer, forKey: .optimizer)
        try values.encode(learningRate, forKey: .learningRate)
        try values.encode(schedule, forKey: .schedule)
        try values.encode(weightDecay, forKey: .weightDecay)
        try values.encodeIfPresent(clipping, forKey: .clipping)
        try values.encode(augmentation, forKey: .augmentation)
        try values.encode(validationFraction, forKey: .validationFraction)
        if validateEvery != 1 { try values.encode(validateEvery, forKey: .validateEvery) }
        try values.encode(seed, forKey: .seed)
        try values.encodeIfPresent(patience, forKey: .patience)
        try values.encode(stopsWhenNotFinite, forKey: .stopsWhenNotFinite)
        try values.encode(checkpointMinutes, forKey: .checkpointMinutes)
        try values.encode(accumulation, forKey: .accumulation)
        try values.encodeIfPresent(ema, forKey: .ema)
        try values.encode(best, forKey: .best)
        try values.encode(keepLast, forKey: .keepLast)
        try values.encodeIfPresent(from, forKey: .from)
        if !freeze.isEmpty { try values.encode(freeze, forKey: .freeze) }
        if !phases.isEmpty { try values.encode(phases, forKey: .phases) }
        if backboneRate != 1 { try values.encode(backboneRate, forKey: .backboneRate) }
        if precision != .float32 { try values.encode(precision.rawValue, forKey: .precision) }
    }
}

extension String {
    /// `layer1`, `layer1.0` and `layer1.0.conv1` of `layer1.0.conv1.weight`.
    fileprivate var enclosing: [String] {
        let parts = split(separator: ".")
        return parts.indices.dropFirst().map { parts[..<$0].joined(separator: ".") }
    }
}
