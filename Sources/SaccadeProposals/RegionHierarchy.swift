public import SaccadeGeometry

/// How the regions of one segmentation were merged two by two until one was left: one of selective search's many.
///
/// Regions are numbered: first those of the segmentation, by their labels, then one for each merge, in their order. The last
/// is the whole image.
public struct RegionHierarchy: Sendable {
    /// Two neighbouring regions that became one.
    public struct Merge: Sendable, Hashable {
        /// The region of the lower number.
        public let first: Int
        /// The other one.
        public let second: Int
        /// How alike the two were by each measure, whether it counted here or not.
        public let similarity: Similarity
    }

    /// What was merged, and by which measures.
    public let strategy: SelectiveSearch.Strategy
    /// The regions in the beginning.
    public let segmentation: GraphSegmentation
    /// In the order of merging: one less than the segmentation has regions.
    public let merges: [Merge]
    /// The box around each region, in pixels.
    public let boxes: [Box]

    /// The region of each pixel, `[height, width]`, when so many merges are done.
    ///
    /// - Parameter count: 0 for the segmentation itself; more merges than there were are as good as all.
    public func labels(afterMerges count: Int) -> [Int32] {
        var tops = (0..<boxes.count).map { $0 }
        let done = merges.prefix(max(0, count))
        // From the last to the first, so that what two regions became is known before they are.
        for (index, merge) in done.enumerated().reversed() {
            tops[merge.first] = tops[segmentation.count + index]
            tops[merge.second] = tops[segmentation.count + index]
        }
        return segmentation.labels.map { Int32(tops[Int($0)]) }
    }
}

/// A hierarchy as it comes about.
struct Grouping: Sendable {
    /// Empty where they are not to be kept.
    private(set) var merges: [RegionHierarchy.Merge] = []
    /// The box around each region: left, top, right and bottom, the last pixel included.
    private(set) var bounds: [SIMD4<Int32>]

    /// Merges the two most similar neighbours again and again: algorithm 1 of Uijlings et al. (2013).
    init(
        _ regions: RegionFeatures, _ neighbors: RegionGraph, by measures: SimilarityMeasures, keepingMerges: Bool
    ) {
        var (features, graph) = (regions, neighbors)
        let count = features.sizes.count
        // A merged region lies in the slot of one of the two.
        var numbers = (0..<count).map { $0 }
        bounds = features.bounds
        var queue = SimilarityQueue(
            (0..<graph.edgeCount).map { edge in
                let (a, b) = graph.regions(of: edge)
                return features.similarity(a, b, measures)
            })
        while let edge = queue.first {
            let (a, b) = graph.regions(of: edge)
            if keepingMerges {
                merges.append(
                    .init(
                        first: min(numbers[a], numbers[b]), second: max(numbers[a], numbers[b]),
                        similarity: features.similarity(a, b)))
            }
            // The larger usually has more neighbours, which can then stay where they are.
            let (kept, gone) = features.sizes[a] >= features.sizes[b] ? (a, b) : (b, a)
            features.merge(kept, with: gone)
            graph.merge(gone, into: kept) { queue.remove($0) }
            graph.forEachEdge(of: kept) { edge, neighbor in
                queue.update(edge, to: features.similarity(kept, neighbor, measures))
            }
            numbers[kept] = bounds.count
            bounds.append(features.bounds[kept])
        }
    }
}
