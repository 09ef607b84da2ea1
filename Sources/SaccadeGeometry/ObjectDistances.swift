import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How far each pixel of an image is from the two objects nearest to it.
public struct ObjectDistances: Sendable {
    /// To the nearest object's nearest pixel, in pixels, centre to centre, `[height, width]`; 0 within an object, infinite
    /// beyond the reach.
    public private(set) var nearest: [Float]
    /// To the second nearest object, likewise.
    public private(set) var second: [Float]

    /// - Parameters:
    ///   - labels: The number of the object at each pixel, row by row; 0 where there is none.
    ///   - width: Pixels from left to right.
    ///   - reach: Distances along a row beyond this many pixels are not looked at.
    /// - Precondition: `labels` has whole rows.
    public init(_ labels: [Int32], width: Int, reach: Int) {
        require(width > 0 ? labels.count % width == 0 : labels.isEmpty, "ObjectDistances: not whole rows")
        let columns = Self.alongColumns(labels, width: width)
        nearest = Array(repeating: .infinity, count: labels.count)
        second = nearest
        for start in stride(from: 0, to: labels.count, by: max(width, 1)) {
            for x in 0..<width {
                var best = Pair()
                // The second nearest object is one of the two nearest in its column: any two nearer ones there would be
                // nearer here as well.
                for other in max(0, x - reach)...min(width - 1, x + reach) {
                    let aside = Float((other - x) * (other - x))
                    let pair = columns[start + other]
                    if pair.first.label != 0 { best.add(pair.first.label, pair.first.distance + aside) }
                    if pair.second.label != 0 { best.add(pair.second.label, pair.second.distance + aside) }
                }
                nearest[start + x] = best.first.distance.squareRoot()
                second[start + x] = best.second.distance.squareRoot()
            }
        }
    }

    /// Two different objects with the squares of their distances, the nearer first; 0 where there is none.
    private struct Pair {
        var first: (label: Int32, distance: Float) = (0, .infinity)
        var second: (label: Int32, distance: Float) = (0, .infinity)

        @inline(__always)
        mutating func add(_ label: Int32, _ distance: Float) {
            if label == first.label {
                first.distance = min(first.distance, distance)
            } else if distance < first.distance {
                (second, first) = (first, (label, distance))
            } else if distance < second.distance {
                // Also where it is the second's own label, which has come nearer.
                second = (label, distance)
            }
        }
    }

    /// For each pixel the two nearest objects of its column.
    private static func alongColumns(_ labels: [Int32], width: Int) -> [Pair] {
        var pairs = [Pair](repeating: Pair(), count: labels.count)
        let height = width == 0 ? 0 : labels.count / width
        for x in 0..<width {
            // Down, then up: the last two different labels that were passed, with their rows.
            for isDown in [true, false] {
                var last: (label: Int32, row: Int) = (0, 0)
                var former: (label: Int32, row: Int) = (0, 0)
                for step in 0..<height {
                    let y = isDown ? step : height - 1 - step
                    let label = labels[y * width + x]
                    if label != 0 {
                        if label != last.label { former = last }
                        last = (label, y)
                    }
                    for passed in [last, former] where passed.label != 0 {
                        pairs[y * width + x].add(passed.label, Float((y - passed.row) * (y - passed.row)))
                    }
                }
            }
        }
        return pairs
    }
}

/// The border weights of U-Net: w0 · exp(−(d1 + d2)² / 2σ²), where d1 and d2 are the distances to the nearest and the second
/// nearest object. What separates two objects is thin, and would else count for little.
///
/// Ronneberger, Fischer and Brox, "U-Net" (2015), equation 2, without the class weights, which are a matter of their own.
/// Pixels of objects and those with fewer than two objects in sight have 0.
///
/// - Parameters:
///   - labels: The number of the object at each pixel, row by row; 0 where there is none.
///   - width: Pixels from left to right.
///   - strength: w0; 10 in the paper.
///   - sigma: σ in pixels; 5 in the paper.
public func borderWeights(_ labels: [Int32], width: Int, strength: Float, sigma: Float) -> [Float] {
    // Beyond six σ less than a millionth is left.
    let distances = ObjectDistances(labels, width: width, reach: Int((6 * sigma).rounded(.up)))
    return labels.indices.map { index in
        let sum = distances.nearest[index] + distances.second[index]
        guard labels[index] == 0, sum.isFinite else { return 0 }
        return strength * exp(-sum * sum / (2 * sigma * sigma))
    }
}
