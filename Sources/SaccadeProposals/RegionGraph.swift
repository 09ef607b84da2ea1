/// Which regions touch, as edges that can be moved from one region to another.
///
/// Each edge is two halves, `2 * edge` and `2 * edge + 1`, one in the list of each region that it ends at, so that two
/// regions become one in as many steps as they have neighbours, and nothing is ever added.
struct RegionGraph: Sendable {
    static let none: Int32 = -1

    /// The region at the other end of each half.
    private(set) var ends: [Int32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    /// The first half in each region's list.
    private var first: [Int32]
    /// The region that saw each region last as a neighbour: tells duplicates.
    private var seenBy: [Int32]

    var edgeCount: Int { ends.count / 2 }

    /// Regions touch where pixels do along an edge, not across a corner.
    init(_ segmentation: GraphSegmentation) {
        first = Array(repeating: RegionGraph.none, count: segmentation.count)
        seenBy = Array(repeating: RegionGraph.none, count: segmentation.count)
        let pairs = RegionGraph.pairs(segmentation)
        // Gathered by their lower region, duplicates stand out.
        var starts = [Int](repeating: 0, count: segmentation.count + 1)
        for pair in pairs { starts[Int(pair >> 32) + 1] += 1 }
        for region in 0..<segmentation.count { starts[region + 1] += starts[region] }
        var others = [Int32](repeating: 0, count: pairs.count)
        var places = starts
        for pair in pairs {
            let lower = Int(pair >> 32)
            others[places[lower]] = Int32(truncatingIfNeeded: pair)
            places[lower] += 1
        }
        for lower in 0..<segmentation.count {
            for other in others[starts[lower]..<starts[lower + 1]] where seenBy[Int(other)] != Int32(lower) {
                seenBy[Int(other)] = Int32(lower)
                add(Int32(lower), other)
            }
        }
        for region in seenBy.indices { seenBy[region] = RegionGraph.none }
    }

    /// The two regions of each two pixels that touch and differ, the lower above the other's 32 bits; most occur often.
    private static func pairs(_ segmentation: GraphSegmentation) -> [UInt64] {
        var pairs: [UInt64] = []
        let (width, height) = (segmentation.width, segmentation.height)
        func note(_ a: Int32, _ b: Int32) {
            let pair = UInt64(UInt32(bitPattern: min(a, b))) << 32 | UInt64(UInt32(bitPattern: max(a, b)))
            if pair != pairs.last { pairs.append(pair) }
        }
        segmentation.labels.withUnsafeBufferPointer { labels in
            for y in 0..<height {
                for i in y * width..<(y + 1) * width - 1 where labels[i] != labels[i + 1] {
                    note(labels[i], labels[i + 1])
                }
                guard y + 1 < height else { break }
                for i in y * width..<(y + 1) * width where labels[i] != labels[i + width] {
                    note(labels[i], labels[i + width])
                }
            }
        }
        return pairs
    }

    private mutating func add(_ a: Int32, _ b: Int32) {
        for (from, to) in [(a, b), (b, a)] {
            ends.append(to)
            next.append(RegionGraph.none)
            previous.append(RegionGraph.none)
            pushFront(Int32(ends.count - 1), of: Int(from))
        }
    }

    private mutating func pushFront(_ half: Int32, of region: Int) {
        let behind = first[region]
        next[Int(half)] = behind
        previous[Int(half)] = RegionGraph.none
        if behind != RegionGraph.none { previous[Int(behind)] = half }
        first[region] = half
    }

    private mutating func unlink(_ half: Int32, of region: Int) {
        let (before, behind) = (previous[Int(half)], next[Int(half)])
        if before == RegionGraph.none { first[region] = behind } else { next[Int(before)] = behind }
        if behind != RegionGraph.none { previous[Int(behind)] = before }
    }

    /// Calls with each edge of a region and the region at its other end.
    @inline(__always)
    func forEachEdge(of region: Int, _ body: (_ edge: Int, _ neighbor: Int) -> Void) {
        var half = first[region]
        while half != RegionGraph.none {
            body(Int(half >> 1), Int(ends[Int(half)]))
            half = next[Int(half)]
        }
    }

    /// The two regions of an edge.
    func regions(of edge: Int) -> (Int, Int) { (Int(ends[2 * edge + 1]), Int(ends[2 * edge])) }

    /// Gives a region's neighbours to another.
    ///
    /// - Parameter dropped: Called with each edge that is no longer: the one between the two, and those to regions that
    ///   the other had as neighbours already.
    mutating func merge(_ region: Int, into other: Int, dropped: (_ edge: Int) -> Void) {
        // A neighbour may still be marked from an earlier merge into `other`.
        markNeighbors(of: region, RegionGraph.none)
        markNeighbors(of: other, Int32(other))
        var half = first[region]
        while half != RegionGraph.none {
            let behind = next[Int(half)]
            let neighbor = Int(ends[Int(half)])
            if neighbor == other || seenBy[neighbor] == Int32(other) {
                unlink(half ^ 1, of: neighbor)
                dropped(Int(half >> 1))
            } else {
                ends[Int(half ^ 1)] = Int32(other)
                pushFront(half, of: other)
            }
            half = behind
        }
        first[region] = RegionGraph.none
    }

    private mutating func markNeighbors(of region: Int, _ mark: Int32) {
        var half = first[region]
        while half != RegionGraph.none {
            seenBy[Int(ends[Int(half)])] = mark
            half = next[Int(half)]
        }
    }
}
