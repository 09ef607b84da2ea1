import SaccadeTensors

/// How often each class was taken for which.
public struct ConfusionMatrix: Sendable, Hashable, Codable {
    /// How many samples of class `row` were taken for class `column`, `[classes][classes]`.
    public private(set) var counts: [[Int]]

    public init(classes: Int) {
        require(classes > 0, "ConfusionMatrix: there must be a class")
        counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    }

    /// Counts one sample.
    public mutating func add(label: Int, prediction: Int) { counts[label][prediction] += 1 }

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
        counts.indices.map { label in
            let right = counts[label][label]
            let support = counts[label].reduce(0, +)
            let taken = counts.reduce(0) { $0 + $1[label] }
            // 2PR / (P + R), without the quotients.
            return ClassScore(
                precision: share(right, of: taken), recall: share(right, of: support),
                f1: share(2 * right, of: taken + support), support: support)
        }
    }

    private func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
