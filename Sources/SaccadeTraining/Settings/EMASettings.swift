import SaccadeSettings

/// How the weights are averaged over the steps of a training; see ``TrainingSettings/ema``.
public struct EMASettings: Sendable, Equatable {
    /// How much of the average stays at each step, in `0..<1`.
    public var decay = 0.999

    public init(decay: Double = 0.999) { self.decay = decay }
}

/// As an object with a `decay`.
extension EMASettings: Codable {
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
