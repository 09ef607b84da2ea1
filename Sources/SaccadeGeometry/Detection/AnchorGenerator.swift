import SaccadePrelude

/// Boxes of several sizes and shapes around every place of feature maps, which an RPN moves and judges.
///
/// Ren et al., "Faster R-CNN" (2015), section 3.1.1. The anchors and their order are those of torchvision's
/// `AnchorGenerator`: the first anchors lie around the upper left corner of the image, not around the middle of what the
/// first place sees, and their edges are rounded to whole pixels, halves to even.
public struct AnchorGenerator: Sendable, Hashable {
    /// The anchors of one map.
    public struct Level: Sendable, Hashable {
        /// Square roots of areas, in pixels.
        public let sizes: [Float]
        /// Heights as multiples of widths.
        public let aspectRatios: [Float]
        /// The anchors around (0, 0): of each aspect ratio all sizes.
        public let anchors: Boxes

        /// - Precondition: Sizes and ratios are finite and above 0.
        public init(sizes: [Float], aspectRatios: [Float]) {
            require(
                (sizes + aspectRatios).allSatisfy { $0 > 0 && $0.isFinite },
                "AnchorGenerator: sizes \(sizes) and aspect ratios \(aspectRatios) must be finite and above 0")
            (self.sizes, self.aspectRatios) = (sizes, aspectRatios)
            var sides: [(width: Float, height: Float)] = []
            for ratio in aspectRatios {
                let root = ratio.squareRoot()
                for size in sizes { sides.append((1 / root * size, root * size)) }
            }
            func half(_ side: Float) -> Float { (side / 2).rounded(.toNearestOrEven) }
            anchors = Boxes(
                x1: sides.map { -half($0.width) }, y1: sides.map { -half($0.height) },
                x2: sides.map { half($0.width) }, y2: sides.map { half($0.height) })
        }
    }

    /// One for each feature map.
    public let levels: [Level]

    public init(levels: [Level]) { self.levels = levels }

    /// Three sizes and three shapes on one map, as in the paper: 128², 256² and 512² pixels; twice as wide as high, square,
    /// and twice as high as wide.
    public static let fasterRCNN = AnchorGenerator(
        levels: [Level(sizes: [128, 256, 512], aspectRatios: [0.5, 1, 2])])

    /// A size for each of five maps of a feature pyramid, in three shapes. Lin et al., "Feature Pyramid Networks" (2017),
    /// section 4.1.
    public static let featurePyramid = AnchorGenerator(
        levels: [32, 64, 128, 256, 512].map { Level(sizes: [$0], aspectRatios: [0.5, 1, 2]) })

    /// The anchors on all maps.
    ///
    /// Neighbours are as many pixels apart as the image has for each place of the map, rounded down.
    ///
    /// - Parameters:
    ///   - maps: How many places each map has.
    ///   - image: How many pixels the image has that they were computed from, with its padding.
    /// - Returns: For each map its anchors `[height, width, anchors of the level]`; none for a map without places.
    /// - Precondition: There are as many maps as levels, and no size is negative.
    public func anchors(
        on maps: [(width: Int, height: Int)], of image: (width: Int, height: Int)
    ) -> [Boxes] {
        require(maps.count == levels.count, "AnchorGenerator: \(maps.count) maps for \(levels.count) levels")
        return zip(levels, maps).map { level, map in
            require(map.width >= 0 && map.height >= 0, "AnchorGenerator: a map of \(map.width)×\(map.height)")
            guard map.width > 0, map.height > 0 else { return Boxes() }
            let stride = (x: image.width / map.width, y: image.height / map.height)
            func edges(_ edges: [Float], isX: Bool) -> [Float] {
                var result: [Float] = []
                result.reserveCapacity(map.height * map.width * edges.count)
                for y in 0..<map.height {
                    for x in 0..<map.width {
                        let shift = Float(isX ? x * stride.x : y * stride.y)
                        for edge in edges { result.append(shift + edge) }
                    }
                }
                return result
            }
            return Boxes(
                x1: edges(level.anchors.x1, isX: true), y1: edges(level.anchors.y1, isX: false),
                x2: edges(level.anchors.x2, isX: true), y2: edges(level.anchors.y2, isX: false))
        }
    }
}
