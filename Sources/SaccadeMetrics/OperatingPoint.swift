/// How sure a detection must be for precision and recall to be best together: where F1 is highest, at an IoU of 0.5.
///
/// F1 is their harmonic mean (van Rijsbergen, "Information Retrieval", 1979, chapter 7). Of equal ones the highest score is
/// taken.
public struct OperatingPoint: Sendable, Hashable, Codable {
    /// Detections that are at least so sure are kept.
    public var score: Double
    /// The share of these that have found an object, in 0...1.
    public var precision: Double
    /// The share of the objects that these have found, in 0...1.
    public var recall: Double

    /// Twice the product of precision and recall over their sum, in 0...1.
    public var f1: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }

    public init(score: Double, precision: Double, recall: Double) {
        (self.score, self.precision, self.recall) = (score, precision, recall)
    }

    /// - Parameter verdicts: The surest first.
    /// - Returns: Nil when nothing was found.
    static func best(_ verdicts: [COCOCategory.Verdict], objects: Int) -> OperatingPoint? {
        var (right, best) = (0, OperatingPoint?.none)
        for (place, verdict) in verdicts.enumerated() where verdict.score.isFinite {
            if verdict.isRight { right += 1 }
            // Of equal scores all are kept, or none.
            let isLast = place + 1 == verdicts.count || verdicts[place + 1].score != verdict.score
            guard isLast, right > 0 else { continue }
            let point = OperatingPoint(
                score: verdict.score, precision: Double(right) / Double(place + 1),
                recall: Double(right) / Double(objects))
            if point.f1 > best?.f1 ?? 0 { best = point }
        }
        return best
    }
}
