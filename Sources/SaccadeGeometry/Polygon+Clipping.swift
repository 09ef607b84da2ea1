extension Polygon {
    /// The part inside an upright frame (Sutherland and Hodgman, "Reentrant Polygon Clipping", 1974).
    ///
    /// Where the part falls into several pieces they hang together by edges along the frame, which have no area: so
    /// ``area`` is right, whatever the outline's form.
    public func clipped(to frame: Box) -> Polygon {
        var corners = self.corners
        func cut(_ isInside: (Point) -> Bool, _ crossing: (Point, Point) -> Point) {
            guard var before = corners.last else { return }
            var kept: [Point] = []
            kept.reserveCapacity(corners.count + 4)
            for corner in corners {
                if isInside(corner) != isInside(before) { kept.append(crossing(before, corner)) }
                if isInside(corner) { kept.append(corner) }
                before = corner
            }
            corners = kept
        }
        func upright(_ x: Double) -> (Point, Point) -> Point {
            { a, b in Point(x, a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x))) }
        }
        func level(_ y: Double) -> (Point, Point) -> Point {
            { a, b in Point(a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)), y) }
        }
        cut({ $0.x >= frame.left }, upright(frame.left))
        cut({ $0.x <= frame.right }, upright(frame.right))
        cut({ $0.y >= frame.top }, level(frame.top))
        cut({ $0.y <= frame.bottom }, level(frame.bottom))
        return Polygon(corners)
    }
}
