public import SaccadeGeometry

/// What the anchors of an image are to find, as a region proposal network learns it.
///
/// An anchor whose IoU with an object is 0.7 or more is a positive, and so is each object's best; one whose highest IoU is
/// below 0.3 is a negative; the others are not learnt from. Ren et al., "Faster R-CNN" (2015), section 3.1.2.
public struct AnchorMatchingExample: Sendable {
    /// Something on the image.
    public struct Object: Sendable, Hashable {
        public var label: String
        /// In pixels.
        public var box: Box

        public init(_ label: String, box: Box) { (self.label, self.box) = (label, box) }
    }

    /// An anchor beside an object.
    public struct Pairing: Sendable, Hashable {
        public let level: Int
        /// Among the anchors of its level.
        public let index: Int
        public let iou: Double
        public let match: BoxMatcher.Match
        /// dx, dy, dw, dh from the anchor to the object.
        public let deltas: [Double]
    }

    /// How many anchors there are of each kind.
    public struct Counts: Sendable, Hashable {
        /// Of an IoU of 0.7 or more.
        public let high: Int
        /// Below, and the best of an object.
        public let best: Int
        /// Not learnt from.
        public let between: Int
        public let negative: Int

        public var positive: Int { high + best }
    }

    /// The most anchors.
    public static let mostAnchors = 2_000_000

    /// From fine to coarse.
    public let grids: [AnchorGrid]
    public let objects: [Object]
    /// What each anchor is to find, level by level.
    public let matches: [[BoxMatcher.Match]]
    public let counts: Counts
    /// Positives of each object.
    public let positives: [Int]
    /// The anchors that overlap each object most, the best first; an object that none overlaps has none.
    public let best: [[Pairing]]

    /// - Parameters:
    ///   - grids: The anchors of each map.
    ///   - objects: In pixels of the same image.
    ///   - best: How many anchors of each object are listed, at least 0.
    public init(_ grids: [AnchorGrid], objects: [Object], best listed: Int = 3) throws(BuildingBlockError) {
        for object in objects {
            guard object.box.isValid, Boxes([object.box])[0].isValid else {
                throw BuildingBlockError(
                    "the box of “\(object.label)” has no area: its left and top edge come before its right and bottom one"
                )
            }
        }
        var anchors = Boxes()
        for grid in grids { anchors.append(contentsOf: grid.anchors) }
        guard anchors.count <= Self.mostAnchors else {
            throw BuildingBlockError(
                "there are \(anchors.count) anchors, and this is for \(Self.mostAnchors); take a smaller image, or places "
                    + "farther apart")
        }
        let boxes = Boxes(objects.map(\.box))
        let matcher = BoxMatcher.anchors
        let all = matcher.match(anchors, to: boxes)
        let high = BoxMatcher(high: matcher.high, low: matcher.low).match(anchors, to: boxes)
        var starts = [0]
        for grid in grids { starts.append(starts[starts.count - 1] + grid.anchors.count) }
        func isObject(_ match: BoxMatcher.Match) -> Bool { match.objectPlace != nil }
        let highCount = high.count(where: isObject)
        counts = Counts(
            high: highCount, best: all.count(where: isObject) - highCount, between: all.count { $0 == .between },
            negative: all.count { $0 == .below })
        var positives = [Int](repeating: 0, count: objects.count)
        for match in all { if let object = match.objectPlace { positives[object] += 1 } }
        self.positives = positives
        best = boxes.indices.map { object in
            let ious = boxes.selecting([object]).pairwiseIoU(with: anchors)
            let order = ious.indices.filter { ious[$0] > 0 }.sorted { (ious[$0], $1) > (ious[$1], $0) }
            let places = Array(order.prefix(max(listed, 0)))
            let deltas = BoxCoder.proposals.encode(
                boxes.selecting(places.map { _ in object }), relativeTo: anchors.selecting(places))
            return places.enumerated().map { rank, place in
                let level = starts.lastIndex { $0 <= place } ?? 0
                return Pairing(
                    level: level, index: place - starts[level], iou: Double(ious[place]), match: all[place],
                    deltas: deltas[4 * rank..<4 * rank + 4].map { Double($0) })
            }
        }
        matches = grids.indices.map { Array(all[starts[$0]..<starts[$0 + 1]]) }
        (self.grids, self.objects) = (grids, objects)
    }

    /// How many anchors reach beyond an image of so many pixels. The paper does not learn from them.
    public func crossing(width: Int, height: Int) -> Int {
        grids.reduce(0) { sum, grid in
            let anchors = grid.anchors
            return sum
                + anchors.indices.count {
                    anchors.x1[$0] < 0 || anchors.y1[$0] < 0 || anchors.x2[$0] > Float(width)
                        || anchors.y2[$0] > Float(height)
                }
        }
    }
}
