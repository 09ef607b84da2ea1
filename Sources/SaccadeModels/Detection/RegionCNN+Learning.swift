public import SaccadeGeometry
import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

extension RegionCNN {
    /// What is on an image that is learnt from.
    public struct Target: Sendable {
        /// In pixels of the image.
        public var boxes: Boxes
        /// The class of each, from 1 on; 0 is background.
        public var labels: [Int]
        /// Of the image's size, for a network with masks.
        public var masks: [RunLengthMask]?
        /// Regions that may have an object, in pixels of the image; nil where the network proposes them.
        public var proposals: Boxes?

        public init(boxes: Boxes, labels: [Int], masks: [RunLengthMask]? = nil, proposals: Boxes? = nil) {
            (self.boxes, self.labels, self.masks, self.proposals) = (boxes, labels, masks, proposals)
        }
    }

    /// What a batch costs, by parts; the sum is minimised. Parts that are not learnt are nil.
    public struct Losses {
        /// Whether an anchor has an object: the log loss of the anchors that were picked.
        public var objectness: Tensor?
        /// How those with an object have to move: smooth L1, over as many as were picked.
        public var proposalBoxes: Tensor?
        /// What regions are: the log loss of the regions that were picked.
        public var classes: Tensor?
        /// How those with an object have to move: smooth L1, over as many as were picked.
        public var boxes: Tensor?
        /// The log loss of an object's pixels, for its class alone.
        public var masks: Tensor?

        public var total: Tensor {
            let parts = [objectness, proposalBoxes, classes, boxes, masks].compactMap(\.self)
            return parts.dropFirst().reduce(parts[0], +)
        }
    }

    /// What images cost, of the parts that are ``learnt``. Where all are, both halves learn at once, as in Ren et al. (2015),
    /// "approximate joint training": proposals are constants to the second half.
    ///
    /// R-CNN learns here what regions show; how they have to move is solved for afterwards, as in its paper.
    ///
    /// - Parameters:
    ///   - images: `[N, C, H, W]`.
    ///   - targets: Of the N images.
    ///   - sizes: Of the N images, without what pads them.
    /// - Precondition: There are proposals where the network makes none.
    public func losses(_ images: Tensor, _ targets: [Target], sizes: [ImageSize]) -> Losses {
        var generator = SplitMix64(seed: source.next())
        var losses = Losses()
        let maps = backbone.map { $0(images) } ?? [images]
        let found = proposals.map { head in maps.map { head($0) } } ?? []
        let all = ProposalMaps(maps: maps, objectness: found.map(\.objectness), offsets: found.map(\.offsets))
        let anchors = proposals == nil ? [] : all.anchors(self.anchors, image: Pair(images.shape[2], images.shape[3]))
        if proposals != nil, learnt != .regions {
            (losses.objectness, losses.proposalBoxes) = proposalLosses(all, anchors, targets, using: &generator)
            guard learnt != .proposals else { return losses }
        }
        let isGiven = targets.allSatisfy { $0.proposals != nil }
        require(isGiven || proposals != nil, "RegionCNN: it proposes no regions: give them")
        let proposed =
            isGiven
            ? targets.map { $0.proposals ?? Boxes() }
            : all.proposals(anchors, sizes: sizes, filters.proposalsInTraining).map(\.boxes)
        let picked = zip(proposed, targets).map { boxes, target in
            sampling.regions.proposalTargets(boxes, objects: target.boxes, labels: target.labels, using: &generator)
        }
        let strides = strides(of: maps, image: images)
        let heads = boxes(boxPooling(pyramid(maps), picked.map(\.boxes), strides: strides))
        let (classes, boxes) = Self.regionLosses(heads, picked)
        losses.classes = classes
        losses.boxes = backbone == nil ? nil : boxes
        losses.masks = masks.map { maskLoss($0, pyramid(maps), picked, targets, strides: strides) }
        return losses
    }

    private func proposalLosses(
        _ found: ProposalMaps, _ anchors: [Boxes], _ targets: [Target], using generator: inout SplitMix64
    ) -> (objectness: Tensor, boxes: Tensor) {
        var whole = Boxes()
        for level in anchors { whole.append(contentsOf: level) }
        var (places, truth, positives, deltas): ([Int], [Float], [Int], [Float]) = ([], [], [], [])
        for (image, target) in targets.enumerated() {
            let picked = sampling.anchors.anchorTargets(whole, objects: target.boxes, using: &generator)
            let first = image * whole.count
            positives += picked.positives.map { first + $0 }
            places += (picked.positives + picked.negatives).map { first + $0 }
            truth += picked.positives.map { _ in 1 } + picked.negatives.map { _ in 0 }
            deltas += picked.deltas
        }
        let count = targets.count * whole.count
        let logits = concatenated(found.objectness, axis: 1).reshaped(to: [count])
        let offsets = concatenated(found.offsets, axis: 1).reshaped(to: [count, 4])
        return (
            binaryCrossEntropyWithLogits(logits.rows(places), Tensor(truth, shape: [truth.count]), reduction: .sum)
                / Float(max(places.count, 1)),
            smoothL1Loss(
                offsets.rows(positives), Tensor(deltas, shape: [positives.count, 4]), beta: 1 / 9, reduction: .sum)
                / Float(max(places.count, 1))
        )
    }

    private static func regionLosses(
        _ heads: (scores: Tensor, offsets: Tensor), _ picked: [TargetSampling.ProposalTargets]
    ) -> (classes: Tensor, boxes: Tensor) {
        let labels = picked.flatMap(\.labels)
        let deltas = picked.flatMap(\.deltas)
        let classes = heads.scores.shape[1]
        let positives = labels.indices.filter { labels[$0] > 0 }
        // Of each region the four numbers of its own class.
        let own = heads.offsets.reshaped(to: [labels.count * classes, 4]).rows(
            positives.map { $0 * classes + labels[$0] })
        let right = positives.flatMap { deltas[4 * $0..<4 * $0 + 4] }
        let count = Float(max(labels.count, 1))
        return (
            crossEntropy(heads.scores, labels, reduction: .sum) / count,
            smoothL1Loss(own, Tensor(right, shape: [positives.count, 4]), beta: 1 / 9, reduction: .sum) / count
        )
    }
}

extension Tensor {
    /// Some of the slices along the first axis.
    func rows(_ places: [Int]) -> Tensor {
        indexSelected(axis: 0, Tensor(places.map { Float($0) }, shape: [places.count]))
    }
}
