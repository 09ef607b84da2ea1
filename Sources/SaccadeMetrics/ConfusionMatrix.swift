import SaccadePrelude

/// How often each class was taken for which.
public struct ConfusionMatrix: Sendable, Hashable, Codable {
    /// How many samples of class `row` were taken for class `column`, `[classes][classes]`.
    public private(set) var counts: [[Int]]

    public init(classes: Int) {
        require(classes > 0, "ConfusionMatrix: there must be a class")
        counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    }

    /// Counts a sample, or some of the same kind.
    ///
    /// - Precondition: Both classes are in `0..<classes`.
    public mutating func add(label: Int, prediction: Int, count: Int = 1) { counts[label][prediction] += count }

    /// All samples.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The share of samples on the diagonal; 0 when there are none.
    public var accuracy: Double { share(counts.indices.reduce(0) { $0 + counts[$1][$1] }, of: total) }

    /// What can be said about one class.
    public struct ClassScore: Sendable, Hashable, Codable {
        /// The share of the samples taken for this class that are of it; 0 when there are none.
        public var precision: Double
        /// The share of the samples of this class that were taken for it; 0 when there are none.
        public var recall: Double
        /// The harmonic mean of both.
        public var f1: Double
        /// Samples of this class.
        public var support: Int
    }

    /// The scores of each class, `[classes]`.
    public var classScores: [ClassScore] {
        tallies.map { right, support, taken in
            // 2PR / (P + R), without the quotients.
            return ClassScore(
                precision: share(right, of: taken), recall: share(right, of: support),
                f1: share(2 * right, of: taken + support), support: support)
        }
    }

    /// For each class: the samples that were recognised, those that are of it, and those that were taken for it.
    var tallies: [(right: Int, support: Int, taken: Int)] {
        var taken = [Int](repeating: 0, count: counts.count)
        for row in counts { for (column, count) in row.enumerated() { taken[column] += count } }
        return counts.indices.map { (counts[$0][$0], counts[$0].reduce(0, +), taken[$0]) }
    }

    private func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
