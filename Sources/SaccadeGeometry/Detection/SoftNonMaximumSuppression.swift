import CSaccadeKernels
import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How soft non-maximum suppression lowers the score of a box that a better one overlaps.
public enum ScoreDecay: Sendable, Hashable {
    /// `s (1 − IoU)` where the IoU is above the threshold.
    case linear(threshold: Float)
    /// `s exp(−IoU² / σ)`, wherever boxes overlap.
    case gaussian(sigma: Float)

    func factor(_ iou: Float) -> Float {
        switch self {
        case .linear(let threshold): iou > threshold ? 1 - iou : 1
        case .gaussian(let sigma): exp(-(iou * iou) / sigma)
        }
    }
}

/// Lowers the scores of boxes that better ones overlap, in place of dropping them.
///
/// The box of the highest score stays as it is, and the scores of all others are lowered by how much they overlap it; then
/// the highest that is left. Of equal scores the earlier box comes first. Bodla et al., "Soft-NMS" (2017), figure 2; as in
/// the authors' program, an IoU of exactly the threshold lowers nothing.
///
/// - Parameters:
///   - boxes: N boxes, in pixels.
///   - scores: N scores; higher is better. A box whose score is no number is dropped.
///   - classes: N classes, of which none lowers scores of another; nil when all are of one class.
///   - decay: Linear, as in the paper with a threshold of 0.3, or Gaussian, with a σ of 0.5.
///   - minimumScore: Boxes go whose score is, or has fallen, below.
/// - Returns: The places of the boxes that stay and their new scores, the best first.
/// - Precondition: `boxes`, `scores` and `classes` have as many elements; σ is above 0.
/// - Complexity: O(N × kept).
public func softNonMaximumSuppression(
    _ boxes: Boxes, scores: [Float], classes: [Int]? = nil, decay: ScoreDecay, minimumScore: Float = 0.001
) -> (places: [Int], scores: [Float]) {
    require(
        boxes.count == scores.count && (classes?.count ?? boxes.count) == boxes.count,
        "softNonMaximumSuppression: \(boxes.count) boxes, \(scores.count) scores, \(classes?.count ?? 0) classes")
    if case .gaussian(let sigma) = decay {
        require(sigma > 0, "softNonMaximumSuppression: sigma must be above 0, not \(sigma)")
    }
    // Comparing leaves out what is no number.
    let candidates = boxes.indices.filter { scores[$0] >= minimumScore }
    var found: [(place: Int, score: Float)] = []
    for places in Dictionary(grouping: candidates, by: { classes?[$0] ?? 0 }).values {
        var remaining = RemainingBoxes(boxes, scores, places)
        while let best = remaining.takeBest() {
            found.append((best.place, best.score))
            remaining.lower(by: decay, overlapping: boxes, best.place, minimumScore: minimumScore)
        }
    }
    found.sort { ($0.score, $1.place) > ($1.score, $0.place) }
    return (found.map(\.place), found.map(\.score))
}

/// Boxes that have not had their turn.
private struct RemainingBoxes {
    private var boxes: Boxes
    private var places: [Int]
    /// NaN for those that are gone.
    private var scores: [Float]
    private var count: Int
    private var ious: [Float]

    init(_ boxes: Boxes, _ scores: [Float], _ places: [Int]) {
        self.boxes = boxes.selecting(places)
        self.scores = places.map { scores[$0] }
        self.places = places
        count = places.count
        ious = Array(repeating: 0, count: count)
    }

    mutating func takeBest() -> (place: Int, score: Float)? {
        var best: Int?
        for (index, score) in scores.enumerated() where !score.isNaN {
            if best.map({ score > scores[$0] }) ?? true { best = index }
        }
        guard let best else { return nil }
        let taken = (places[best], scores[best])
        remove(best)
        return taken
    }

    mutating func lower(by decay: ScoreDecay, overlapping all: Boxes, _ place: Int, minimumScore: Float) {
        if 2 * count < places.count { compact() }
        boxes.withEdges { edges in
            sk_box_iou(places.count, edges, all.x1[place], all.y1[place], all.x2[place], all.y2[place], &ious)
        }
        for index in places.indices where ious[index] > 0 && !scores[index].isNaN {
            scores[index] *= decay.factor(ious[index])
            // A score that is infinite times nothing is no number, and gone as well.
            if scores[index].isNaN || scores[index] < minimumScore { remove(index) }
        }
    }

    private mutating func remove(_ index: Int) {
        scores[index] = .nan
        count -= 1
    }

    private mutating func compact() {
        let left = places.indices.filter { !scores[$0].isNaN }
        boxes = boxes.selecting(left)
        places = left.map { places[$0] }
        scores = left.map { scores[$0] }
    }
}
