/// Learning to tell objects from windows that are too many to learn from all: only those stay that are hard to tell.
///
/// Windows pass by; those that score above a margin are kept, from time to time the machine is trained again with them,
/// and those that have become easy go (Dalal and Triggs, 2005, section 4; Felzenszwalb et al., "Object Detection with
/// Discriminatively Trained Part-Based Models", 2010, section 4.4; R-CNN's `rcnn_train.m`, whose numbers are the defaults).
/// A window beyond the margin has no loss: once all hard ones are found, the machine is the one that all windows give.
public struct HardNegativeMining: Sendable, Hashable {
    /// How often all windows pass by, at most: a round that finds nothing new is the last.
    public var rounds: Int
    /// A window is hard when it scores more. −1 is where the hinge loss begins.
    public var hardAbove: Float
    /// A window is easy when, after a training, it scores less; not above ``hardAbove``.
    public var easyBelow: Float
    /// The machine is trained again when there are so many new windows.
    public var newPerTraining: Int
    /// Windows that are kept at most; of more, those with the lowest scores go.
    public var limit: Int

    public init(
        rounds: Int = 1, hardAbove: Float = -1, easyBelow: Float = -1.2, newPerTraining: Int = 2000,
        limit: Int = 20_000
    ) {
        (self.rounds, self.hardAbove, self.easyBelow) = (rounds, hardAbove, easyBelow)
        (self.newPerTraining, self.limit) = (newPerTraining, limit)
    }

    /// The most memory that a training takes, in bytes: 4 for each number that is kept, as much again where positives and
    /// negatives are put together, and 16 in liblinear, less where it is 0.
    public func bytes(positives: Int, features: Int) -> Double {
        24 * Double(features) * (Double(positives) + Double(limit) + Double(newPerTraining))
    }

    /// What happened while all windows passed by once.
    public struct Round: Sendable, Hashable {
        /// Windows that passed by.
        public internal(set) var windows = 0
        /// Those of them that were hard, and not yet known.
        public internal(set) var hard = 0
        /// Trainings.
        public internal(set) var trainings = 0
        /// Windows that were kept at its end.
        public internal(set) var kept = 0
    }

    func check() throws(LinearError) {
        guard rounds >= 1, newPerTraining >= 1, limit >= 1 else {
            throw LinearError(
                .setting,
                "\(rounds) rounds, trainings after \(newPerTraining) windows and at most \(limit) of them: each must be at "
                    + "least 1")
        }
        guard hardAbove.isFinite, easyBelow <= hardAbove, hardAbove < 1 else {
            throw LinearError(
                .setting,
                "windows above \(hardAbove) are hard and those below \(easyBelow) easy: the first must be below 1, and the "
                    + "second not above the first")
        }
    }
}

/// Learns to tell positives from windows that pass by.
///
/// - Parameters:
///   - positives: `[examples, features]`.
///   - settings: Of the machine.
///   - mining: How the windows are sifted; see ``HardNegativeMining/bytes(positives:features:)``.
///   - windows: Hands all windows that are no object, `[windows, features]` and as many at a time as it likes, to the
///     function that it is given. Called once a round, it must give the same ones in the same order: a window is known by
///     its place.
/// - Throws: ``LinearError``, and what `windows` throws.
public func trainedWithHardNegatives(
    positives: Matrix, settings: LinearSVM.Settings = LinearSVM.Settings(),
    mining: HardNegativeMining = HardNegativeMining(),
    windows: (_ pass: (Matrix) throws -> Void) throws -> Void
) throws -> (svm: LinearSVM, rounds: [HardNegativeMining.Round]) {
    var sieve = try HardNegativeSieve(positives: positives, settings: settings, mining: mining)
    var rounds: [HardNegativeMining.Round] = []
    while rounds.count < mining.rounds {
        var next = 0
        try windows { block in
            try sieve.pass(block, places: next..<(next + block.rows))
            next += block.rows
        }
        let round = try sieve.endRound()
        rounds.append(round)
        if round.hard == 0 { break }
    }
    guard rounds[0].trainings > 0 else {
        throw LinearError(.examples, "no window passed by that is no object; give images that have some")
    }
    return (sieve.svm, rounds)
}
