import SaccadePrelude

/// What non-maximum suppression makes of a box.
public enum Suppression: Sendable, Hashable {
    /// It stays.
    case kept
    /// It goes: the box at this place stays, is better, and overlaps it by this IoU.
    case dropped(by: Int, iou: Float)
    /// It goes, for its score is no number.
    case unscored
}

/// Which boxes ``nonMaximumSuppression(_:scores:classes:threshold:limit:)`` keeps, and for which of them each other goes.
///
/// Where several that stay overlap a box by more than the threshold, it goes with the best of them, whose turn comes first.
/// A box that has gone drops nothing any more, so that what overlaps only such boxes stays.
///
/// - Parameters:
///   - boxes: N boxes, in pixels.
///   - scores: N scores; higher is better.
///   - classes: N classes, of which none drops boxes of another; nil when all are of one class.
///   - threshold: The IoU above which the worse box goes, in 0...1.
/// - Returns: N answers, in the order of the boxes.
/// - Precondition: `boxes`, `scores` and `classes` have as many elements, and the threshold is in 0...1.
/// - Complexity: O(N × kept): what stays is known sooner without the reasons.
public func suppressions(
    of boxes: Boxes, scores: [Float], classes: [Int]? = nil, threshold: Double
) -> [Suppression] {
    require(
        boxes.count == scores.count && (classes?.count ?? boxes.count) == boxes.count,
        "suppressions: \(boxes.count) boxes, \(scores.count) scores, \(classes?.count ?? 0) classes")
    require((0...1).contains(threshold), "suppressions: the threshold must be in 0...1, not \(threshold)")
    var results = [Suppression](repeating: .unscored, count: boxes.count)
    for places in Dictionary(grouping: highestFirst(scores), by: { classes?[$0] ?? 0 }).values {
        // The best first, all along.
        var left = places
        while let best = left.first {
            results[best] = .kept
            left.removeFirst()
            let ious = boxes.selecting([best]).pairwiseIoU(with: boxes.selecting(left))
            var next: [Int] = []
            for (place, iou) in zip(left, ious) {
                if Double(iou) > threshold {
                    results[place] = .dropped(by: best, iou: iou)
                } else {
                    next.append(place)
                }
            }
            left = next
        }
    }
    return results
}
