public import SaccadeGeometry
import SaccadePrelude

/// Where there may be objects in an image.
public struct Proposals: Sendable {
    /// Where a box comes from.
    public struct Origin: Sendable, Hashable {
        /// Which of ``SelectiveSearch/strategies``, and of ``Proposals/hierarchies``.
        public let strategy: Int
        /// The region of that hierarchy.
        public let region: Int
    }

    /// The likeliest first, no two of them equal; in pixels.
    public let boxes: [Box]
    /// Where each box comes from: the first of the regions that have it.
    public let origins: [Origin]
    /// What was merged by each of ``SelectiveSearch/strategies``; empty where it was not to be kept.
    public let hierarchies: [RegionHierarchy]

    init(_ found: [GroupedSegmentation], _ search: SelectiveSearch) {
        var candidates = Candidates(minimumSide: search.minimumSide)
        for (number, segmented) in found.enumerated() {
            candidates.add(segmented, first: number * search.similarities.count, number: number, seed: search.seed)
        }
        (boxes, origins) = candidates.best(search.limit, iouThreshold: search.iouThreshold)
        let kept = found.flatMap { segmented in
            segmented.segmentation.map { segmentation in segmented.groupings.map { (segmentation, $0) } } ?? []
        }
        hierarchies = zip(search.strategies, kept).map { strategy, grouped in
            RegionHierarchy(
                strategy: strategy, segmentation: grouped.0, merges: grouped.1.merges,
                boxes: grouped.1.bounds.map(Box.init(bounds:)))
        }
    }
}

extension Box {
    /// From left, top, right and bottom, the last pixel included.
    fileprivate init(bounds: SIMD4<Int32>) {
        self.init(
            left: Double(bounds.x), top: Double(bounds.y), right: Double(bounds.z) + 1, bottom: Double(bounds.w) + 1)
    }
}

/// The boxes of all hierarchies on their way into an order.
private struct Candidates {
    let minimumSide: Int
    private var ranks: [Double] = []
    private var bounds: [SIMD4<Int32>] = []
    private var origins: [Proposals.Origin] = []

    init(minimumSide: Int) { self.minimumSide = minimumSide }

    /// Adds the regions of a segmentation once, and what they became in each hierarchy.
    ///
    /// - Parameters:
    ///   - first: The strategy of the first hierarchy.
    ///   - number: Of the segmentation, which has random numbers of its own.
    mutating func add(_ segmented: GroupedSegmentation, first: Int, number: Int, seed: UInt64) {
        let count = segmented.count
        for (index, grouping) in segmented.groupings.enumerated() {
            if index == 0 {
                var generator = SplitMix64(seed: seed, stream: number, 0)
                for region in 0..<count {
                    // Behind all that they became.
                    add(grouping.bounds[region], place: count, .init(strategy: first, region: region), &generator)
                }
            }
            var generator = SplitMix64(seed: seed, stream: number, 1 + index)
            for region in count..<grouping.bounds.count {
                add(
                    grouping.bounds[region], place: grouping.bounds.count - region,
                    .init(strategy: first + index, region: region), &generator)
            }
        }
    }

    private mutating func add(
        _ box: SIMD4<Int32>, place: Int, _ origin: Proposals.Origin, _ generator: inout SplitMix64
    ) {
        // Drawn for boxes that are left out as well, so that the order of the others does not depend on them.
        let random = Double(generator.next() >> 11) * 0x1p-53
        guard min(box.z - box.x, box.w - box.y) >= minimumSide - 1 else { return }
        ranks.append(Double(place) * random)
        bounds.append(box)
        origins.append(origin)
    }

    /// The boxes by rank, each once: first those that are not too much like one before them, then the others.
    func best(_ limit: Int?, iouThreshold: Double) -> (boxes: [Box], origins: [Proposals.Origin]) {
        let limit = limit ?? .max
        var seen: Set<SIMD4<Int32>> = []
        let order = ranks.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.filter {
            seen.insert(bounds[$0]).inserted
        }
        let boxes = order.map { Box(bounds: bounds[$0]) }
        // A score of each, the first place having the highest.
        let scores = order.indices.map { -Double($0) }
        let different = nonMaximumSuppression(boxes, scores: scores, threshold: iouThreshold, limit: limit)
        var places = different
        if different.count < limit {
            var isAlike = [Bool](repeating: true, count: order.count)
            for place in different { isAlike[place] = false }
            places += order.indices.lazy.filter { isAlike[$0] }.prefix(limit - different.count)
        }
        return (places.map { boxes[$0] }, places.map { origins[order[$0]] })
    }
}
