public import SaccadeImages

extension Orientation {
    /// How pictures lie that a matrix moves to where they are shown: the stored point (x, y) to (a x + c y, b x + d y), both
    /// from the upper left corner, y downwards (ISO/IEC 14496-12, 8.3.2).
    ///
    /// Turns by anything but quarters become the nearest quarter, stretching is left out, and a matrix that makes no sense
    /// counts as upright.
    public init(a: Int32, b: Int32, c: Int32, d: Int32) {
        let (a, b, c, d) = (Int64(a), Int64(b), Int64(c), Int64(d))
        // Where a stored row runs: along a shown row, or along a column.
        let isTransposed = abs(b) + abs(c) > abs(a) + abs(d)
        // Whether it runs backwards, and whether a stored column does.
        let (row, column) = isTransposed ? (b < 0, c < 0) : (a < 0, d < 0)
        self =
            switch (isTransposed, row, column) {
            case (false, false, false): .upright
            case (false, true, false): .mirrored
            case (false, true, true): .turned180
            case (false, false, true): .flipped
            case (true, false, false): .transposed
            case (true, false, true): .turned90CounterClockwise
            case (true, true, true): .transversed
            case (true, true, false): .turned90Clockwise
            }
    }
}
