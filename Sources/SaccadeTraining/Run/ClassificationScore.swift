public import SaccadeMetrics
import SaccadePrelude
public import SaccadeTensors

/// What is known about a classifier after it has seen labelled samples.
public struct ClassificationScore: Sendable, Hashable, Codable {
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

    /// How many samples were seen.
    public var count: Int { confusion.total }
    /// The share of samples whose class had the highest score.
    public var top1: Double { confusion.accuracy }
    /// The share of samples whose class was among the five highest scores.
    public var top5: Double { count == 0 ? 0 : Double(amongFive) / Double(count) }
}
