public import SaccadeGeometry
import SaccadePrelude

/// The average precision of the Pascal VOC challenges, for each class.
///
/// An object that is marked difficult need not be found: finding it counts neither for nor against a detector. A second
/// detection of an object is false. Everingham et al., "The Pascal Visual Object Classes Challenge" (2010), section 4.2.
public struct VOCAveragePrecision: Sendable {
    /// An object that is there.
    public struct Truth: Sendable, Hashable {
        public var box: Box
        /// In `0..<classes`.
        public var label: Int
        public var isDifficult: Bool

        public init(_ box: Box, label: Int, isDifficult: Bool = false) {
            self.box = box
            self.label = label
            self.isDifficult = isDifficult
        }
    }

    /// An object that a detector reports.
    public struct Detection: Sendable, Hashable {
        public var box: Box
        /// In `0..<classes`.
        public var label: Int
        /// Higher is surer.
        public var score: Double

        public init(_ box: Box, label: Int, score: Double) {
            self.box = box
            self.label = label
            self.score = score
        }
    }

    /// What can be said about one class.
    public struct ClassResult: Sendable, Hashable {
        /// The area under the precision at every recall, as from 2010 on.
        public var allPoint: Double
        /// The mean of the precisions at recalls of 0, 0.1, … 1, as until 2009.
        public var elevenPoint: Double
        /// The precision among the detections so far, the surest first.
        public var precision: [Double]
        /// The share of the objects found so far.
        public var recall: [Double]
    }

    /// Detections agree with an object if their IoU is above.
    public let iouThreshold: Double
    private var objects: [Int]
    private var verdicts: [[(score: Double, isRight: Bool)]]

    /// - Precondition: There is a class.
    public init(classes: Int, iouThreshold: Double = 0.5) {
        require(classes > 0, "VOCAveragePrecision: there must be a class")
        self.iouThreshold = iouThreshold
        objects = Array(repeating: 0, count: classes)
        verdicts = Array(repeating: [], count: classes)
    }

    /// Judges what was found on one image.
    ///
    /// - Precondition: All labels are classes.
    public mutating func add(truths: [Truth], detections: [Detection]) {
        var isTaken = [Bool](repeating: false, count: truths.count)
        for truth in truths where !truth.isDifficult { objects[truth.label] += 1 }
        for index in surestFirst(detections.map(\.score)) {
            let detection = detections[index]
            var (best, bestIoU) = (-1, -Double.infinity)
            for (index, truth) in truths.enumerated() where truth.label == detection.label {
                let iou = truth.box.iou(with: detection.box)
                if iou > bestIoU { (best, bestIoU) = (index, iou) }
            }
            guard bestIoU > iouThreshold else {
                verdicts[detection.label].append((detection.score, false))
                continue
            }
            if truths[best].isDifficult { continue }
            verdicts[detection.label].append((detection.score, !isTaken[best]))
            isTaken[best] = true
        }
    }

    /// The result for each class; nil for a class of which there was no object to find.
    public var classResults: [ClassResult?] {
        zip(objects, verdicts).map { objects, verdicts in
            guard objects > 0 else { return nil }
            var (right, precision, recall) = (0, [Double](), [Double]())
            for (done, index) in surestFirst(verdicts.map(\.score)).enumerated() {
                if verdicts[index].isRight { right += 1 }
                precision.append(Double(right) / Double(done + 1))
                recall.append(Double(right) / Double(objects))
            }
            return ClassResult(
                allPoint: area(under: precision, recall), elevenPoint: elevenPoints(of: precision, recall),
                precision: precision, recall: recall)
        }
    }

    /// The mean of ``ClassResult/allPoint`` of the classes that have one; nil when none has.
    public var mean: Double? { mean(\.allPoint) }

    /// The mean of ``ClassResult/elevenPoint`` of the classes that have one; nil when none has.
    public var meanElevenPoint: Double? { mean(\.elevenPoint) }

    private func mean(_ value: (ClassResult) -> Double) -> Double? {
        let values = classResults.compactMap { $0.map(value) }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Each step of recall counts with the highest precision at that recall or above.
    private func area(under precision: [Double], _ recall: [Double]) -> Double {
        var (area, best) = (0.0, 0.0)
        for index in precision.indices.reversed() {
            best = max(best, precision[index])
            area += (recall[index] - (index == 0 ? 0 : recall[index - 1])) * best
        }
        return area
    }

    private func elevenPoints(of precision: [Double], _ recall: [Double]) -> Double {
        (0...10).reduce(0) { sum, tenths in
            let reached = zip(precision, recall).filter { $0.1 >= Double(tenths) * 0.1 }
            return sum + (reached.map(\.0).max() ?? 0) / 11
        }
    }
}

/// Places in the order of falling scores; equal scores keep their order, and what is no number comes last.
func surestFirst(_ scores: [Double]) -> [Int] {
    let ranks = scores.map { $0.isNaN ? -.infinity : $0 }
    return ranks.indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] > ranks[$1] }
}
