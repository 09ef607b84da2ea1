import CSaccadeKernels
import SaccadePrelude

/// Keeps the best of boxes that lie on each other.
///
/// Greedy: the box of the highest score stays and drops every other that overlaps it by more than the threshold; then
/// the next that is left. So one whose IoU is exactly the threshold stays. Of equal scores the earlier box comes first; a
/// box whose score is no number is dropped. Boxes without area, or with edges that are no numbers, overlap none and stay.
///
/// IoUs are computed in `Float`, and each step is rounded as by torchvision's `nms`. Classes are kept apart by looking at
/// each by itself, not by moving their boxes away from each other, which costs digits.
///
/// - Parameters:
///   - boxes: N boxes, in pixels.
///   - scores: N scores; higher is better.
///   - classes: N classes, of which none drops boxes of another; nil when all are of one class.
///   - threshold: The IoU above which the worse box goes, in 0...1.
///   - limit: How many boxes stay at most.
/// - Returns: The places of the boxes that stay, the best first.
/// - Precondition: `boxes`, `scores` and `classes` have as many elements, fewer than 2³¹, and the threshold is in 0...1.
/// - Complexity: O(N × kept) in the worst case; boxes that lie far apart are not compared.
public func nonMaximumSuppression(
    _ boxes: Boxes, scores: [Float], classes: [Int]? = nil, threshold: Double, limit: Int = .max
) -> [Int] {
    require(
        boxes.count == scores.count && (classes?.count ?? boxes.count) == boxes.count,
        "nonMaximumSuppression: \(boxes.count) boxes, \(scores.count) scores, \(classes?.count ?? 0) classes")
    return kept(of: boxes, inOrder: highestFirst(scores), classes: classes, threshold: threshold, limit: limit)
}

/// The same for boxes and scores in `Double`; the boxes are rounded to `Float`, the scores are not.
public func nonMaximumSuppression(
    _ boxes: [Box], scores: [Double], classes: [Int]? = nil, threshold: Double, limit: Int = .max
) -> [Int] {
    require(
        boxes.count == scores.count && (classes?.count ?? boxes.count) == boxes.count,
        "nonMaximumSuppression: \(boxes.count) boxes, \(scores.count) scores, \(classes?.count ?? 0) classes")
    let order = scores.indices.filter { !scores[$0].isNaN }.sorted { (scores[$0], $1) > (scores[$1], $0) }
    return kept(of: Boxes(boxes), inOrder: order, classes: classes, threshold: threshold, limit: limit)
}

/// The places of the boxes that stay, in the order given.
private func kept(
    of boxes: Boxes, inOrder order: [Int], classes: [Int]?, threshold: Double, limit: Int
) -> [Int] {
    require((0...1).contains(threshold), "nonMaximumSuppression: the threshold must be in 0...1, not \(threshold)")
    guard let classes else {
        return sweep(boxes.selecting(order), threshold: threshold, limit: limit).map { order[Int($0)] }
    }
    var isKept = [Bool](repeating: false, count: order.count)
    for ranks in Dictionary(grouping: order.indices, by: { classes[order[$0]] }).values {
        let own = boxes.selecting(ranks.map { order[$0] })
        for rank in sweep(own, threshold: threshold, limit: limit) { isKept[ranks[Int(rank)]] = true }
    }
    return Array(order.indices.lazy.filter { isKept[$0] }.prefix(max(limit, 0)).map { order[$0] })
}

/// - Parameter boxes: The best first.
private func sweep(_ boxes: Boxes, threshold: Double, limit: Int) -> [Int32] {
    guard !boxes.isEmpty else { return [] }
    require(boxes.count < Int32.max, "nonMaximumSuppression: \(boxes.count) boxes are too many")
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: sk_nms_scratch(boxes.count)) { scratch in
        [Int32](unsafeUninitializedCapacity: boxes.count) { kept, initialized in
            initialized = boxes.withEdges { edges in
                sk_nms(boxes.count, edges, threshold, max(limit, 0), scratch.baseAddress, kept.baseAddress)
            }
        }
    }
}
