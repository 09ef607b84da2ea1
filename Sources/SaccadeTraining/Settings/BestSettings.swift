import SaccadeSettings

/// Which epoch's weights a run keeps as the best ones, and what `patience` waits for.
public struct BestSettings: Sendable, Equatable {
    /// What epochs are compared by. Where there are no validation samples, the training's own loss or accuracy takes
    /// the place of the validation's.
    public enum Metric: String, Sendable, Codable, CaseIterable {
        case validationAccuracy, validationTop5, validationLoss, trainingAccuracy, trainingLoss

        /// Whether smaller is better; the others are shares.
        public var isLoss: Bool { self == .validationLoss || self == .trainingLoss }
    }

    public var metric = Metric.validationAccuracy

    public init(metric: Metric = .validationAccuracy) { self.metric = metric }

    /// The metric of an epoch.
    public func value(of record: EpochRecord) -> Double {
        switch metric {
        case .validationAccuracy: record.validationAccuracy ?? record.trainingAccuracy
        case .validationTop5: record.validationTop5 ?? record.trainingAccuracy
        case .validationLoss: record.validationLoss ?? record.trainingLoss
        case .trainingAccuracy: record.trainingAccuracy
        case .trainingLoss: record.trainingLoss
        }
    }

    /// How good an epoch was: larger is better.
    func score(of record: EpochRecord) -> Double {
        let score = metric.isLoss ? -value(of: record) : value(of: record)
        // What is not a number is worse than any.
        return score.isFinite ? score : -.greatestFiniteMagnitude
    }
}

/// As an object with a `metric`.
extension BestSettings: Codable {
    private enum Keys: String, CodingKey { case metric }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: [Keys.metric.rawValue])
        let values = try decoder.container(keyedBy: Keys.self)
        guard let name = try values.decodeIfPresent(String.self, forKey: .metric) else { return }
        guard let metric = Metric(rawValue: name) else {
            let known = Metric.allCases.map(\.rawValue)
            let guess = nearest(to: name, among: known).map { "did you mean \($0)?" }
            throw DecodingError.dataCorruptedError(
                forKey: .metric, in: values,
                debugDescription: "there is no metric \(name); \(guess ?? "there are \(known.joined(separator: ", "))")"
            )
        }
        self.metric = metric
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(metric, forKey: .metric)
    }
}

/// How the weights are averaged over the steps of a training; see ``TrainingSettings/ema``.
public struct AveragingSettings: Sendable, Equatable {
    /// How much of the average stays at each step, in `0..<1`.
    public var decay = 0.999

    public init(decay: Double = 0.999) { self.decay = decay }
}

/// As an object with a `decay`.
extension AveragingSettings: Codable {
    private enum Keys: String, CodingKey { case decay }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: [Keys.decay.rawValue])
        decay = try decoder.container(keyedBy: Keys.self).decodeIfPresent(Double.self, forKey: .decay) ?? decay
        try decoder.refuse(
            (0..<1).contains(decay) ? nil : "the decay of ema must be at least 0 and below 1, not \(decay)")
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(decay, forKey: .decay)
    }
}
