public import SaccadeGeometry

extension NumberPanels {
    /// Something that lies on a grid of numbers.
    ///
    /// Its coordinates are those of the grid, continuous: column `i` goes from `i` to `i + 1`, rows downwards likewise.
    public struct Mark: Sendable, Hashable {
        public enum Shape: Sendable, Hashable {
            /// The edges of a box, drawn so many points further inside.
            case outline(Box, inset: Double = 0)
            case line(Point, Point)
            /// A spot.
            case dot(Point)
            /// A spot with a ring around it.
            case ringedDot(Point)
        }

        public var shape: Shape
        public var color: Color
        public var isDashed: Bool
        /// Points.
        public var width: Double

        public init(_ shape: Shape, _ color: Color, isDashed: Bool = false, width: Double = 1.6) {
            (self.shape, self.color, self.isDashed, self.width) = (shape, color, isDashed, width)
        }
    }

    /// How far marks may reach beyond their grid, in points: no farther than to the next panel.
    private static let overhang = 9.0

    /// Draws a panel's marks over its cells.
    static func drawMarks(of panel: Panel, on grid: Rectangle, cell: Double, canvas: borrowing Canvas) {
        let cell = (width: cell, height: panel.cellSide)
        // Numbers of rows and columns are not drawn over.
        let before = panel.isNumbered ? 2 : overhang
        let room = Rectangle(
            x: grid.x - before, y: grid.y - before, width: grid.width + before + overhang,
            height: grid.height + before + overhang)
        func place(_ point: Point) -> Point? {
            // What lies farther away than any grid is wide cannot be seen, nor drawn.
            guard abs(point.x) < 1e4, abs(point.y) < 1e4 else { return nil }
            return Point(grid.x + point.x * cell.width, grid.y + point.y * cell.height)
        }
        canvas.clipped(to: room) {
            for mark in panel.marks {
                let dashes = mark.isDashed ? [3.5, 2.5] : []
                switch mark.shape {
                case .outline(let box, let inset):
                    // Edges that are out of order are drawn all the same.
                    guard let a = place(Point(min(box.left, box.right), min(box.top, box.bottom))),
                        let b = place(Point(max(box.left, box.right), max(box.top, box.bottom)))
                    else { continue }
                    let corners = [
                        Point(a.x + inset, a.y + inset), Point(b.x - inset, a.y + inset),
                        Point(b.x - inset, b.y - inset), Point(a.x + inset, b.y - inset),
                    ]
                    canvas.stroke(corners, mark.color, width: mark.width, closed: true, dashes: dashes)
                case .line(let from, let to):
                    guard let a = place(from), let b = place(to) else { continue }
                    canvas.stroke([a, b], mark.color, width: mark.width, dashes: dashes)
                case .dot(let point), .ringedDot(let point):
                    guard let center = place(point) else { continue }
                    canvas.fillCircle(center, radius: 1.5 * mark.width + 0.8, .white)
                    canvas.fillCircle(center, radius: 1.5 * mark.width, mark.color)
                    if case .ringedDot = mark.shape {
                        canvas.strokeCircle(center, radius: 1.5 * mark.width + 2.2, .ink, width: 1)
                    }
                }
            }
        }
    }
}
