import SaccadePrelude

/// A part of an image that can be compared with another: a ``Box`` or a ``RunLengthMask``.
public protocol Region: Sendable, Hashable {
    /// Why two regions cannot be compared; `Never` for boxes.
    associatedtype Mismatch: Error

    /// Square pixels.
    var area: Double { get }

    /// How well regions agree, each with each.
    ///
    /// Intersection over union, in 0...1; 0 for regions without area. A crowd region stands for any number of objects,
    /// so an object is compared with as much of it as it covers: intersection over the *first* region's area.
    ///
    /// - Parameters:
    ///   - regions: N regions.
    ///   - others: M regions of the same image.
    ///   - areCrowds: Whether each of `others` is a crowd region; M values, or nil when none is.
    /// - Returns: `[N, M]`, row by row.
    /// - Precondition: `areCrowds` is nil or has M values.
    /// - Throws: ``GeometryError`` when masks are not of one size.
    static func pairwiseIoU(_ regions: [Self], _ others: [Self], areCrowds: [Bool]?) throws(Mismatch) -> [Double]
}

extension Box: Region {
    public static func pairwiseIoU(_ regions: [Box], _ others: [Box], areCrowds: [Bool]? = nil) -> [Double] {
        require(
            areCrowds.map { $0.count == others.count } ?? true, "pairwiseIoU: not one crowd flag for each of the others"
        )
        let count = others.count
        return [Double](unsafeUninitializedCapacity: regions.count * count) { result, initialized in
            for (i, region) in regions.enumerated() {
                for (j, other) in others.enumerated() {
                    result.initializeElement(
                        at: i * count + j, to: region.iou(with: other, isCrowd: areCrowds?[j] == true))
                }
            }
            initialized = regions.count * count
        }
    }

    /// Intersection over union with another box, in 0...1; over this box's own area if the other is a crowd.
    @inlinable public func iou(with other: Box, isCrowd: Bool = false) -> Double {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        guard width > 0, height > 0 else { return 0 }
        let (area, otherArea) = (self.area, other.area)
        // `min` and `max` can let an edge that is no number pass.
        guard area > 0, otherArea > 0 else { return 0 }
        let common = width * height
        return common / (isCrowd ? area : area + otherArea - common)
    }
}
