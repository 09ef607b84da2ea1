import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Boxes as deltas from other boxes, which is what networks regress.
///
///     dx = wx (x − x₀) / w₀    dy = wy (y − y₀) / h₀    dw = ww ln(w / w₀)    dh = wh ln(h / h₀)
///
/// with x, y the middle of a box, w, h its sides, and x₀, y₀, w₀, h₀ those of the box that it is relative to. Girshick et
/// al., "Rich feature hierarchies" (2014), appendix C; the numbers are those of torchvision's `BoxCoder`.
public struct BoxCoder: Sendable, Hashable {
    /// Factors of dx, dy, dw and dh, above 0, which bring them to about the same size.
    public let weights: SIMD4<Float>
    /// What dw and dh, without their factors, are at most when they are decoded: ln(1000 / 16), 62 times the side.
    public let largestLogarithm: Float

    /// - Precondition: The weights are finite and above 0.
    public init(weights: SIMD4<Float> = [1, 1, 1, 1], largestLogarithm: Float = 4.135166556742356) {
        require(
            weights.indices.allSatisfy { weights[$0] > 0 && weights[$0].isFinite },
            "BoxCoder: weights must be finite and above 0, not \(weights)")
        (self.weights, self.largestLogarithm) = (weights, largestLogarithm)
    }

    /// Proposals relative to anchors.
    public static let proposals = BoxCoder()
    /// Detections relative to proposals.
    public static let detections = BoxCoder(weights: [10, 10, 5, 5])

    /// The deltas that lead from each box to its target.
    ///
    /// Where there are none that are finite (a box without area, an edge that is no number), all four are 0.
    ///
    /// - Parameters:
    ///   - targets: N boxes.
    ///   - boxes: The N boxes that they are relative to.
    /// - Returns: `[N, 4]`: dx, dy, dw, dh.
    /// - Precondition: There are as many targets as boxes.
    public func encode(_ targets: Boxes, relativeTo boxes: Boxes) -> [Float] {
        require(targets.count == boxes.count, "BoxCoder.encode: \(targets.count) targets, \(boxes.count) boxes")
        var deltas: [Float] = []
        deltas.reserveCapacity(4 * boxes.count)
        for place in boxes.indices {
            let (own, target) = (Self.form(boxes, place), Self.form(targets, place))
            var delta = SIMD4<Float>(repeating: 0)
            if own.width > 0, own.height > 0, target.width > 0, target.height > 0 {
                delta = [
                    weights[0] * (target.x - own.x) / own.width, weights[1] * (target.y - own.y) / own.height,
                    weights[2] * log(target.width / own.width), weights[3] * log(target.height / own.height),
                ]
            }
            for coordinate in 0..<4 { deltas.append(Self.isFinite(delta) ? delta[coordinate] : 0) }
        }
        return deltas
    }

    /// The boxes to which deltas lead.
    ///
    /// Where they lead to none that is finite, the result is a box without area, in the middle of the one that it is
    /// relative to if there is one; a filter for small boxes drops it, as it drops what torchvision makes of them.
    ///
    /// - Parameters:
    ///   - deltas: `[N, K, 4]`: dx, dy, dw, dh of K boxes relative to each.
    ///   - boxes: N boxes.
    /// - Returns: N × K boxes in the same order.
    /// - Precondition: There are four deltas for each, and as many for every box.
    public func decode(_ deltas: [Float], relativeTo boxes: Boxes) -> Boxes {
        let each = boxes.isEmpty ? 0 : deltas.count / boxes.count
        require(
            each.isMultiple(of: 4) && each * boxes.count == deltas.count,
            "BoxCoder.decode: \(deltas.count) deltas for \(boxes.count) boxes")
        var edges = (0..<4).map { _ in [Float]() }
        for coordinate in 0..<4 { edges[coordinate].reserveCapacity(deltas.count / 4) }
        for place in boxes.indices {
            let own = Self.form(boxes, place)
            for at in stride(from: place * each, to: (place + 1) * each, by: 4) {
                let x = deltas[at] / weights[0] * own.width + own.x
                let y = deltas[at + 1] / weights[1] * own.height + own.y
                let width = exp(limited(deltas[at + 2] / weights[2])) * own.width
                let height = exp(limited(deltas[at + 3] / weights[3])) * own.height
                var box: SIMD4<Float> = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
                if !Self.isFinite(box) {
                    let middle: SIMD4<Float> = [own.x, own.y, own.x, own.y]
                    box = Self.isFinite(middle) ? middle : [0, 0, 0, 0]
                }
                for coordinate in 0..<4 { edges[coordinate].append(box[coordinate]) }
            }
        }
        return Boxes(x1: edges[0], y1: edges[1], x2: edges[2], y2: edges[3])
    }

    private func limited(_ logarithm: Float) -> Float {
        logarithm > largestLogarithm ? largestLogarithm : logarithm
    }

    /// Middle and sides.
    private static func form(_ boxes: Boxes, _ place: Int) -> (x: Float, y: Float, width: Float, height: Float) {
        let (width, height) = (boxes.x2[place] - boxes.x1[place], boxes.y2[place] - boxes.y1[place])
        return (boxes.x1[place] + width / 2, boxes.y1[place] + height / 2, width, height)
    }

    private static func isFinite(_ numbers: SIMD4<Float>) -> Bool {
        numbers[0].isFinite && numbers[1].isFinite && numbers[2].isFinite && numbers[3].isFinite
    }
}
