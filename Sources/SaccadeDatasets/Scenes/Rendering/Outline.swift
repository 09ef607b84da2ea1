/// What a part of a drawing covers: closed contours, filled where any of them runs round, save for the holes.
struct Outline {
    /// Contours run clockwise as seen, holes the other way.
    private(set) var contours: [[Point2D]] = []

    private init(_ contours: [[Point2D]]) { self.contours = contours }

    /// Both together.
    static func + (a: Outline, b: Outline) -> Outline { Outline(a.contours + b.contours) }

    // MARK: Areas

    static func polygon(_ corners: [Point2D]) -> Outline { Outline([clockwise(corners)]) }

    static func rectangle(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float) -> Outline {
        Outline([[[left, top], [right, top], [right, bottom], [left, bottom]]])
    }

    /// A rectangle with round corners; `radius` is at most half of each side.
    static func rounded(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float, _ radius: Float) -> Outline {
        let centers: [Point2D] = [
            [right - radius, bottom - radius], [left + radius, bottom - radius], [left + radius, top + radius],
            [right - radius, top + radius],
        ]
        var contour: [Point2D] = []
        for (quarter, center) in centers.enumerated() {
            for step in 0...4 {
                contour.append(center + Turn.direction((Float(quarter) + Float(step) / 4) / 4) * radius)
            }
        }
        return Outline([contour])
    }

    static func circle(_ center: Point2D, _ radius: Float) -> Outline { ellipse(center, [radius, radius]) }

    static func ellipse(_ center: Point2D, _ radii: Point2D, turns: Float = 0) -> Outline {
        guard turns != 0 else { return Outline([unitCircle.map { center + $0 * radii }]) }
        let right = Turn.direction(turns)
        let down: Point2D = [-right.y, right.x]
        return Outline([unitCircle.map { center + right * ($0.x * radii.x) + down * ($0.y * radii.y) }])
    }

    /// A circle with a hole.
    static func ring(_ center: Point2D, _ radius: Float, width: Float) -> Outline {
        let inner = unitCircle.map { center + $0 * (radius - width) }
        return Outline([unitCircle.map { center + $0 * radius }, inner.reversed()])
    }

    /// A slice of an ellipse, from one angle clockwise to another.
    static func slice(_ center: Point2D, _ radii: Point2D, from start: Float, to end: Float) -> Outline {
        polygon([center] + arc(center, radii, from: start, to: end))
    }

    /// A round shape through the points: a closed Catmull–Rom curve (Catmull and Rom, 1974).
    static func smooth(_ points: [Point2D]) -> Outline { polygon(interpolated(points, isClosed: true)) }

    // MARK: Lines

    /// A line with round ends and bends.
    static func line(_ points: [Point2D], _ width: Float) -> Outline {
        var contours = points.map { point in dot.map { point + $0 * (width / 2) } }
        for (a, b) in zip(points, points.dropFirst()) {
            let along = b - a
            let length = (along.x * along.x + along.y * along.y).squareRoot()
            guard length > 0 else { continue }
            let aside = Point2D(-along.y, along.x) * (width / 2 / length)
            contours.append(clockwise([a + aside, b + aside, b - aside, a - aside]))
        }
        return Outline(contours)
    }

    /// A bent line through the points.
    static func curve(_ points: [Point2D], _ width: Float) -> Outline {
        line(interpolated(points, isClosed: false), width)
    }

    // MARK: Points on curves

    static func arc(_ center: Point2D, _ radii: Point2D, from start: Float, to end: Float) -> [Point2D] {
        let steps = max(2, Int(abs(end - start) * 32))
        return (0...steps).map {
            center + Turn.direction(start + (end - start) * Float($0) / Float(steps)) * radii
        }
    }

    private static func interpolated(_ points: [Point2D], isClosed: Bool) -> [Point2D] {
        let count = points.count
        func point(_ place: Int) -> Point2D {
            isClosed ? points[(place + count) % count] : points[max(0, min(count - 1, place))]
        }
        var curve: [Point2D] = []
        for place in 0..<(isClosed ? count : count - 1) {
            let (p, q, r, s) = (point(place - 1), point(place), point(place + 1), point(place + 2))
            let (linear, quadratic, cubic) = (r - p, p * 2 - q * 5 + r * 4 - s, q * 3 - p - r * 3 + s)
            for step in 0..<6 {
                let t = Float(step) / 6
                curve.append(q + (linear + (quadratic + cubic * t) * t) * (t / 2))
            }
        }
        if !isClosed { curve.append(points[count - 1]) }
        return curve
    }

    private static let unitCircle: [Point2D] = (0..<32).map { Turn.direction(Float($0) / 32) }
    /// The end of a line is small: fewer corners do.
    private static let dot: [Point2D] = (0..<12).map { Turn.direction(Float($0) / 12) }

    /// Contours that all run the same way cover together what each of them covers.
    private static func clockwise(_ corners: [Point2D]) -> [Point2D] {
        var area: Float = 0
        for (place, a) in corners.enumerated() {
            let b = corners[place + 1 == corners.count ? 0 : place + 1]
            area += a.x * b.y - b.x * a.y
        }
        return area >= 0 ? corners : corners.reversed()
    }
}
