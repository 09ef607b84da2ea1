public import SaccadePrelude

/// What the objects of an image tell a detector to learn: which boxes find which object, which of them are learnt from, and
/// the deltas that would be right.
public struct TargetSampling: Sendable, Hashable {
    /// Which box is to find which object.
    public var matcher: BoxMatcher
    /// How many boxes are learnt from.
    public var sampler: BalancedSampler
    /// How the right deltas are written.
    public var coder: BoxCoder
    /// Which matches are learnt as background.
    public var background: BoxMatcher.Match

    public init(
        matcher: BoxMatcher, sampler: BalancedSampler, coder: BoxCoder, background: BoxMatcher.Match = .below
    ) {
        (self.matcher, self.sampler, self.coder, self.background) = (matcher, sampler, coder, background)
    }

    /// The anchors of an RPN.
    public static let anchors = TargetSampling(matcher: .anchors, sampler: .anchors, coder: .proposals)
    /// The proposals of Faster and Mask R-CNN, as in torchvision.
    public static let proposals = TargetSampling(matcher: .proposals, sampler: .proposals, coder: .detections)
    /// The proposals of Fast R-CNN, as in the paper: background is what overlaps an object by 0.1 to 0.5.
    public static let fastRCNN = TargetSampling(
        matcher: .fastRCNN, sampler: .fastRCNN, coder: .detections, background: .between)

    /// What an RPN learns from an image.
    public struct AnchorTargets: Sendable, Hashable {
        /// Places of anchors with an object, in rising order.
        public var positives: [Int]
        /// Places of anchors without, in rising order.
        public var negatives: [Int]
        /// `[positives, 4]`: the right deltas.
        public var deltas: [Float]
    }

    /// What the heads of a detector learn from an image.
    public struct ProposalTargets: Sendable, Hashable {
        /// N proposals that were picked, in their order, and objects among them.
        public var boxes: Boxes
        /// The right class of each; 0 is background.
        public var labels: [Int]
        /// The place of the object that each is to find; nil for background.
        public var objects: [Int?]
        /// `[N, 4]`: the right deltas; 0 for background.
        public var deltas: [Float]
    }

    /// Picks anchors of an image.
    ///
    /// - Parameters:
    ///   - anchors: Those of all levels.
    ///   - objects: The boxes around what there is, in pixels. May be empty; boxes without area are never found.
    public func anchorTargets(
        _ anchors: Boxes, objects: Boxes, using generator: inout SplitMix64
    ) -> AnchorTargets {
        let matches = matcher.match(anchors, to: objects)
        let picked = sampler.sample(matches, background: background, using: &generator)
        let found = picked.positives.map { matches[$0].objectPlace! }
        return AnchorTargets(
            positives: picked.positives, negatives: picked.negatives,
            deltas: coder.encode(objects.selecting(found), relativeTo: anchors.selecting(picked.positives)))
    }

    /// Picks proposals of an image; the objects themselves count among them, so that there is something to find from the
    /// first step on.
    ///
    /// - Parameters:
    ///   - proposals: Boxes that may hold an object, in pixels.
    ///   - objects: The boxes around what there is. May be empty; boxes without area are never found.
    ///   - labels: The class of each object, from 1 on.
    /// - Precondition: There is a label of 1 or more for each object.
    public func proposalTargets(
        _ proposals: Boxes, objects: Boxes, labels: [Int], using generator: inout SplitMix64
    ) -> ProposalTargets {
        require(
            labels.count == objects.count && labels.allSatisfy { $0 > 0 },
            "TargetSampling: \(objects.count) objects need as many labels from 1 on; these are \(labels)")
        var candidates = proposals
        candidates.append(contentsOf: objects.selecting(objects.indices.filter { objects[$0].isValid }))
        let matches = matcher.match(candidates, to: objects)
        let picked = sampler.sample(matches, background: background, using: &generator)
        let places = (picked.positives + picked.negatives).sorted()
        let found = places.map { matches[$0].objectPlace }
        let boxes = candidates.selecting(places)
        // Background is relative to itself, which is no change.
        var targets = Boxes()
        for (index, object) in found.enumerated() {
            targets.append(contentsOf: object.map { objects.selecting([$0]) } ?? boxes.selecting([index]))
        }
        return ProposalTargets(
            boxes: boxes, labels: found.map { $0.map { labels[$0] } ?? 0 }, objects: found,
            deltas: coder.encode(targets, relativeTo: boxes))
    }
}

extension BoxMatcher.Match {
    /// The place of the object; nil where there is none.
    public var objectPlace: Int? { if case .object(let place) = self { place } else { nil } }
}
