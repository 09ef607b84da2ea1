extension RunLengthMask {
    /// Longest outline that is drawn, in fifths of a pixel: 2²⁶, which takes a fraction of a second.
    static let outlineLimit = 1 << 26

    /// The pixels inside any of the polygons, by COCO's rule, pixel for pixel.
    ///
    /// - Throws: ``GeometryError`` when there are no polygons, one has fewer than three corners, a corner is not finite,
    ///   or all outlines together are longer than 13 million pixels.
    public init(width: Int, height: Int, polygons: [Polygon]) throws(GeometryError) {
        guard !polygons.isEmpty else {
            throw GeometryError(.polygon, "an object has no polygons; give one or more")
        }
        var budget = Self.outlineLimit
        var masks: [RunLengthMask] = []
        for polygon in polygons {
            masks.append(try RunLengthMask(width: width, height: height, polygon: polygon, budget: &budget))
        }
        self = try .union(masks)
    }

    /// Corners are rounded to fifths of a pixel, edges are walked at that resolution, and wherever the outline steps over
    /// the middle of a column of pixels, it turns outside to inside or back: a mask changes at those pixels.
    ///
    /// Every rounding follows `rleFrPoly` of COCO's own program (Lin et al., 2014), which is the definition: truncation
    /// after adding a half, also below zero, and the upper of two heights at each step.
    private init(width: Int, height: Int, polygon: Polygon, budget: inout Int) throws(GeometryError) {
        guard polygon.corners.count >= 3 else {
            throw GeometryError(
                .polygon, "a polygon has \(polygon.corners.count) corners; give three or more")
        }
        var builder = try RunBuilder(width: width, height: height)
        var corners: [(x: Int, y: Int)] = []
        for corner in polygon.corners {
            // Beyond this, an edge alone would break the limit on outlines, and the conversion might overflow.
            let limit = Double(Self.outlineLimit)
            guard abs(corner.x) <= limit, abs(corner.y) <= limit else {
                throw GeometryError(
                    .polygon,
                    "a corner of a polygon at (\(corner.x), \(corner.y)) is far outside any image; "
                        + "give pixels")
            }
            corners.append((Int(5 * corner.x + 0.5), Int(5 * corner.y + 0.5)))
        }
        var changes: [Int] = []
        var before: (u: Int, v: Int)?
        for (index, start) in corners.enumerated() {
            let end = corners[(index + 1) % corners.count]
            let length = max(abs(end.x - start.x), abs(end.y - start.y)) + 1
            guard length <= budget else {
                throw GeometryError(
                    .polygon,
                    "the outlines of an object are longer than \(Self.outlineLimit / 5) pixels; check its polygons")
            }
            budget -= length
            walk(from: start, to: end) { u, v in
                defer { before = (u, v) }
                guard let last = before, last.u != u else { return }
                // The middle of column x lies at 5x + 2 fifths.
                let fifths = min(u, last.u) - 2
                guard fifths >= 0, fifths.isMultiple(of: 5), fifths / 5 < width else { return }
                let y = min(max(min(v, last.v) - 2 + 4, 0) / 5, height)
                changes.append(fifths / 5 * height + y)
            }
        }
        changes.sort()
        var (covered, isInside) = (0, false)
        for change in changes {
            builder.appendUnchecked(change - covered, isInside: isInside)
            covered = change
            isInside.toggle()
        }
        builder.appendUnchecked(width * height - covered, isInside: isInside)
        self = try builder.mask()
    }
}

/// Calls with each place on an edge, in fifths of a pixel, from its start to its end.
private func walk(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ body: (_ u: Int, _ v: Int) -> Void) {
    let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
    let isFlat = dx >= dy
    guard dx > 0 || dy > 0 else {
        // The slope of no edge is no number, which becomes the lowest height.
        body(start.x, Int(Int32.min))
        return
    }
    // Slopes are taken from left to right, or from top to bottom, so that an edge is the same from both its ends.
    let isReversed = isFlat ? start.x > end.x : start.y > end.y
    let (low, high) = isReversed ? (end, start) : (start, end)
    if isFlat {
        let slope = Double(high.y - low.y) / Double(dx)
        for step in 0...dx {
            let t = isReversed ? dx - step : step
            body(low.x + t, Int(Double(low.y) + slope * Double(t) + 0.5))
        }
    } else {
        let slope = Double(high.x - low.x) / Double(dy)
        for step in 0...dy {
            let t = isReversed ? dy - step : step
            body(Int(Double(low.x) + slope * Double(t) + 0.5), low.y + t)
        }
    }
}
