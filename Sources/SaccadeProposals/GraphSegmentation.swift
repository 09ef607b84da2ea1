public import SaccadeImages

/// An image cut into regions of like colour: Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image Segmentation"
/// (IJCV 2004).
///
/// Two regions become one where the lightest edge between them is no heavier than the heaviest inside either, of those
/// that hold it together, plus `scale` over its pixels: large regions need stronger evidence to stay apart from what
/// surrounds them. Neighbours are eight, so a region may hang together across corners.
///
/// scikit-image's `felzenszwalb` differs in that it mirrors the image at its edges when it smooths, cuts the Gaussian off
/// at 4σ rounded to the nearest pixel, and joins only below the threshold, not at it.
public struct GraphSegmentation: Sendable, Equatable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// How many regions there are; at least 1.
    public let count: Int
    /// The region of each pixel, `[height, width]`, in `0..<count`, numbered in the order of their first pixels.
    public let labels: [Int32]

    /// Cuts an image into regions.
    ///
    /// - Parameters:
    ///   - image: Of at most ``SelectiveSearch/pixelLimit`` pixels, no side above ``SelectiveSearch/sideLimit``.
    ///   - space: Where colours are compared.
    ///   - scale: k of the paper, in levels of 0...255 times pixels; positive. The greater, the greater the regions.
    ///   - smoothing: σ of the Gaussian that the image is smoothed with beforehand, in pixels, 0...16.
    ///   - minimumSize: Smaller regions, in pixels, are joined to the neighbour they differ from least.
    /// - Throws: ``ProposalError`` for an image that is too large or a setting outside its range.
    public init(
        of image: Image, in space: ColorSpace = .rgb, scale: Double, smoothing: Double = 0.8, minimumSize: Int
    ) throws(ProposalError) {
        try SelectiveSearch.check(image)
        try SelectiveSearch.check(scale: scale)
        try SelectiveSearch.check(smoothing: smoothing)
        let graph = PixelGraph(ColorPlanes(image, in: space), smoothing: smoothing)
        self.init(graph, scale: scale, minimumSize: minimumSize)
    }

    init(_ graph: PixelGraph, scale: Double, minimumSize: Int) {
        (width, height) = (graph.width, graph.height)
        let pixels = graph.width * graph.height
        var sets = DisjointSets(pixels, scale: Float(scale))
        sets.join(graph)
        sets.joinSmall(graph, below: minimumSize)
        (labels, count) = sets.labels()
    }
}

/// Pixels that belong together, as trees with a root each.
private struct DisjointSets {
    /// The pixel above each; itself at a root.
    private var parents: [Int32]
    /// Pixels of each root's tree.
    private var sizes: [Int32]
    /// How heavy an edge may be that joins each root's tree to another.
    private var thresholds: [Float]
    private let scale: Float
    /// Places of edges, as in ``PixelGraph/edges``, whose ends were not joined by them, the lightest first.
    private var rejected: [UInt32] = []

    init(_ count: Int, scale: Float) {
        parents = (0..<Int32(count)).map { $0 }
        sizes = Array(repeating: 1, count: count)
        thresholds = Array(repeating: scale, count: count)
        self.scale = scale
    }

    /// The segmentation itself: algorithm 1 of the paper.
    mutating func join(_ graph: PixelGraph) {
        let offsets = graph.offsets
        let scale = scale
        var kept = 0
        // All indices are pixels of the graph, which has as many as there are trees, and at most all edges are rejected.
        rejected = parents.withUnsafeMutableBufferPointer { parents in
            sizes.withUnsafeMutableBufferPointer { sizes in
                thresholds.withUnsafeMutableBufferPointer { thresholds in
                    [UInt32](unsafeUninitializedCapacity: graph.edges.count) { rejected, initialized in
                        for edge in graph.edges {
                            let place = UInt32(truncatingIfNeeded: edge)
                            let pixel = Int32(truncatingIfNeeded: place >> 2)
                            let a = root(of: pixel, parents)
                            let b = root(of: pixel &+ offsets[Int(place & 3)], parents)
                            if a == b { continue }
                            let weight = Float(bitPattern: UInt32(truncatingIfNeeded: edge >> 32))
                            if weight <= thresholds[Int(a)] && weight <= thresholds[Int(b)] {
                                let top = link(a, b, parents, sizes)
                                thresholds[Int(top)] = weight + scale / Float(sizes[Int(top)])
                            } else {
                                rejected[kept] = place
                                kept &+= 1
                            }
                        }
                        initialized = kept
                    }
                }
            }
        }
    }

    /// Joins trees that are too small to a neighbour, along the lightest edges first. Only edges that joined nothing can.
    mutating func joinSmall(_ graph: PixelGraph, below least: Int) {
        let offsets = graph.offsets
        parents.withUnsafeMutableBufferPointer { parents in
            sizes.withUnsafeMutableBufferPointer { sizes in
                for place in rejected {
                    let pixel = Int32(truncatingIfNeeded: place >> 2)
                    let a = root(of: pixel, parents)
                    let b = root(of: pixel &+ offsets[Int(place & 3)], parents)
                    if a != b && (Int(sizes[Int(a)]) < least || Int(sizes[Int(b)]) < least) {
                        _ = link(a, b, parents, sizes)
                    }
                }
            }
        }
    }

    /// Numbers the trees in the order of their first pixels.
    mutating func labels() -> (labels: [Int32], count: Int) {
        var numbers = [Int32](repeating: -1, count: parents.count)
        var count: Int32 = 0
        let labels = parents.withUnsafeMutableBufferPointer { parents in
            [Int32](unsafeUninitializedCapacity: parents.count) { labels, initialized in
                for pixel in 0..<parents.count {
                    let root = Int(root(of: Int32(truncatingIfNeeded: pixel), parents))
                    if numbers[root] < 0 {
                        numbers[root] = count
                        count += 1
                    }
                    labels[pixel] = numbers[root]
                }
                initialized = parents.count
            }
        }
        return (labels, Int(count))
    }
}

/// The root of a pixel's tree. Pixels on the way are hung one higher, which keeps trees flat.
@inline(__always)
private func root(of pixel: Int32, _ parents: UnsafeMutableBufferPointer<Int32>) -> Int32 {
    var pixel = pixel
    while true {
        let parent = parents[Int(pixel)]
        if parent == pixel { return pixel }
        let above = parents[Int(parent)]
        if above == parent { return parent }
        parents[Int(pixel)] = above
        pixel = above
    }
}

/// Hangs the smaller of two trees below the other's root, which it returns.
@inline(__always)
private func link(
    _ a: Int32, _ b: Int32, _ parents: UnsafeMutableBufferPointer<Int32>, _ sizes: UnsafeMutableBufferPointer<Int32>
) -> Int32 {
    let (top, below) = sizes[Int(a)] >= sizes[Int(b)] ? (a, b) : (b, a)
    parents[Int(below)] = top
    sizes[Int(top)] &+= sizes[Int(below)]
    return top
}
