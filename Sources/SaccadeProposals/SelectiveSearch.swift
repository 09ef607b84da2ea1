public import SaccadeImages

/// Finds where in an image there may be objects: Uijlings, van de Sande, Gevers and Smeulders, "Selective Search for Object
/// Recognition" (IJCV 2013).
///
/// The image is cut into small regions, and the two most similar neighbours are merged until one is left: the box around
/// each region on the way is a proposal. That is done for every colour space, every scale and every similarity here, so
/// that what one of them is blind to another sees.
///
/// The same image, settings and seed give the same boxes, whatever the number of threads.
///
/// What a search holds in memory is about 128 bytes per pixel for each colour space that it works on at once, which are as
/// many as fit in 2 GiB, or one; and 4 bytes per pixel for each colour space and scale where hierarchies are kept.
public struct SelectiveSearch: Sendable, Hashable {
    /// One way to group an image's regions.
    public struct Strategy: Sendable, Hashable {
        /// Where colours are compared.
        public let colorSpace: ColorSpace
        /// k of the segmentation and its least region in pixels.
        public let scale: Double
        /// What makes regions alike.
        public let measures: SimilarityMeasures
    }

    /// Where colours are compared.
    public var colorSpaces: [ColorSpace]
    /// k of the segmentation, and the pixels that a region has in the beginning at least, as in the authors' program.
    public var scales: [Double]
    /// What makes regions alike.
    public var similarities: [SimilarityMeasures]
    /// σ of the Gaussian that images are smoothed with before they are cut into regions, in pixels.
    public var smoothing = 0.8
    /// Boxes with a shorter side, in pixels, are left out: 20 in the authors' program.
    public var minimumSide = 20
    /// Boxes whose IoU with an earlier one is above this come behind all others, in 0...1; 1 leaves the paper's order.
    ///
    /// 0.7 as in Faster R-CNN (Ren et al., 2015, section 3.3), so that the first 2 000 boxes differ.
    public var iouThreshold = 0.7
    /// How many boxes are wanted at most, the first ones; nil for all.
    public var limit: Int?
    /// Where the random part of the order begins.
    public var seed: UInt64 = 0

    /// A search with settings of one's own.
    public init(colorSpaces: [ColorSpace], scales: [Double], similarities: [SimilarityMeasures]) {
        self.colorSpaces = colorSpaces
        self.scales = scales
        self.similarities = similarities
    }

    /// The paper's "fast": 8 strategies, about 2 000 boxes of a photograph of 500×375 pixels.
    public static let fast = SelectiveSearch(
        colorSpaces: [.hsv, .lab], scales: [50, 100], similarities: [.all, [.texture, .size, .fill]])

    /// The paper's "quality": 80 strategies, about 10 000 boxes.
    public static let quality = SelectiveSearch(
        colorSpaces: [.hsv, .lab, .rgI, .hue, .intensity], scales: [50, 100, 150, 300],
        similarities: [.all, [.texture, .size, .fill], .fill, .size])

    /// Every colour space with every scale with every similarity, in this order.
    public var strategies: [Strategy] {
        colorSpaces.flatMap { space in
            scales.flatMap { scale in
                similarities.map { Strategy(colorSpace: space, scale: scale, measures: $0) }
            }
        }
    }

    /// Finds boxes that may have an object in them, the likeliest first.
    ///
    /// Order as in the paper, section 3.3: the place of a region in its hierarchy, 1 for the whole image, times a random
    /// number; the least first, and of equal boxes the first only. Then near-duplicates go to the end: see
    /// ``iouThreshold``.
    ///
    /// - Parameters:
    ///   - image: Grey or RGB, of at most ``pixelLimit`` pixels, no side above ``sideLimit``.
    ///   - keepingHierarchies: Whether to keep what was merged with what, and the segmentations.
    /// - Returns: None where the image is smaller than ``minimumSide``.
    /// - Throws: ``ProposalError`` for an image that is too large, or a setting outside its range.
    public func proposals(in image: Image, keepingHierarchies: Bool = false) throws(ProposalError) -> Proposals {
        try check()
        try SelectiveSearch.check(image)
        return try proposals(
            in: image, keepingHierarchies: keepingHierarchies, atOnce: SelectiveSearch.spacesAtOnce(image))
    }

    /// - Parameter atOnce: Colour spaces and threads that may be at work at a time; the boxes do not depend on it.
    func proposals(in image: Image, keepingHierarchies: Bool, atOnce: Int) throws(ProposalError) -> Proposals {
        var found: [GroupedSegmentation] = []
        for start in stride(from: 0, to: colorSpaces.count, by: atOnce) {
            let spaces = colorSpaces[start..<min(start + atOnce, colorSpaces.count)]
            let prepared = mapInParallel(spaces.count, workers: atOnce) { index in
                PreparedImage(image, in: spaces[start + index], smoothing: smoothing)
            }
            let results = mapInParallel(prepared.count * scales.count, workers: atOnce) { index in
                prepared[index / scales.count].grouped(
                    scale: scales[index % scales.count], by: similarities, keepingHierarchies: keepingHierarchies)
            }
            for result in results { found.append(try result.get()) }
        }
        return Proposals(found, self)
    }
}

/// An image in one colour space, with all that does not depend on the scale.
private struct PreparedImage: Sendable {
    let planes: ColorPlanes
    let graph: PixelGraph
    let gradients: OrientedGradients

    init(_ image: Image, in space: ColorSpace, smoothing: Double) {
        planes = ColorPlanes(image, in: space)
        graph = PixelGraph(planes, smoothing: smoothing)
        gradients = OrientedGradients(planes)
    }

    /// Cuts the image into regions and merges them by each similarity.
    func grouped(
        scale: Double, by similarities: [SimilarityMeasures], keepingHierarchies: Bool
    ) -> Result<GroupedSegmentation, ProposalError> {
        let segmentation = GraphSegmentation(graph, scale: scale, minimumSize: Int(scale.rounded()))
        guard segmentation.count <= SelectiveSearch.regionLimit else {
            return .failure(
                ProposalError(
                    .size,
                    "the image falls into \(segmentation.count) regions at scale \(scale), more than "
                        + "\(SelectiveSearch.regionLimit): resize it, or choose a greater scale"))
        }
        let features = RegionFeatures(segmentation, planes, gradients)
        let neighbors = RegionGraph(segmentation)
        return .success(
            GroupedSegmentation(
                count: segmentation.count, segmentation: keepingHierarchies ? segmentation : nil,
                groupings: similarities.map {
                    Grouping(features, neighbors, by: $0, keepingMerges: keepingHierarchies)
                }))
    }
}

/// What became of a segmentation by each similarity.
struct GroupedSegmentation: Sendable {
    /// Regions of the segmentation.
    let count: Int
    /// Four bytes per pixel: nil unless they are to be kept.
    let segmentation: GraphSegmentation?
    let groupings: [Grouping]
}
