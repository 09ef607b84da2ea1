/// How the learning rate changes while training goes on.
///
/// Lengths and places are in epochs, and may be fractions, or with ``bySteps(_:)`` in steps; a rate is worked out for
/// every batch. With one batch per
/// epoch the rates are those of PyTorch's classes of the same names.
public indirect enum Schedule: Sendable, Hashable {
    /// Always the same.
    case constant
    /// Multiplied by `factor` each time that this many epochs are over: `StepLR`.
    case step(every: Double, factor: Double = 0.1)
    /// Multiplied by `factor` at each of these places: `MultiStepLR`.
    case multiStep(at: [Double], factor: Double = 0.1)
    /// Half a cosine from the learning rate down to `minimum`, where it stays: `CosineAnnealingLR`. Without a length
    /// it takes what is left of the training.
    case cosine(over: Double? = nil, minimum: Double = 0)
    /// Up from the learning rate / `startDivisor` to the learning rate during the first `rise` (0 to 1) of its length,
    /// then down to the start / `endDivisor`, along cosines: `OneCycleLR` (Smith and Topin, 2017). Without a length it
    /// takes what is left of the training.
    case oneCycle(over: Double? = nil, rise: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4)
    /// Multiplied by the plateau's factor when the loss has stopped to fall: `ReduceLROnPlateau`.
    case plateau(Plateau = Plateau())
    /// In a straight line from `start` times the learning rate up to it, then as `next` says, which counts from there:
    /// `LinearLR`, then another, in a `SequentialLR`.
    case warmUp(over: Double, start: Double = 0.1, next: Schedule)
    /// Another, whose lengths and places are in steps of the optimizer, not in epochs.
    case bySteps(Schedule)

    /// When a loss counts as having stopped to fall. It is looked at after every epoch.
    public struct Plateau: Sendable, Hashable {
        public var factor: Double
        /// Epochs without improvement that are waited for.
        public var patience: Int
        /// The share by which the loss must fall to count as better.
        public var threshold: Double
        /// Epochs after a change in which none is counted.
        public var cooldown: Int
        /// The rate below which it never falls.
        public var minimum: Double

        public init(
            factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4, cooldown: Int = 0, minimum: Double = 0
        ) {
            self.factor = factor
            self.patience = patience
            self.threshold = threshold
            self.cooldown = cooldown
            self.minimum = minimum
        }
    }

    /// The longest length and the farthest place: batches are counted in whole numbers.
    static let longest = 1e9

    /// What is wrong with values that come from outside; nil where all is well.
    public var problem: String? {
        func positive(_ length: Double?, _ what: String) -> String? {
            guard let length, !(length > 0 && length <= Self.longest) else { return nil }
            return "\(what) must be above 0 and at most 1e9, not \(length)"
        }
        func inUnit(_ value: Double, _ what: String) -> String? {
            (0...1).contains(value) ? nil : "\(what) must be from 0 to 1, not \(value)"
        }
        func natural(_ value: Double, _ what: String) -> String? {
            value >= 0 && value.isFinite ? nil : "\(what) must be 0 or more, not \(value)"
        }
        switch self {
        case .constant: return nil
        case .step(let every, let factor): return positive(every, "every") ?? natural(factor, "factor")
        case .multiStep(let places, let factor):
            guard places.allSatisfy({ (0...Self.longest).contains($0) }), places == places.sorted() else {
                return "the places of changes must be epochs in ascending order, at most 1e9, not \(places)"
            }
            return natural(factor, "factor")
        case .cosine(let length, let minimum): return positive(length, "over") ?? natural(minimum, "minimum")
        case .oneCycle(let length, let rise, let startDivisor, let endDivisor):
            return positive(length, "over") ?? inUnit(rise, "rise")
                ?? (startDivisor >= 1 && endDivisor >= 1 ? nil : "divisors must be at least 1")
        case .plateau(let plateau):
            return inUnit(plateau.factor, "factor") ?? inUnit(plateau.threshold, "threshold")
                ?? natural(plateau.minimum, "minimum")
                ?? (plateau.patience >= 0 && plateau.cooldown >= 0 ? nil : "patience and cooldown must be 0 or more")
        case .warmUp(let length, let start, let next):
            return positive(length, "over") ?? inUnit(start, "start") ?? next.problem
        case .bySteps(let schedule): return schedule.problem
        }
    }
}
