import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Moves each place of an image a little its own way: an elastic deformation.
///
/// For the centre of each pixel of the deformed image it tells how far from there, in pixels, that pixel's colour was
/// taken: what is seen at p stood at p + d(p) before. Between centres it is interpolated, and beyond the outermost ones
/// it is as at the nearest.
public struct DisplacementField: Sendable, Hashable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// To the right, `[height, width]`.
    public let dx: [Float]
    /// Downwards, `[height, width]`.
    public let dy: [Float]

    /// - Precondition: Both have `width * height` finite values, at least one.
    public init(width: Int, height: Int, dx: [Float], dy: [Float]) {
        require(width > 0 && height > 0, "DisplacementField: \(width)×\(height) has no pixels")
        require(
            dx.count == width * height && dy.count == dx.count,
            "DisplacementField: \(dx.count) and \(dy.count) values for \(width)×\(height)")
        (self.width, self.height, self.dx, self.dy) = (width, height, dx, dy)
    }

    /// The deformation of Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to
    /// Visual Document Analysis" (2003): displacements drawn evenly from -1...1, smoothed, and multiplied.
    ///
    /// - Parameters:
    ///   - alpha: The factor, in pixels; 34 there. torchvision's is twice as large for the same effect on a square.
    ///   - sigma: The standard deviation of the smoothing in pixels; 4 there.
    public static func random(
        width: Int, height: Int, alpha: Double, sigma: Double, using generator: inout some RandomNumberGenerator
    ) -> DisplacementField {
        func values() -> [Float] {
            (0..<width * height).map { _ in
                // The upper 24 bits are all that a Float in 0..<1 can tell apart.
                Float(generator.next() >> 40) * 0x1p-23 - 1
            }
        }
        let (dx, dy) = (values(), values())
        return DisplacementField(width: width, height: height, dx: dx, dy: dy).smoothed(sigma: sigma)
            .scaled(by: Float(alpha))
    }

    /// The deformation of U-Net: displacements drawn from a bell curve at the points of a coarse grid that spans the
    /// field from corner to corner, with cubic curves in between (Ronneberger, Fischer and Brox, 2015, section 3.1).
    ///
    /// - Parameters:
    ///   - grid: Points along each side, at least 2; 3 there.
    ///   - sigma: The standard deviation of the displacements in pixels; 10 there.
    public static func random(
        width: Int, height: Int, grid: Int, sigma: Double, using generator: inout some RandomNumberGenerator
    ) -> DisplacementField {
        require(grid >= 2, "DisplacementField: a grid of \(grid) points along a side")
        func values() -> [Float] {
            (0..<grid * grid).map { _ in
                // Box and Muller (1958); the first number is never zero, whose logarithm is infinite.
                let radius = (-2 * log(Double((generator.next() >> 11) + 1) * 0x1p-53)).squareRoot()
                return Float(sigma * radius * cos(2 * Double.pi * Double(generator.next() >> 11) * 0x1p-53))
            }
        }
        return DisplacementField(width: width, height: height, grid: grid, dx: values(), dy: values())
    }

    /// A field that is known at the points of a coarse grid.
    ///
    /// Cubic convolution with a = −0.75 and the nearest point beyond the edges, corners upon corners: PyTorch's
    /// `interpolate(mode="bicubic", align_corners=True)`.
    ///
    /// - Precondition: Both have `grid * grid` finite values.
    public init(width: Int, height: Int, grid: Int, dx: [Float], dy: [Float]) {
        require(dx.count == grid * grid && dy.count == dx.count, "DisplacementField: not \(grid)×\(grid) values")
        func spread(_ values: [Float]) -> [Float] {
            let (columns, rows) = (cubicSpans(grid, to: width), cubicSpans(grid, to: height))
            // Along the rows of the grid first.
            let wide = (0..<grid).map { row in
                columns.map { span in
                    zip(span.places, span.weights).reduce(Float(0)) { $0 + values[row * grid + $1.0] * $1.1 }
                }
            }
            return rows.flatMap { span in
                (0..<width).map { x in
                    zip(span.places, span.weights).reduce(Float(0)) { $0 + wide[$1.0][x] * $1.1 }
                }
            }
        }
        self.init(width: width, height: height, dx: spread(dx), dy: spread(dy))
    }

    /// All displacements multiplied.
    public func scaled(by factor: Float) -> DisplacementField {
        DisplacementField(width: width, height: height, dx: dx.map { $0 * factor }, dy: dy.map { $0 * factor })
    }

    /// The mean of the surroundings by a bell curve, cut at four standard deviations; the field is mirrored at its edges.
    ///
    /// - Parameter sigma: The curve's standard deviation in pixels, above 0 and at most 1000.
    public func smoothed(sigma: Double) -> DisplacementField {
        require(sigma > 0 && sigma <= 1000, "smoothed: a standard deviation of \(sigma) pixels")
        let radius = Int(4 * sigma + 0.5)
        let curve = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = curve.reduce(0, +)
        let weights = curve.map { Float($0 / sum) }
        func smooth(_ values: [Float]) -> [Float] {
            // Twice along the columns, which is along neighbouring numbers, with the plane turned over in between.
            let once = smoothedDown(values, width: width, height: height, weights)
            let turned = transposed(once, width: width, height: height)
            let twice = smoothedDown(turned, width: height, height: width, weights)
            return transposed(twice, width: height, height: width)
        }
        return DisplacementField(width: width, height: height, dx: smooth(dx), dy: smooth(dy))
    }

    /// Where what is seen at a point was before.
    public func source(of point: Point) -> Point {
        let d = displacement(at: point)
        return Point(point.x + d.x, point.y + d.y)
    }

    /// Where a point goes: the place whose ``source(of:)`` it is.
    ///
    /// Found by going on from place to place; to a thousandth of a pixel where neighbours do not change places, as under
    /// a deformation that leaves an image recognisable. Where the field folds the image, it is somewhere near.
    public func destination(of point: Point) -> Point {
        var place = point
        for _ in 0..<50 {
            let d = displacement(at: place)
            let next = Point(point.x - d.x, point.y - d.y)
            let step = max(abs(next.x - place.x), abs(next.y - place.y))
            place = next
            if step < 1e-4 { break }
        }
        return place
    }

    private func displacement(at point: Point) -> Point {
        let x = min(max(point.x - 0.5, 0), Double(width - 1))
        let y = min(max(point.y - 0.5, 0), Double(height - 1))
        let (left, top) = (Int(x), Int(y))
        let (right, low) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (u, v) = (x - Double(left), y - Double(top))
        func value(_ plane: [Float]) -> Double {
            let (a, b) = (Double(plane[top * width + left]), Double(plane[top * width + right]))
            let (c, d) = (Double(plane[low * width + left]), Double(plane[low * width + right]))
            return (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v
        }
        return Point(value(dx), value(dy))
    }
}

/// Each value the weighted mean of those above and below it.
private func smoothedDown(_ values: [Float], width: Int, height: Int, _ weights: [Float]) -> [Float] {
    let radius = weights.count / 2
    return values.withUnsafeBufferPointer { source in
        [Float](unsafeUninitializedCapacity: width * height) { target, count in
            target.initialize(repeating: 0)
            for y in 0..<height {
                let row = target.baseAddress! + y * width
                for k in -radius...radius {
                    let from = source.baseAddress! + mirrored(y + k, height) * width
                    let weight = weights[k + radius]
                    for x in 0..<width { row[x] += weight * from[x] }
                }
            }
            count = width * height
        }
    }
}

/// The position inside `0..<count` for any other, the row mirrored at its ends: c b a | a b c | c b a.
private func mirrored(_ position: Int, _ count: Int) -> Int {
    let remainder = position % (2 * count)
    let folded = remainder < 0 ? remainder + 2 * count : remainder
    return min(folded, 2 * count - 1 - folded)
}

private func transposed(_ values: [Float], width: Int, height: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: width * height) { target, count in
        for x in 0..<width {
            for y in 0..<height { target.initializeElement(at: x * height + y, to: values[y * width + x]) }
        }
        count = width * height
    }
}

/// Which points of a row of `count` each of `length` places between its ends is made of, by cubic convolution.
private func cubicSpans(_ count: Int, to length: Int) -> [(places: [Int], weights: [Float])] {
    let a: Float = -0.75
    func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return (0..<length).map { index in
        let place = length > 1 ? Float(index) * Float(count - 1) / Float(length - 1) : 0
        let first = min(Int(place), count - 1)
        let t = place - Float(first)
        return (
            (-1...2).map { min(max(first + $0, 0), count - 1) }, [far(t + 1), near(t), near(1 - t), far(2 - t)]
        )
    }
}
