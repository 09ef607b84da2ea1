public import SaccadeMetrics
import SaccadePrelude
public import SaccadeTensors

/// What is known about a classifier after it has seen labelled samples.
public struct ClassificationScore: TaskScore, Hashable, Codable {
    public private(set) var loss = RunningMean()
    public private(set) var confusion: ConfusionMatrix
    /// Samples whose class was among the five highest scores.
    public private(set) var amongFive = 0

    public init(classes: Int) { confusion = ConfusionMatrix(classes: classes) }

    /// Counts a batch.
    ///
    /// - Parameters:
    ///   - logits: `[N, classes]`.
    ///   - labels: `[N]`, in `0..<classes`.
    ///   - loss: The mean loss of the batch, if it is known.
    public mutating func add(_ logits: Tensor, labels: [Int], loss: Double? = nil) {
        let classes = confusion.counts.count
        require(
            logits.shape == [labels.count, classes],
            "logits of shape \(logits.shape) for \(labels.count) labels of \(classes) classes")
        if let loss { self.loss.add(loss, count: labels.count) }
        logits.withScalars { scalars in
            for (row, label) in labels.enumerated() {
                let best = topClasses(5, of: scalars[row * classes..<(row + 1) * classes])
                confusion.add(label: label, prediction: best[0])
                if best.contains(label) { amongFive += 1 }
            }
        }
    }

    public var metrics: [Metric: Double] { [.loss: loss.value, .accuracy: top1, .top5: top5] }

    /// How many samples were seen.
    public var count: Int { confusion.total }
    /// The fraction of samples whose class had the highest score.
    public var top1: Double { confusion.accuracy }
    /// The fraction of samples whose class was among the five highest scores.
    public var top5: Double { count == 0 ? 0 : Double(amongFive) / Double(count) }
}

/// A score in words and numbers, as `saccade evaluate --json` gives it.
public struct EvaluationReport: Sendable, Codable {
    public struct ClassReport: Sendable, Codable {
        public var name: String
        public var precision: Double
        public var recall: Double
        public var f1: Double
        /// Samples of this class.
        public var samples: Int
    }

    public var samples: Int
    public var loss: Double
    public var top1: Double
    public var top5: Double
    public var classes: [ClassReport]
    /// How many samples of class `row` were taken for class `column`.
    public var confusionMatrix: [[Int]]

    /// - Precondition: There are as many names as classes.
    public init(_ score: ClassificationScore, classNames: [String]) {
        require(
            classNames.count == score.confusion.counts.count,
            "\(classNames.count) names for \(score.confusion.counts.count) classes")
        samples = score.count
        loss = score.loss.value
        top1 = score.top1
        top5 = score.top5
        classes = zip(classNames, score.confusion.classScores).map {
            ClassReport(name: $0, precision: $1.precision, recall: $1.recall, f1: $1.f1, samples: $1.support)
        }
        confusionMatrix = score.confusion.counts
    }
}
