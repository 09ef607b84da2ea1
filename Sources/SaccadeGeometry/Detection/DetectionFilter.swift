import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Objects that a detector has found on an image, the surest first.
public struct DetectedBoxes: Sendable, Hashable {
    /// In pixels.
    public var boxes: Boxes
    /// The class of each, from 1 on.
    public var labels: [Int]
    /// How sure each is, in 0...1.
    public var scores: [Float]

    public init(boxes: Boxes, labels: [Int], scores: [Float]) {
        (self.boxes, self.labels, self.scores) = (boxes, labels, scores)
    }
}

/// Makes detections of what the heads of a detector say about its proposals.
///
/// In the order of torchvision's `RoIHeads.postprocess_detections`: every class of a proposal is a box of its own, but for
/// the background; boxes are decoded and clipped to the image, those of low scores dropped, then small ones; suppression, of
/// each class by itself; the best of all classes together.
public struct DetectionFilter: Sendable, Hashable {
    /// Scores must be above; one that is equal goes.
    public var scoreThreshold: Float = 0.05
    /// The IoU above which the worse box of a class goes, in 0...1.
    public var iouThreshold = 0.5
    /// How many objects are found on an image at most.
    public var limit = 100
    /// Sides must be at least so long, in pixels.
    public var minimumSide: Float = 1e-2
    /// How deltas are read.
    public var coder = BoxCoder.detections

    public init() {}

    /// What is found on an image; boxes whose logits or deltas are no numbers are dropped.
    ///
    /// - Parameters:
    ///   - proposals: N boxes, in pixels.
    ///   - logits: `[N, classes]`; the first class is background.
    ///   - deltas: `[N, classes, 4]`, relative to the proposals.
    ///   - width: Pixels of the image, without padding.
    ///   - height: Likewise.
    /// - Precondition: There are as many logits for each proposal, and four deltas for each.
    public func callAsFunction(
        _ proposals: Boxes, logits: [Float], deltas: [Float], width: Int, height: Int
    ) -> DetectedBoxes {
        let classes = proposals.isEmpty ? 0 : logits.count / proposals.count
        require(
            classes * proposals.count == logits.count && 4 * logits.count == deltas.count,
            "DetectionFilter: \(proposals.count) proposals, \(logits.count) logits and \(deltas.count) deltas")
        let scores = proposals.indices.flatMap { softmax(logits[$0 * classes..<($0 + 1) * classes]) }
        return self(proposals, scores: scores, deltas: deltas, width: width, height: height)
    }

    /// What is found on an image; boxes whose scores or deltas are no numbers are dropped.
    ///
    /// - Parameters:
    ///   - proposals: N boxes, in pixels.
    ///   - scores: `[N, classes]`, in 0...1; the first class is background, and does not count.
    ///   - deltas: `[N, classes, 4]`, relative to the proposals.
    ///   - width: Pixels of the image, without padding.
    ///   - height: Likewise.
    /// - Precondition: There are as many scores for each proposal, and four deltas for each.
    public func callAsFunction(
        _ proposals: Boxes, scores all: [Float], deltas: [Float], width: Int, height: Int
    ) -> DetectedBoxes {
        let classes = proposals.isEmpty ? 0 : all.count / proposals.count
        require(
            classes * proposals.count == all.count && 4 * all.count == deltas.count,
            "DetectionFilter: \(proposals.count) proposals, \(all.count) scores and \(deltas.count) deltas")
        // Few boxes are left of the scores, so they are decoded afterwards.
        var (scores, labels, places) = ([Float](), [Int](), [Int]())
        for place in proposals.indices {
            for label in 0..<classes where label > 0 && all[place * classes + label] > scoreThreshold {
                scores.append(all[place * classes + label])
                labels.append(label)
                places.append(place)
            }
        }
        let boxes = coder.decode(
            zip(places, labels).flatMap { place, label in
                let at = 4 * (place * classes + label)
                return deltas[at..<at + 4]
            }, relativeTo: proposals.selecting(places)
        ).clipped(toWidth: width, height: height)
        let large = boxes.places(withSidesOfAtLeast: minimumSide)
        let kept = nonMaximumSuppression(
            boxes.selecting(large), scores: large.map { scores[$0] }, classes: large.map { labels[$0] },
            threshold: iouThreshold, limit: limit
        ).map { large[$0] }
        return DetectedBoxes(
            boxes: boxes.selecting(kept), labels: kept.map { labels[$0] }, scores: kept.map { scores[$0] })
    }

    private func softmax(_ logits: ArraySlice<Float>) -> [Float] {
        let largest = logits.max() ?? 0
        let powers = logits.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
