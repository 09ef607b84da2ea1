/// A closed outline on an image; the last corner is joined to the first.
public struct Polygon: Sendable, Hashable, Codable {
    /// In pixels, continuous: (0, 0) is the upper left corner of the upper left pixel.
    public var corners: [Point]

    /// A polygon from its corners.
    public init(_ corners: [Point]) { self.corners = corners }

    /// The outline of a box.
    public init(_ box: Box) {
        corners = [
            Point(box.left, box.top), Point(box.left, box.bottom), Point(box.right, box.bottom),
            Point(box.right, box.top),
        ]
    }

    /// A polygon from COCO's list of numbers: x, y, x, y, and so on.
    ///
    /// - Throws: ``GeometryError`` when the numbers do not come in pairs, are fewer than three pairs, or not finite.
    public init(coordinates: [Double]) throws(GeometryError) {
        guard coordinates.count.isMultiple(of: 2), coordinates.count >= 6 else {
            throw GeometryError(
                .polygon,
                "\(coordinates.count) numbers are no polygon: give x and y of three corners or more")
        }
        guard coordinates.allSatisfy(\.isFinite) else {
            throw GeometryError(.polygon, "a corner of a polygon is not finite; give its x and y in pixels")
        }
        corners = stride(from: 0, to: coordinates.count, by: 2).map { Point(coordinates[$0], coordinates[$0 + 1]) }
    }

    /// The smallest box around all corners; nil without corners.
    public var bounds: Box? {
        guard let first = corners.first else { return nil }
        return corners.reduce(Box(left: first.x, top: first.y, right: first.x, bottom: first.y)) {
            Box(
                left: min($0.left, $1.x), top: min($0.top, $1.y), right: max($0.right, $1.x),
                bottom: max($0.bottom, $1.y))
        }
    }

    /// Square pixels inside, by the shoelace formula; right for outlines that do not cross themselves.
    public var area: Double {
        guard let last = corners.last else { return 0 }
        var (sum, before) = (0.0, last)
        for corner in corners {
            sum += before.x * corner.y - corner.x * before.y
            before = corner
        }
        return abs(sum) / 2
    }
}
