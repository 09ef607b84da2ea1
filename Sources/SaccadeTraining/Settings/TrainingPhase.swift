import SaccadeSettings

/// A stretch of a training in which some parts of the network stay as they are, such as a new head's first epochs on a
/// backbone that is trained already.
///
///     phases: [{epochs: 2, freeze: [backbone]}, {freeze: []}]
public struct TrainingPhase: Sendable, Hashable {
    /// How long it lasts; nil to the end, for the last.
    public var epochs: Int?
    /// What stays as it is, beside ``TrainingSettings/freeze``.
    public var freeze: [String]

    public init(epochs: Int? = nil, freeze: [String] = []) { (self.epochs, self.freeze) = (epochs, freeze) }
}

extension [TrainingPhase] {
    /// What is wrong with phases from outside, for a training of so many epochs; nil where all is well.
    func problem(epochs: Int) -> String? {
        guard let last else { return nil }
        guard dropLast().allSatisfy({ $0.epochs != nil }) else {
            return "phases must say how many epochs they last, all but the last"
        }
        guard allSatisfy({ (1...1_000_000).contains($0.epochs ?? 1) }) else {
            return "a phase lasts 1 to 1000000 epochs"
        }
        let sum = reduce(0) { $0 + ($1.epochs ?? 0) }
        guard last.epochs == nil ? sum < epochs : sum == epochs else {
            return
                "phases of \(sum) epochs do not fit a training of \(epochs); leave out the epochs of the last phase, and it "
                + "lasts to the end"
        }
        return nil
    }

    /// The one that an epoch belongs to, counted from 0; nil where there are no phases.
    func phase(inEpoch epoch: Int) -> TrainingPhase? {
        var end = 0
        return first { phase in
            end += phase.epochs ?? .max - end
            return epoch < end
        }
    }
}

extension TrainingPhase: Codable {
    private enum Keys: String, CodingKey, CaseIterable { case epochs, freeze }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        epochs = try values.decodeIfPresent(Int.self, forKey: .epochs)
        freeze = try values.decodeIfPresent([String].self, forKey: .freeze) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encodeIfPresent(epochs, forKey: .epochs)
        try values.encode(freeze, forKey: .freeze)
    }
}
