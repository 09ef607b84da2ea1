public import SaccadeGeometry
import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

extension RegionCNN {
    /// What the region proposal network says about an image, before and after boxes are chosen.
    public struct ProposalExplanation: Sendable {
        /// What is said on one map.
        public struct Level: Sendable {
            public let grid: AnchorGrid
            /// How likely each anchor holds an object, in 0...1.
            public let objectness: [Float]
            /// Each anchor as its deltas move it, clipped to the image.
            public let boxes: Boxes
        }

        /// Boxes of all levels, the likeliest first.
        public struct Choice: Sendable, Hashable {
            public let boxes: Boxes
            public let scores: [Float]
            /// The level that each comes from.
            public let levels: [Int]
        }

        /// Of the image, without what pads it.
        public let size: ImageSize
        /// From fine to coarse.
        public let levels: [Level]
        /// What goes into suppression: the best of each level.
        public let candidates: Choice
        /// What is left of them, and goes into the second half.
        public let proposals: Choice
    }

    /// What the region proposal network says about an image.
    ///
    /// - Parameters:
    ///   - image: `[1, C, H, W]`, prepared as the network wants it.
    ///   - size: Of the image, without what pads it.
    ///   - run: How the stages are run; nil is eagerly.
    /// - Precondition: The network proposes regions.
    public func explainProposals(
        _ image: Tensor, size: ImageSize, run: StageRunner? = nil
    ) throws -> ProposalExplanation {
        require(image.shape[0] == 1, "RegionCNN.explainProposals: one image, not \(image.shape)")
        require(proposals != nil, "RegionCNN.explainProposals: it proposes no regions")
        let stages = stages
        let found = try look(at: image, run ?? { stages[$0].model($1) })
        let frame = (width: image.shape[3], height: image.shape[2])
        let anchors = found.anchors(self.anchors, image: Pair(frame.height, frame.width))
        let said = found.levels(anchors, images: 1)[0]
        let levels = said.indices.map { level in
            let map = found.maps[level].shape
            return ProposalExplanation.Level(
                grid: AnchorGrid(self.anchors.levels[level], width: map[3], height: map[2], image: frame),
                objectness: sigmoid(found.objectness[level]).scalars,
                boxes: filters.proposals.coder.decode(said[level].deltas, relativeTo: said[level].anchors)
                    .clipped(toWidth: size.width, height: size.height))
        }
        /// Of each level by itself, then all together: a level drops no boxes of another.
        func chosen(_ filter: ProposalFilter) -> ProposalExplanation.Choice {
            let each = said.map { filter([$0], width: size.width, height: size.height) }
            let all = each.indices.flatMap { level in each[level].scores.indices.map { (level, $0) } }
            let order = all.enumerated().sorted { a, b in
                let (x, y) = (each[a.element.0].scores[a.element.1], each[b.element.0].scores[b.element.1])
                return (x, b.offset) > (y, a.offset)
            }.prefix(filter.limitAfter).map(\.element)
            return ProposalExplanation.Choice(
                boxes: Boxes(order.map { each[$0].boxes[$1] }), scores: order.map { each[$0].scores[$1] },
                levels: order.map(\.0))
        }
        var everything = filters.proposals
        // No IoU is above 1.
        (everything.iouThreshold, everything.limitAfter) = (1, .max)
        return ProposalExplanation(
            size: size, levels: levels, candidates: chosen(everything), proposals: chosen(filters.proposals))
    }

    /// The same network, which keeps all boxes of a class however much they overlap, the surest `limit`.
    public func withoutSuppression(limit: Int) -> RegionCNN {
        var copy = self
        (copy.filters.detections.iouThreshold, copy.filters.detections.limit) = (1, limit)
        return copy
    }
}
