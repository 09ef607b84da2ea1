import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A map of the plane that takes lines to lines: moving, turning, scaling, shearing, and looking at it from an angle.
///
/// It takes (x, y) to ((a x + b y + c) / w, (d x + e y + f) / w) with w = g x + h y + i. Where g = h = 0 and i = 1 it is
/// affine. Hartley and Zisserman, "Multiple View Geometry in Computer Vision", 2nd edition, section 2.3.
public struct Homography: Sendable, Hashable {
    /// a, b, c, d, e, f, g, h, i.
    public let elements: [Double]

    /// - Precondition: There are nine elements.
    public init(_ elements: [Double]) {
        require(elements.count == 9, "Homography: \(elements.count) elements; expected 9")
        self.elements = elements
    }

    /// The affine map to (a x + b y + c, d x + e y + f).
    public static func affine(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) -> Self {
        Homography([a, b, c, d, e, f, 0, 0, 1])
    }

    /// What leaves every point where it is.
    public static let identity = affine(1, 0, 0, 0, 1, 0)

    /// Moves points to the right and down.
    public static func translation(_ x: Double, _ y: Double) -> Self { affine(1, 0, x, 0, 1, y) }

    /// Multiplies distances from the origin.
    public static func scaling(_ x: Double, _ y: Double) -> Self { affine(x, 0, 0, 0, y, 0) }

    /// Leans upright lines by the first angle and level lines by the second, in degrees below 90 either way.
    public static func shearing(degreesX: Double, degreesY: Double = 0) -> Self {
        affine(1, tan(degreesX * .pi / 180), 0, tan(degreesY * .pi / 180), 1, 0)
    }

    /// Turns points around the origin, counter-clockwise as one sees it, for y points downwards.
    ///
    /// Quarter turns are exact.
    public static func rotation(degrees: Double) -> Self {
        let quarters = (degrees / 90).rounded()
        let rest = (degrees - quarters * 90) * .pi / 180
        // With the rest exactly 0, sine and cosine are exactly 0 and 1.
        let (s, c) = (sin(rest), cos(rest))
        let (sine, cosine): (Double, Double) =
            switch quarters.truncatingRemainder(dividingBy: 4) {
            case 1, -3: (c, -s)
            case 2, -2: (-s, -c)
            case 3, -1: (-c, s)
            default: (s, c)
            }
        return affine(cosine, sine, 0, -sine, cosine, 0)
    }

    /// The map that takes four points to four others; nil where three of either lie on a line.
    ///
    /// - Precondition: There are four of each.
    public init?(taking points: [Point], to others: [Point]) {
        require(
            points.count == 4 && others.count == 4, "Homography: \(points.count) points to \(others.count); expected 4")
        // From the corners of the unit square to either four, and so from one four to the other.
        guard let from = Homography(unitSquareTo: points), let to = Homography(unitSquareTo: others),
            let back = from.inverse
        else { return nil }
        self = back.then(to)
    }

    /// Takes (0, 0), (1, 0), (1, 1) and (0, 1) to four points (Heckbert, "Fundamentals of Texture Mapping and Image
    /// Warping", 1989, section 2.2.3).
    private init?(unitSquareTo p: [Point]) {
        func turn(_ a: Point, _ b: Point, _ c: Point) -> Double {
            (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
        }
        for k in 0..<4 where turn(p[k], p[(k + 1) % 4], p[(k + 2) % 4]) == 0 { return nil }
        let sum = Point(p[0].x - p[1].x + p[2].x - p[3].x, p[0].y - p[1].y + p[2].y - p[3].y)
        let (u, v) = (Point(p[1].x - p[2].x, p[1].y - p[2].y), Point(p[3].x - p[2].x, p[3].y - p[2].y))
        let determinant = u.x * v.y - v.x * u.y
        let g = (sum.x * v.y - v.x * sum.y) / determinant
        let h = (u.x * sum.y - sum.x * u.y) / determinant
        guard g.isFinite, h.isFinite else { return nil }
        self.init([
            p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x,
            p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y, g, h, 1,
        ])
    }

    /// Where a point goes; not finite for one that goes infinitely far.
    public func callAsFunction(_ point: Point) -> Point {
        let m = elements
        let w = m[6] * point.x + m[7] * point.y + m[8]
        return Point(
            (m[0] * point.x + m[1] * point.y + m[2]) / w, (m[3] * point.x + m[4] * point.y + m[5]) / w)
    }

    /// Whether upright boxes stay upright boxes: all but mirroring, moving and scaling along the axes is absent.
    public var keepsBoxesUpright: Bool {
        let m = elements
        return m[1] == 0 && m[3] == 0 && m[6] == 0 && m[7] == 0
    }

    /// Whether things at a point become mirror images, whose left is right.
    public func isMirroring(at point: Point) -> Bool {
        let m = elements
        let determinant =
            m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
            + m[2] * (m[3] * m[7] - m[4] * m[6])
        // The map's Jacobian determinant is that of the matrix over the third power of w.
        return (determinant < 0) != (m[6] * point.x + m[7] * point.y + m[8] < 0)
    }

    /// This map, and then another one.
    public func then(_ next: Homography) -> Homography {
        let (a, b) = (next.elements, elements)
        return Homography(
            (0..<9).map { k in
                let (row, column) = (k / 3 * 3, k % 3)
                return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
            })
    }

    /// This map with `center` in place of the origin.
    public func around(_ center: Point) -> Homography {
        Homography.translation(-center.x, -center.y).then(self).then(.translation(center.x, center.y))
    }

    /// The map back; nil where this one takes the plane to a line or a point.
    public var inverse: Homography? {
        let m = elements
        let cofactors = [
            m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
        ]
        let determinant = m[0] * cofactors[0] + m[1] * cofactors[3] + m[2] * cofactors[6]
        let result = cofactors.map { $0 / determinant }
        return result.allSatisfy(\.isFinite) ? Homography(result) : nil
    }
}
