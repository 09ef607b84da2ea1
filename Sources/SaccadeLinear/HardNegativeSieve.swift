/// The machine of one class, and the windows that are hard for it so far.
///
/// ``trainedWithHardNegatives(positives:settings:mining:windows:)`` is the way to use one. Whoever learns many classes while
/// windows pass by once, as R-CNN does, has one sieve for each, and gives it those windows that are none of its objects.
public struct HardNegativeSieve: Sendable {
    /// As trained last; before that, it gives 0 to everything, and every window is hard.
    public private(set) var svm: LinearSVM
    /// The windows that are kept, `[windows, features]`.
    public private(set) var negatives: Matrix

    private let positives: Matrix
    private let settings: LinearSVM.Settings
    private let mining: HardNegativeMining
    /// Of the kept windows, in their order.
    private var places: [Int] = []
    private var known: Set<Int> = []
    private var newSinceTraining = 0
    private var isTrained = false
    private var round = HardNegativeMining.Round()

    /// - Throws: ``LinearError``: no positives, numbers that are not finite, settings that make no sense.
    public init(
        positives: Matrix, settings: LinearSVM.Settings, mining: HardNegativeMining
    ) throws(LinearError) {
        try settings.check()
        try mining.check()
        guard positives.rows > 0 else { throw LinearError(.examples, "there are no positive examples; add some") }
        if let error = LinearError.notFinite("positive example", positives) { throw error }
        (self.positives, self.settings, self.mining) = (positives, settings, mining)
        svm = LinearSVM(classes: 1, features: positives.columns)
        negatives = Matrix(columns: positives.columns)
    }

    /// Keeps what is hard among windows, and trains as soon as there is enough of it.
    ///
    /// - Parameters:
    ///   - windows: `[windows, features]`.
    ///   - places: A number for each, by which it is known again in another round.
    public mutating func pass(_ windows: Matrix, places: some RandomAccessCollection<Int>) throws(LinearError) {
        guard windows.columns == positives.columns, windows.rows == places.count else {
            throw LinearError(
                .examples,
                "\(windows.rows) windows of \(windows.columns) features at \(places.count) places; positives have "
                    + "\(positives.columns) features")
        }
        if let error = LinearError.notFinite("window", windows) { throw error }
        round.windows += windows.rows
        var first = 0
        while first < windows.rows {
            // After a training the scores of the windows that are left are out of date.
            let left = first == 0 ? windows : windows.rows(at: Array(first..<windows.rows))
            let scores = svm.scores(of: left).values
            var taken = left.rows
            for (index, score) in scores.enumerated() where !isTrained || score > mining.hardAbove {
                let place = places[places.index(places.startIndex, offsetBy: first + index)]
                if !known.insert(place).inserted { continue }
                negatives.append(row: left[row: index])
                self.places.append(place)
                round.hard += 1
                newSinceTraining += 1
                if newSinceTraining == mining.newPerTraining {
                    try train()
                    taken = index + 1
                    break
                }
            }
            first += taken
        }
    }

    /// Counts windows that the machine is known to find easy, so that they need not be described.
    public mutating func passEasy(_ count: Int) { round.windows += count }

    /// Trains with what is new since the last time. - Returns: What the round was like.
    public mutating func endRound() throws(LinearError) -> HardNegativeMining.Round {
        if newSinceTraining > 0 { try train() }
        round.kept = negatives.rows
        defer { round = HardNegativeMining.Round() }
        return round
    }

    private mutating func train() throws(LinearError) {
        var examples = positives
        examples.append(rowsOf: negatives)
        let labels = (0..<examples.rows).map { $0 < positives.rows ? 0 : nil }
        svm = try LinearSVM(features: examples, labels: labels, classes: 1, settings: settings)
        (newSinceTraining, isTrained) = (0, true)
        round.trainings += 1
        dropEasy()
    }

    private mutating func dropEasy() {
        let scores = svm.scores(of: negatives).values
        var kept = scores.indices.filter { scores[$0] >= mining.easyBelow }
        if kept.count > mining.limit {
            // Of equal scores the earlier one stays.
            kept.sort { (scores[$0], $1) > (scores[$1], $0) }
            kept = kept.prefix(mining.limit).sorted()
        }
        if kept.count == negatives.rows { return }
        negatives = negatives.rows(at: kept)
        places = kept.map { places[$0] }
        known = Set(places)
    }
}
