import SaccadeMetrics
import SaccadePrelude
public import SaccadeTensors

/// Shows a classifier every sample of a source once.
///
/// - Parameters:
///   - source: The samples, in one epoch.
///   - classes: How many classes there are.
///   - progress: Called after each batch with the number of samples that are done.
///   - predict: Logits `[N, classes]` for images `[N, C, H, W]`; a network, or a plan made of one.
/// - Throws: What the source throws: a picture that cannot be read.
public func evaluate(
    over source: any BatchSource, classes: Int, progress: (Int) -> Void = { _ in }, _ predict: (Tensor) throws -> Tensor
) throws -> ClassificationScore {
    var score = ClassificationScore(classes: classes)
    let next = source.batches(ofEpoch: 0, from: 0)
    while let batch = try next() {
        let logits = try predict(batch.images)
        let loss = crossEntropy(logits, batch.labels).item
        score.add(logits, labels: batch.labels, loss: Double(loss))
        progress(score.count)
    }
    return score
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
