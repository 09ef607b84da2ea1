public import SaccadeGeometry

extension Point {
    /// The point shifted.
    func moved(_ dx: Double, _ dy: Double) -> Point { Point(x + dx, y + dy) }
}

/// An upright rectangle on a figure, in points.
public struct Rectangle: Sendable, Hashable {
    /// Left edge.
    public var x: Double
    /// Upper edge.
    public var y: Double
    /// At least 0.
    public var width: Double
    /// At least 0.
    public var height: Double

    /// A rectangle from its upper left corner and its sides.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = max(width, 0)
        self.height = max(height, 0)
    }

    /// Right edge.
    public var right: Double { x + width }
    /// Lower edge.
    public var bottom: Double { y + height }
    /// Middle.
    public var center: Point { Point(x + width / 2, y + height / 2) }

    /// Whether every point of the other rectangle lies in this one, up to a hundredth of a point.
    public func contains(_ other: Rectangle) -> Bool {
        other.x >= x - 0.01 && other.y >= y - 0.01 && other.right <= right + 0.01 && other.bottom <= bottom + 0.01
    }

    /// Whether the two share more than a touching edge.
    public func overlaps(_ other: Rectangle) -> Bool {
        x < other.right - 0.01 && other.x < right - 0.01 && y < other.bottom - 0.01 && other.y < bottom - 0.01
    }

    /// The rectangle made smaller on all sides.
    public func inset(_ by: Double) -> Rectangle {
        Rectangle(x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by)
    }
}
