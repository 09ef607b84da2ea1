import CSaccadeKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// For boxes with area, all four are torchvision's numbers. It gives NaN where boxes have none; these never do.
extension Boxes {
    /// Intersection over union of each box with each of others, in 0...1.
    ///
    /// 0 for boxes without area, with edges that are no numbers, or with an area beyond the range of `Float`; so two boxes
    /// without area, even equal ones, have 0, as in COCO's program.
    ///
    /// - Returns: `[N, M]`, row by row.
    public func pairwiseIoU(with others: Boxes) -> [Float] {
        guard !isEmpty, !others.isEmpty else { return [] }
        return [Float](unsafeUninitializedCapacity: count * others.count) { result, initialized in
            others.withEdges { edges in
                for place in indices {
                    sk_box_iou(
                        others.count, edges, x1[place], y1[place], x2[place], y2[place],
                        result.baseAddress! + place * others.count)
                }
            }
            initialized = count * others.count
        }
    }

    /// Generalised IoU, in −1...1: the IoU less the share of the smallest box around both that neither covers.
    ///
    ///     IoU − (C − U) / C    with C the area of that box, U that of the union
    ///
    /// Boxes without area have an IoU of 0, and nothing is taken off where they span no area either: two equal ones have 0.
    /// Rezatofighi et al., "Generalized Intersection over Union" (2019).
    ///
    /// - Returns: `[N, M]`, row by row.
    public func pairwiseGIoU(with others: Boxes) -> [Float] {
        let (areas, otherAreas) = (self.areas, others.areas)
        return refined(with: others) { i, j, iou in
            let common = self.common(i, others, j)
            let union = areas[i] + otherAreas[j] - common
            let hull = hull(i, others, j)
            let around = hull.width * hull.height
            return iou - Self.share(around - union, of: around)
        }
    }

    /// Distance IoU, in −1...1: the IoU less the squared distance of the middles, as a share of the squared diagonal of the
    /// smallest box around both.
    ///
    /// Boxes without area have an IoU of 0; two equal ones have 0. Zheng et al., "Distance-IoU Loss" (2020).
    ///
    /// - Returns: `[N, M]`, row by row.
    public func pairwiseDIoU(with others: Boxes) -> [Float] {
        refined(with: others) { i, j, iou in iou - distance(i, others, j) }
    }

    /// Complete IoU: the distance IoU, less how far the shapes of the boxes differ.
    ///
    ///     DIoU − v² / (1 − IoU + v)    with v = 4/π² (atan(w/h) − atan(w′/h′))²
    ///
    /// Boxes without area have an IoU of 0; two equal ones have 0. A box without sides counts as infinitely flat. Zheng et
    /// al., "Distance-IoU Loss" (2020), equations 9 to 11.
    ///
    /// - Returns: `[N, M]`, row by row.
    public func pairwiseCIoU(with others: Boxes) -> [Float] {
        let (angles, otherAngles) = (diagonalAngles, others.diagonalAngles)
        return refined(with: others) { i, j, iou in
            let turn = angles[i] - otherAngles[j]
            let v = 4 / (Float.pi * Float.pi) * turn * turn
            return iou - distance(i, others, j) - v / (1 - iou + v + Self.epsilon) * v
        }
    }

    /// What torchvision adds to divisors.
    private static var epsilon: Float { 1e-7 }

    private func refined(with others: Boxes, _ value: (_ i: Int, _ j: Int, _ iou: Float) -> Float) -> [Float] {
        var result = pairwiseIoU(with: others)
        for i in indices {
            for j in others.indices {
                let refined = value(i, j, result[i * others.count + j])
                // Edges that are no numbers: the boxes have nothing in common, and nothing else can be said.
                result[i * others.count + j] = refined.isFinite ? refined : 0
            }
        }
        return result
    }

    /// Square pixels that box `i` has in common with box `j` of others.
    private func common(_ i: Int, _ others: Boxes, _ j: Int) -> Float {
        let width = Swift.min(x2[i], others.x2[j]) - Swift.max(x1[i], others.x1[j])
        let height = Swift.min(y2[i], others.y2[j]) - Swift.max(y1[i], others.y1[j])
        return width > 0 && height > 0 ? width * height : 0
    }

    /// The sides of the smallest box around box `i` and box `j` of others.
    private func hull(_ i: Int, _ others: Boxes, _ j: Int) -> (width: Float, height: Float) {
        let width = Swift.max(x2[i], others.x2[j]) - Swift.min(x1[i], others.x1[j])
        let height = Swift.max(y2[i], others.y2[j]) - Swift.min(y1[i], others.y1[j])
        return (Swift.max(0, width), Swift.max(0, height))
    }

    /// The squared distance of the middles as a share of the squared diagonal around both.
    private func distance(_ i: Int, _ others: Boxes, _ j: Int) -> Float {
        let hull = hull(i, others, j)
        let dx = (x1[i] + x2[i]) / 2 - (others.x1[j] + others.x2[j]) / 2
        let dy = (y1[i] + y2[i]) / 2 - (others.y1[j] + others.y2[j]) / 2
        return Self.share(dx * dx + dy * dy, of: hull.width * hull.width + hull.height * hull.height + Self.epsilon)
    }

    private static func share(_ part: Float, of whole: Float) -> Float {
        whole > 0 && whole.isFinite ? part / whole : 0
    }

    /// `atan(width / height)` of each box, in radians.
    private var diagonalAngles: [Float] {
        indices.map { place in
            let (width, height) = (x2[place] - x1[place], y2[place] - y1[place])
            let angle = atan(width / height)
            return angle.isNaN ? 0 : angle
        }
    }
}
