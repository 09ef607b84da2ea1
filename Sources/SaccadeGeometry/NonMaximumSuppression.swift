import SaccadePrelude

/// Keeps the best of boxes that lie on each other.
///
/// Greedy: the box of the highest score stays and drops every other that overlaps it by more than the threshold; then
/// the next that is left. Of equal scores the earlier box comes first; a score that is no number comes last.
///
/// - Parameters:
///   - boxes: N boxes, in pixels.
///   - scores: N scores; higher is better.
///   - classes: N classes, of which none drops boxes of another; nil when all are of one class.
///   - threshold: The IoU above which the worse box goes, in 0...1.
/// - Returns: The places of the boxes that stay, the best first.
/// - Precondition: `boxes`, `scores` and `classes` have as many elements.
/// - Complexity: O(N × kept).
public func nonMaximumSuppression(
    _ boxes: [Box], scores: [Double], classes: [Int]? = nil, threshold: Double
) -> [Int] {
    require(
        boxes.count == scores.count && (classes?.count ?? boxes.count) == boxes.count,
        "nonMaximumSuppression: \(boxes.count) boxes, \(scores.count) scores, \(classes?.count ?? 0) classes")
    let ranks = scores.map { $0.isNaN ? -.infinity : $0 }
    let order = ranks.indices.sorted { (ranks[$0], $1) > (ranks[$1], $0) }
    var keptOfClass: [Int: [Box]] = [:]
    return order.filter { index in
        let box = boxes[index]
        let isKept = keptOfClass[classes?[index] ?? 0, default: []].allSatisfy { $0.iou(with: box) <= threshold }
        if isKept { keptOfClass[classes?[index] ?? 0, default: []].append(box) }
        return isKept
    }
}
