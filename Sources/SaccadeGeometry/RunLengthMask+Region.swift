import SaccadePrelude

extension RunLengthMask: Region {
    /// ``pixelCount``, as a region's area.
    public var area: Double { Double(pixelCount) }

    /// Intersection over union with another mask, in 0...1; over this mask's own area if the other is a crowd.
    ///
    /// - Throws: ``GeometryError`` when the masks are not of one size.
    public func iou(with other: RunLengthMask, isCrowd: Bool = false) throws(GeometryError) -> Double {
        try Self.pairwiseIoU([self], [other], areCrowds: [isCrowd])[0]
    }

    public static func pairwiseIoU(
        _ regions: [RunLengthMask], _ others: [RunLengthMask], areCrowds: [Bool]? = nil
    ) throws(GeometryError) -> [Double] {
        require(
            areCrowds.map { $0.count == others.count } ?? true, "pairwiseIoU: not one crowd flag for each of the others"
        )
        let (boxes, otherBoxes) = (regions.map(\.bounds), others.map(\.bounds))
        var result = [Double](repeating: 0, count: regions.count * others.count)
        for (i, region) in regions.enumerated() {
            for (j, other) in others.enumerated() {
                try region.requireSameSize(as: other)
                // Most pairs lie apart, which their boxes tell at once.
                guard boxes[i].intersection(otherBoxes[j]) != nil else { continue }
                let common = region.commonPixels(other)
                let whole =
                    areCrowds?[j] == true
                    ? region.pixelCount : region.pixelCount + other.pixelCount - common
                result[i * others.count + j] = Double(common) / Double(whole)
            }
        }
        return result
    }

    /// How many pixels are inside both; the masks are of one size.
    private func commonPixels(_ other: RunLengthMask) -> Int {
        runs.withUnsafeBufferPointer { a in
            other.runs.withUnsafeBufferPointer { b in
                var common = 0
                var (i, startA, endA) = (1, 0, 0)  // the inside run before runs[i], as a range of pixels
                var (j, startB, endB) = (1, 0, 0)
                while true {
                    if endA <= endB {
                        guard i < a.count else { return common }
                        startA = endA + Int(a[i - 1])
                        endA = startA + Int(a[i])
                        i += 2
                    } else {
                        guard j < b.count else { return common }
                        startB = endB + Int(b[j - 1])
                        endB = startB + Int(b[j])
                        j += 2
                    }
                    common += max(0, min(endA, endB) - max(startA, startB))
                }
            }
        }
    }
}
