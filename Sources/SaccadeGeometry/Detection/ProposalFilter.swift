import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Boxes that may hold an object, the likeliest first.
public struct ScoredBoxes: Sendable, Hashable {
    /// In pixels.
    public var boxes: Boxes
    /// How likely each holds an object, in 0...1.
    public var scores: [Float]

    public init(boxes: Boxes, scores: [Float]) { (self.boxes, self.scores) = (boxes, scores) }
}

/// Makes proposals of what an RPN says about its anchors.
///
/// In the order of torchvision's `RegionProposalNetwork.filter_proposals`: of each level the highest logits are taken and
/// their boxes decoded; these are clipped to the image, small ones dropped, then those of low scores; suppression, of each
/// level by itself; the best of all levels together.
public struct ProposalFilter: Sendable, Hashable {
    /// What an RPN says about the anchors of one map.
    public struct Level: Sendable, Hashable {
        /// N anchors.
        public var anchors: Boxes
        /// N logits of there being an object.
        public var logits: [Float]
        /// `[N, 4]`, relative to the anchors.
        public var deltas: [Float]

        /// - Precondition: There are a logit and four deltas for each anchor.
        public init(anchors: Boxes, logits: [Float], deltas: [Float]) {
            require(
                anchors.count == logits.count && 4 * anchors.count == deltas.count,
                "ProposalFilter: \(anchors.count) anchors, \(logits.count) logits and \(deltas.count) deltas")
            (self.anchors, self.logits, self.deltas) = (anchors, logits, deltas)
        }
    }

    /// How many boxes of each level go into suppression. 2000 in training, in torchvision.
    public var limitBefore = 1000
    /// How many proposals are made. 2000 in training, in torchvision.
    public var limitAfter = 1000
    /// The IoU above which the worse box goes, in 0...1.
    public var iouThreshold = 0.7
    /// Scores must be at least so high.
    public var minimumScore: Float = 0
    /// Sides must be at least so long, in pixels.
    public var minimumSide: Float = 1e-3
    /// How deltas are read.
    public var coder = BoxCoder.proposals

    public init() {}

    /// The proposals for an image; boxes whose logits or deltas are no numbers are dropped.
    ///
    /// - Parameters:
    ///   - levels: What is said on each map.
    ///   - width: Pixels of the image, without padding.
    ///   - height: Likewise.
    public func callAsFunction(_ levels: [Level], width: Int, height: Int) -> ScoredBoxes {
        var (boxes, scores, levelOfEach) = (Boxes(), [Float](), [Int]())
        for (index, level) in levels.enumerated() {
            let best = highestFirst(level.logits, limit: limitBefore)
            let decoded = coder.decode(
                best.flatMap { level.deltas[4 * $0..<4 * $0 + 4] }, relativeTo: level.anchors.selecting(best)
            ).clipped(toWidth: width, height: height)
            let bestScores = best.map { 1 / (1 + exp(-level.logits[$0])) }
            let places = decoded.places(withSidesOfAtLeast: minimumSide).filter { bestScores[$0] >= minimumScore }
            boxes.append(contentsOf: decoded.selecting(places))
            scores += places.map { bestScores[$0] }
            levelOfEach += places.map { _ in index }
        }
        let kept = nonMaximumSuppression(
            boxes, scores: scores, classes: levelOfEach, threshold: iouThreshold, limit: limitAfter)
        return ScoredBoxes(boxes: boxes.selecting(kept), scores: kept.map { scores[$0] })
    }
}
