/// A part of a picture that can be compared with another: a ``Box`` or a ``RunLengthMask``.
public protocol Region: Sendable, Hashable {
    /// Square pixels.
    var area: Double { get }

    /// How well regions agree, each with each.
    ///
    /// Intersection over union, in 0...1; 0 for regions without area. A crowd region stands for any number of objects,
    /// so an object is compared with as much of it as it covers: intersection over the *first* region's area.
    ///
    /// - Parameters:
    ///   - regions: N regions.
    ///   - others: M regions of the same picture.
    ///   - areCrowds: Whether each of `others` is a crowd region; M values, or nil when none is.
    /// - Returns: `[N, M]`, row by row.
    /// - Precondition: `areCrowds` is nil or has M values.
    /// - Throws: ``GeometryError`` when masks are not of one size.
    static func pairwiseIoU(_ regions: [Self], _ others: [Self], areCrowds: [Bool]?) throws(GeometryError) -> [Double]
}

extension Region {
    /// Intersection over union with another region, in 0...1; over this region's own area if the other is a crowd.
    ///
    /// - Throws: ``GeometryError`` when masks are not of one size.
    public func iou(with other: Self, isCrowd: Bool = false) throws(GeometryError) -> Double {
        try Self.pairwiseIoU([self], [other], areCrowds: [isCrowd])[0]
    }
}

extension Box: Region {
    public static func pairwiseIoU(_ regions: [Box], _ others: [Box], areCrowds: [Bool]? = nil) -> [Double] {
        precondition(
            areCrowds.map { $0.count == others.count } ?? true, "pairwiseIoU: not one crowd flag for each of the others"
        )
        let count = others.count
        return [Double](unsafeUninitializedCapacity: regions.count * count) { result, initialized in
            for (i, a) in regions.enumerated() {
                let area = a.area
                for (j, b) in others.enumerated() {
                    let width = min(a.right, b.right) - max(a.left, b.left)
                    let height = min(a.bottom, b.bottom) - max(a.top, b.top)
                    let otherArea = b.area
                    var iou = 0.0
                    // The areas too: `min` and `max` can let an edge that is no number pass.
                    if width > 0, height > 0, area > 0, otherArea > 0 {
                        let common = width * height
                        iou = common / (areCrowds?[j] == true ? area : area + otherArea - common)
                    }
                    result.initializeElement(at: i * count + j, to: iou)
                }
            }
            initialized = regions.count * count
        }
    }

    /// Intersection over union with another box, in 0...1; over this box's own area if the other is a crowd.
    public func iou(with other: Box, isCrowd: Bool = false) -> Double {
        Self.pairwiseIoU([self], [other], areCrowds: [isCrowd])[0]
    }
}
