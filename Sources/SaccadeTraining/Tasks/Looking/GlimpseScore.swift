import Foundation
public import SaccadeMetrics
import SaccadePrelude
import SaccadeTensors

/// What is known about a network that looks in glimpses, after it has named what is on some canvases.
public struct GlimpseScore: TaskScore {
    private var loss = RunningMean()
    /// Of single answers.
    private(set) var confusion: ConfusionMatrix
    /// Canvases all of whose answers are right.
    private var whole = 0
    private let answers: Int
    private let passes: Int

    init(classes: Int, answers: Int, passes: Int) {
        (confusion, self.answers, self.passes) = (ConfusionMatrix(classes: classes), answers, passes)
    }

    /// - Parameters:
    ///   - probabilities: Of each answer in turn, `[N, classes]`.
    ///   - labels: Of each canvas, as many as there are answers.
    mutating func add(_ probabilities: [Tensor], labels: [[Int]]) {
        let classes = confusion.counts.count
        require(
            probabilities.count == answers
                && probabilities.allSatisfy { $0.shape == [labels.count, classes] }
                && labels.allSatisfy { $0.count == answers },
            "\(probabilities.count) answers to \(labels.count) canvases of \(answers)")
        let scalars = probabilities.map(\.scalars)
        for (row, labels) in labels.enumerated() {
            var (cost, right) = (0.0, 0)
            for (said, label) in zip(scalars, labels) {
                let said = said[row * classes..<(row + 1) * classes]
                cost -= log(Double(max(said[said.startIndex + label], .leastNormalMagnitude)))
                let best = topClasses(1, of: said)[0]
                confusion.add(label: label, prediction: best)
                if best == label { right += 1 }
            }
            loss.add(cost / Double(answers))
            if right == answers { whole += 1 }
        }
    }

    public var count: Int { loss.count }

    public var metrics: [Metric: Double] {
        var metrics: [Metric: Double] = [.loss: loss.value, .accuracy: confusion.accuracy]
        if answers > 1 { metrics[.sequenceAccuracy] = wholeShare }
        return metrics
    }

    private var wholeShare: Double { count == 0 ? 0 : Double(whole) / Double(count) }

    /// As people, and programs, read it.
    func report(classNames: [String]) -> TaskReport {
        let classes = zip(classNames, confusion.classScores).map {
            Whole.Class(name: $0, precision: $1.precision, recall: $1.recall, f1: $1.f1, answers: $1.support)
        }
        return TaskReport(
            count: count, metrics: metrics,
            columns: [.init("precision"), .init("recall"), .init("F1"), .init("answers", isFraction: false)],
            rows: classes.map { .init($0.name, [$0.precision, $0.recall, $0.f1, Double($0.answers)]) },
            confusions: confusion.counts,
            json: Whole(
                canvases: count, answersPerCanvas: answers, passes: passes, loss: loss.value,
                accuracy: confusion.accuracy, sequenceAccuracy: wholeShare, classes: classes,
                confusionMatrix: confusion.counts))
    }

    private struct Whole: Codable {
        struct Class: Codable {
            let name: String
            let precision, recall, f1: Double
            let answers: Int
        }
        let canvases, answersPerCanvas, passes: Int
        let loss, accuracy, sequenceAccuracy: Double
        let classes: [Class]
        /// How many of class `row` were taken for class `column`.
        let confusionMatrix: [[Int]]
    }
}
