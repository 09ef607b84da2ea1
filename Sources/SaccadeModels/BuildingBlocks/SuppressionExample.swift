public import SaccadeGeometry

/// Non-maximum suppression of a few boxes, and soft-NMS of the same: what drops what, and how far scores fall instead.
public struct SuppressionExample: Sendable {
    /// A box that a detector has found.
    public struct Candidate: Sendable, Hashable {
        public var label: String
        /// In 0...1.
        public var score: Double
        /// In pixels.
        public var box: Box

        public init(_ label: String, score: Double, box: Box) {
            (self.label, self.score, self.box) = (label, score, box)
        }
    }

    /// What becomes of a candidate.
    public struct Outcome: Sendable, Hashable {
        public let candidate: Candidate
        public let suppression: Suppression
        /// Its score after soft-NMS with linear decay; nil where it has fallen below ``leastScore``.
        public let linear: Double?
        /// Its score after soft-NMS with Gaussian decay; nil likewise.
        public let gaussian: Double?
    }

    /// A box that stays although a better one overlaps it, which was dropped before its turn came.
    public struct Spared: Sendable, Hashable {
        public let place: Int
        /// The box that would have dropped it.
        public let other: Int
        public let iou: Double
    }

    /// The most candidates.
    public static let most = 1000
    /// Below, soft-NMS drops a box.
    public static let leastScore: Float = 0.001

    /// The highest score first, of equals in the order given; ``Suppression`` counts these places, from 0.
    public let outcomes: [Outcome]
    public let threshold: Double
    /// Of the Gaussian decay.
    public let sigma: Double
    /// In the order of ``outcomes``.
    public let spared: [Spared]

    /// - Parameters:
    ///   - candidates: 1 to ``most``; labels are classes, of which none drops boxes of another.
    ///   - threshold: The IoU above which the worse box goes, and above which the linear decay lowers; in 0...1.
    ///   - sigma: Of the Gaussian decay; above 0, at most 100.
    public init(_ candidates: [Candidate], threshold: Double, sigma: Double = 0.5) throws(BuildingBlockError) {
        guard (1...Self.most).contains(candidates.count) else {
            throw BuildingBlockError(
                "there are \(candidates.count) boxes, and this is for 1 to \(Self.most)")
        }
        guard (0...1).contains(threshold) else {
            throw BuildingBlockError("the threshold is an IoU from 0 to 1, not \(threshold.plain)")
        }
        guard sigma >= 1e-3, sigma <= 100 else {
            throw BuildingBlockError("sigma must be from 0.001 to 100, not \(sigma.plain)")
        }
        for (index, candidate) in candidates.enumerated() {
            guard candidate.box.isValid, Boxes([candidate.box])[0].isValid else {
                throw BuildingBlockError(
                    "box \(index + 1) has no area: its left and top edge come before its right and bottom one")
            }
            guard (0...1).contains(candidate.score) else {
                throw BuildingBlockError(
                    "box \(index + 1) has a score of \(candidate.score.plain), which is not 0 to 1")
            }
        }
        let order = candidates.indices.sorted { (candidates[$0].score, $1) > (candidates[$1].score, $0) }
        let sorted = order.map { candidates[$0] }
        let boxes = Boxes(sorted.map(\.box))
        let scores = sorted.map { Float($0.score) }
        var numbers: [String: Int] = [:]
        for candidate in sorted where numbers[candidate.label] == nil { numbers[candidate.label] = numbers.count }
        let classes = sorted.map { numbers[$0.label] ?? 0 }
        let found = suppressions(of: boxes, scores: scores, classes: classes, threshold: threshold)
        func softened(_ decay: ScoreDecay) -> [Int: Double] {
            let soft = softNonMaximumSuppression(
                boxes, scores: scores, classes: classes, decay: decay, minimumScore: Self.leastScore)
            return Dictionary(uniqueKeysWithValues: zip(soft.places, soft.scores.map { Double($0) }))
        }
        let linear = softened(.linear(threshold: Float(threshold)))
        let gaussian = softened(.gaussian(sigma: Float(sigma)))
        outcomes = sorted.indices.map {
            Outcome(candidate: sorted[$0], suppression: found[$0], linear: linear[$0], gaussian: gaussian[$0])
        }
        (self.threshold, self.sigma) = (threshold, sigma)
        spared = sorted.indices.filter { found[$0] == .kept }.compactMap { place in
            let better = (0..<place).filter { classes[$0] == classes[place] && found[$0] != .kept }
            let ious = boxes.selecting([place]).pairwiseIoU(with: boxes.selecting(better))
            return zip(better, ious).first { Double($1) > threshold }.map {
                Spared(place: place, other: $0, iou: Double($1))
            }
        }
    }

    /// The places of those that stay, the best first.
    public var kept: [Int] { outcomes.indices.filter { outcomes[$0].suppression == .kept } }

    /// The places that go because of the one at `place`, the best first.
    public func dropped(by place: Int) -> [Int] {
        outcomes.indices.filter {
            if case .dropped(place, _) = outcomes[$0].suppression { true } else { false }
        }
    }
}
