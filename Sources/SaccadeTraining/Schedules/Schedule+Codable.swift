import SaccadeSettings

/// As an object with a `kind`, and what that kind has: `{"kind": "cosine", "minimum": 0.001}`. What is left out has
/// its default; what does not belong there is refused.
extension Schedule: Codable {
    private enum Keys: String, CodingKey, CaseIterable {
        case kind, every, factor, at, over, minimum, rise, startDivisor, endDivisor, patience, threshold, cooldown
        case start, next
        /// `step` where lengths are in steps.
        case unit
    }

    /// The kinds, and the keys of each beside `kind`.
    private static let kinds: KeyValuePairs<String, [Keys]> = [
        "constant": [], "step": [.every, .factor], "multiStep": [.at, .factor], "cosine": [.over, .minimum],
        "oneCycle": [.over, .rise, .startDivisor, .endDivisor],
        "plateau": [.factor, .patience, .threshold, .cooldown, .minimum], "warmUp": [.over, .start, .next],
    ]

    public init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Keys.self)
        if let unit = try outer.decodeIfPresent(String.self, forKey: .unit) {
            guard ["epoch", "step"].contains(unit) else {
                throw decoder.unknown(unit, Keys.unit, among: ["epoch", "step"])
            }
            let schedule = try Schedule(from: decoder, allowing: [.unit])
            self = unit == "step" ? .bySteps(schedule) : schedule
            return
        }
        try self.init(from: decoder, allowing: [.unit])
    }

    private init(from decoder: any Decoder, allowing others: [Keys]) throws {
        let kind = try decoder.kind(Keys.kind, among: Schedule.kinds, allowing: others)
        let values = try decoder.container(keyedBy: Keys.self)
        func number(_ key: Keys, _ standard: Double) throws -> Double {
            try values.decodeIfPresent(Double.self, forKey: key) ?? standard
        }
        switch kind {
        case "step":
            self = .step(every: try values.decode(Double.self, forKey: .every), factor: try number(.factor, 0.1))
        case "multiStep":
            self = .multiStep(at: try values.decode([Double].self, forKey: .at), factor: try number(.factor, 0.1))
        case "cosine":
            self = .cosine(
                over: try values.decodeIfPresent(Double.self, forKey: .over), minimum: try number(.minimum, 0))
        case "oneCycle":
            self = .oneCycle(
                over: try values.decodeIfPresent(Double.self, forKey: .over), rise: try number(.rise, 0.3),
                startDivisor: try number(.startDivisor, 25), endDivisor: try number(.endDivisor, 1e4))
        case "plateau":
            self = .plateau(
                Plateau(
                    factor: try number(.factor, 0.1),
                    patience: try values.decodeIfPresent(Int.self, forKey: .patience) ?? 10,
                    threshold: try number(.threshold, 1e-4),
                    cooldown: try values.decodeIfPresent(Int.self, forKey: .cooldown) ?? 0,
                    minimum: try number(.minimum, 0)))
        case "warmUp":
            self = .warmUp(
                over: try values.decode(Double.self, forKey: .over), start: try number(.start, 0.1),
                next: try values.decodeIfPresent(Schedule.self, forKey: .next) ?? .constant)
        default: self = .constant
        }
        try decoder.refuse(problem)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        switch self {
        case .bySteps(let schedule):
            try schedule.encode(to: encoder)
            try values.encode("step", forKey: .unit)
        case .constant: try values.encode("constant", forKey: .kind)
        case .step(let every, let factor):
            try values.encode("step", forKey: .kind)
            try values.encode(every, forKey: .every)
            try values.encode(factor, forKey: .factor)
        case .multiStep(let places, let factor):
            try values.encode("multiStep", forKey: .kind)
            try values.encode(places, forKey: .at)
            try values.encode(factor, forKey: .factor)
        case .cosine(let length, let minimum):
            try values.encode("cosine", forKey: .kind)
            try values.encodeIfPresent(length, forKey: .over)
            try values.encode(minimum, forKey: .minimum)
        case .oneCycle(let length, let rise, let startDivisor, let endDivisor):
            try values.encode("oneCycle", forKey: .kind)
            try values.encodeIfPresent(length, forKey: .over)
            try values.encode(rise, forKey: .rise)
            try values.encode(startDivisor, forKey: .startDivisor)
            try values.encode(endDivisor, forKey: .endDivisor)
        case .plateau(let plateau):
            try values.encode("plateau", forKey: .kind)
            try values.encode(plateau.factor, forKey: .factor)
            try values.encode(plateau.patience, forKey: .patience)
            try values.encode(plateau.threshold, forKey: .threshold)
            try values.encode(plateau.cooldown, forKey: .cooldown)
            try values.encode(plateau.minimum, forKey: .minimum)
        case .warmUp(let length, let start, let next):
            try values.encode("warmUp", forKey: .kind)
            try values.encode(length, forKey: .over)
            try values.encode(start, forKey: .start)
            try values.encode(next, forKey: .next)
        }
    }
}
