import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

/// Where the points of an image go when something moves it.
struct GeometricTransform: Sendable {
    private enum Map {
        case plane(Homography, back: Homography)
        case elastic(DisplacementField)
        /// A move by whole pixels, of an image that goes on beyond its edges as its mirror image.
        case mirrored(dx: Int, dy: Int)
    }

    private let map: Map
    /// The size before.
    let old: PixelSize
    /// The size after.
    let new: PixelSize

    /// - Precondition: The map's inverse exists.
    init(_ map: Homography, from old: PixelSize, to new: PixelSize) {
        guard let back = map.inverse else {
            wrongProgram("GeometricTransform: the map takes the plane to a line or a point")
        }
        (self.map, self.old, self.new) = (.plane(map, back: back), old, new)
    }

    init(_ field: DisplacementField) {
        map = .elastic(field)
        old = PixelSize(width: field.width, height: field.height)
        new = old
    }

    /// A part of an image that begins at a column and a row, and beyond the image's edges shows its mirror image. Objects
    /// are those of the image itself.
    init(mirroredPartAt x: Int, _ y: Int, of old: PixelSize, _ new: PixelSize) {
        (map, self.old, self.new) = (.mirrored(dx: -x, dy: -y), old, new)
    }

    /// Where a point goes.
    func callAsFunction(_ point: Point) -> Point {
        switch map {
        case .plane(let map, _): map(point)
        case .elastic(let field): field.destination(of: point)
        case .mirrored(let dx, let dy): Point(point.x + Double(dx), point.y + Double(dy))
        }
    }

    /// Where the point that comes to lie here was before.
    func source(of point: Point) -> Point {
        switch map {
        case .plane(_, let back): back(point)
        case .elastic(let field): field.source(of: point)
        case .mirrored(let dx, let dy):
            Point(
                Self.folded(point.x - Double(dx), Double(old.width)),
                Self.folded(point.y - Double(dy), Double(old.height)))
        }
    }

    /// Whether upright boxes stay upright boxes.
    var keepsBoxesUpright: Bool {
        switch map {
        case .plane(let map, _): map.keepsBoxesUpright
        case .elastic: false
        case .mirrored: true
        }
    }

    /// The place in `0..<length` that a row shows at `place`, mirrored at its ends again and again.
    private static func folded(_ place: Double, _ length: Double) -> Double {
        let remainder = place.truncatingRemainder(dividingBy: 2 * length)
        let positive = remainder < 0 ? remainder + 2 * length : remainder
        return positive < length ? positive : 2 * length - positive
    }

    /// Whether things become their mirror images.
    var isMirroring: Bool {
        guard case .plane(let map, _) = map else { return false }
        return map.isMirroring(at: Point(Double(old.width) / 2, Double(old.height) / 2))
    }

    /// The moved outline of a box: of its corners where lines stay lines, else of a point for every pixel of its edges.
    func outline(_ box: Box) -> Polygon {
        let corners = [
            Point(box.left, box.top), Point(box.right, box.top), Point(box.right, box.bottom),
            Point(box.left, box.bottom),
        ]
        guard case .elastic = map else { return Polygon(corners.map(callAsFunction)) }
        var points: [Point] = []
        for (k, corner) in corners.enumerated() {
            let next = corners[(k + 1) % 4]
            let steps = max(1, Int(max(abs(next.x - corner.x), abs(next.y - corner.y)).rounded(.up)))
            for step in 0..<steps {
                let t = Double(step) / Double(steps)
                points.append(
                    self(Point(corner.x + (next.x - corner.x) * t, corner.y + (next.y - corner.y) * t)))
            }
        }
        return Polygon(points)
    }
}
