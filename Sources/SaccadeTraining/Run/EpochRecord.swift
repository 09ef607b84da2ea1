public import SaccadeMetrics

/// What one epoch came to: a line of `metrics.jsonl`.
public struct EpochRecord: Sendable, Equatable {
    /// Counted from 1.
    public var epoch: Int
    /// The learning rate of its last step.
    public var learningRate: Double
    /// Of the training samples, each measured when it was learnt from; the loss is always among them.
    public var training: [Metric: Double]
    /// Of the validation samples; empty where there are none.
    public var validation: [Metric: Double]
    /// Whether no epoch before was better.
    public var isBest: Bool
    /// Steps that were left out because a loss or gradient was not finite.
    public var skippedSteps: Int

    public init(
        epoch: Int, learningRate: Double, training: [Metric: Double], validation: [Metric: Double] = [:],
        isBest: Bool = false, skippedSteps: Int = 0
    ) {
        self.epoch = epoch
        self.learningRate = learningRate
        self.training = training
        self.validation = validation
        self.isBest = isBest
        self.skippedSteps = skippedSteps
    }

    /// A metric of the validation samples or, where there are none, of the training samples.
    public subscript(metric: Metric) -> Double? { validation.isEmpty ? training[metric] : validation[metric] }

    /// The records of a run, in order; what is no record, such as a line that is still being written, is passed over.
    public static func read(fromRunAt folder: String) -> [EpochRecord] {
        JSONLines.read("\(folder)/metrics.jsonl")
    }
}

extension [EpochRecord] {
    /// The metrics that any of the epochs has, in the order in which ``Metric`` lists them.
    public var metrics: [Metric] {
        let found = reduce(into: Set<Metric>()) {
            $0.formUnion($1.training.keys)
            $0.formUnion($1.validation.keys)
        }
        return Metric.allCases.filter(found.contains)
    }

    /// What any of the epochs has measured: of the training samples first.
    public var monitors: [Monitor] {
        Monitor.Part.allCases.reversed().flatMap { part in
            metrics.map { Monitor(part, $0) }.filter { monitor in contains { monitor.measured(in: $0) != nil } }
        }
    }
}

/// As an object with the names of the properties.
extension EpochRecord: Codable {
    private enum Keys: String, CodingKey {
        case epoch, learningRate, training, validation, isBest, skippedSteps
    }

    /// How classifiers' epochs were written before there were other tasks.
    private enum FormerKeys: String, CodingKey {
        case trainingLoss, trainingAccuracy, validationLoss, validationAccuracy, validationTop5
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        epoch = try values.decode(Int.self, forKey: .epoch)
        learningRate = try values.decode(Double.self, forKey: .learningRate)
        isBest = try values.decode(Bool.self, forKey: .isBest)
        skippedSteps = try values.decode(Int.self, forKey: .skippedSteps)
        if values.contains(.training) {
            training = try values.decode([Metric: Double].self, forKey: .training)
            validation = try values.decodeIfPresent([Metric: Double].self, forKey: .validation) ?? [:]
            return
        }
        let former = try decoder.container(keyedBy: FormerKeys.self)
        func metrics(_ keys: KeyValuePairs<Metric, FormerKeys>) throws -> [Metric: Double] {
            try keys.reduce(into: [:]) { $0[$1.key] = try former.decodeIfPresent(Double.self, forKey: $1.value) }
        }
        training = try metrics([.loss: .trainingLoss, .accuracy: .trainingAccuracy])
        validation = try metrics([.loss: .validationLoss, .accuracy: .validationAccuracy, .top5: .validationTop5])
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(epoch, forKey: .epoch)
        try values.encode(learningRate, forKey: .learningRate)
        try values.encode(training, forKey: .training)
        if !validation.isEmpty { try values.encode(validation, forKey: .validation) }
        try values.encode(isBest, forKey: .isBest)
        try values.encode(skippedSteps, forKey: .skippedSteps)
    }
}
