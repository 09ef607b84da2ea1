/// A transparent image that parts are painted on, one over the other.
///
/// Edges are smooth: a pixel takes as much of a colour as the part covers of it. Only sums, products, quotients and
/// square roots are used, in a fixed order, so that all machines paint the same bytes.
struct Layer {
    let width: Int
    let height: Int
    /// Red, green and blue times opacity, then opacity: all 0...1, row by row.
    private(set) var pixels: [SIMD4<Float>]
    /// For each pixel of the contours in hand, how much the covered area grows from the pixel on its left to it.
    private var growth: [Float]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [SIMD4<Float>](repeating: .zero, count: width * height)
        growth = [Float](repeating: 0, count: (width + 2) * height)
    }

    /// Paints the inside of an outline.
    ///
    /// - Parameters:
    ///   - slope: How brightness changes towards the right and the bottom of the part, 0 for a flat one.
    mutating func fill(_ outline: Outline, _ affine: Affine, ink: SIMD3<Float>, slope: Point2D) {
        var (low, high) = (Point2D(repeating: .infinity), Point2D(repeating: -.infinity))
        let (width, height) = (width, height)
        growth.withUnsafeMutableBufferPointer { growth in
            let area = Area(growth: growth, width: width, height: height)
            for contour in outline.contours {
                guard let last = contour.last else { continue }
                var from = affine(last)
                for corner in contour {
                    let to = affine(corner)
                    low = pointwiseMin(low, to)
                    high = pointwiseMax(high, to)
                    area.addEdge(from, to)
                    from = to
                }
            }
        }
        guard low.x < Float(width), low.y < Float(height), high.x > 0, high.y > 0 else { return }
        let columns = max(0, Int(low.x))..<min(width, Int(high.x) + 1)
        let rows = max(0, Int(low.y))..<min(height, Int(high.y) + 1)
        let size = pointwiseMax(high - low, Point2D(repeating: 1))
        let step = slope * 2 / size
        let start = 1 - slope.x - slope.y - step.x * (low.x - 0.5) - step.y * (low.y - 0.5)
        paint(columns, rows, ink, brightness: start, step)
    }

    /// Turns the growth of the covered area into coverage, and lays the ink on.
    private mutating func paint(
        _ columns: Range<Int>, _ rows: Range<Int>, _ ink: SIMD3<Float>, brightness: Float, _ step: Point2D
    ) {
        let (width, stride) = (width, width + 2)
        let source = SIMD4(ink, 0)
        growth.withUnsafeMutableBufferPointer { growth in
            pixels.withUnsafeMutableBufferPointer { pixels in
                for y in rows {
                    var sum: Float = 0
                    var light = brightness + step.y * Float(y) + step.x * Float(columns.lowerBound)
                    for x in columns {
                        sum += growth[y * stride + x]
                        growth[y * stride + x] = 0
                        let coverage = min(abs(sum), 1)
                        if coverage > 1 / 512 {
                            var color = source * light
                            color.w = 1
                            let old = pixels[y * width + x]
                            pixels[y * width + x] = old + (color - old) * coverage
                        }
                        light += step.x
                    }
                    growth[y * stride + columns.upperBound] = 0
                    growth[y * stride + columns.upperBound + 1] = 0
                }
            }
        }
    }
}

/// The covered area of a layer's pixels while edges are added.
private struct Area {
    let growth: UnsafeMutableBufferPointer<Float>
    let width: Int
    let height: Int

    /// Adds what the area to the right of an edge covers of each pixel, counted negative for an upward edge.
    ///
    /// The edge is cut at every row and every column; a piece of height h covers all pixels to its right by h, and its
    /// own by h times what lies to its right on average.
    func addEdge(_ from: Point2D, _ to: Point2D) {
        guard from.y != to.y else { return }
        let (upper, lower, sign): (Point2D, Point2D, Float) = from.y < to.y ? (from, to, 1) : (to, from, -1)
        let (right, bottom) = (Float(width), Float(height))
        guard lower.y > 0, upper.y < bottom else { return }
        let slant = (lower.x - upper.x) / (lower.y - upper.y)
        var y = max(upper.y, 0)
        let end = min(lower.y, bottom)
        while y < end {
            let row = Int(y)
            let nextY = min(Float(row + 1), end)
            let x0 = max(0, min(right, upper.x + (y - upper.y) * slant))
            let x1 = max(0, min(right, upper.x + (nextY - upper.y) * slant))
            let line = row * (width + 2)
            var (left, far) = x0 < x1 ? (x0, x1) : (x1, x0)
            let height = (nextY - y) * sign
            if Int(left) == Int(far) {
                let column = Int(left)
                let aside = (left + far) * 0.5 - Float(column)
                growth[line + column] += height * (1 - aside)
                growth[line + column + 1] += height * aside
            } else {
                let heightPerColumn = height / (far - left)
                while left < far {
                    let column = Int(left)
                    let next = min(Float(column + 1), far)
                    let piece = heightPerColumn * (next - left)
                    let aside = (left + next) * 0.5 - Float(column)
                    growth[line + column] += piece * (1 - aside)
                    growth[line + column + 1] += piece * aside
                    left = next
                }
            }
            y = nextY
        }
    }
}
