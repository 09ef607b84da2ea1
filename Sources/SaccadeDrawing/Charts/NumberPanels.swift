import SaccadeGeometry
import SaccadePrelude

/// Grids of numbers side by side, as a lecture writes them on a board: what goes in, what is done, what comes out.
public struct NumberPanels: Figure {
    /// A number in its cell.
    public struct Cell: Sendable, Hashable {
        public var text: String
        /// Which of ``Color/categories`` it is tinted with; nil is plain.
        public var category: Int?

        public init(_ text: String, category: Int? = nil) { (self.text, self.category) = (text, category) }
    }

    /// A grid.
    public struct Panel: Sendable, Hashable {
        /// Above it.
        public var title: String
        /// At least one cell, all rows equally long.
        public var rows: [[Cell]]

        public init(_ title: String, _ rows: [[Cell]]) { (self.title, self.rows) = (title, rows) }
    }

    public let title: String
    public let panels: [Panel]
    public let size: (width: Double, height: Double)

    /// A panel's frame with its title, and its cells' width.
    private let places: [(frame: Rectangle, cell: Double)]

    /// - Parameters:
    ///   - title: Above all; may be empty.
    ///   - panels: In reading order; at least one.
    ///   - maximumWidth: Points; only a single wide grid is wider.
    public init(title: String, panels: [Panel], maximumWidth: Double = 900) {
        require(!panels.isEmpty, "NumberPanels: no panels")
        require(
            panels.allSatisfy { panel in
                !(panel.rows.first ?? []).isEmpty && panel.rows.allSatisfy { $0.count == panel.rows[0].count }
            }, "NumberPanels: a grid without cells, or with rows of different length")
        (self.title, self.panels) = (title, panels)
        let ruler = TextRuler()
        var places: [(frame: Rectangle, cell: Double)] = []
        var (x, y, rowHeight, right) = (Self.margin, title.isEmpty ? Self.margin : 36, 0.0, 0.0)
        for panel in panels {
            let widest = panel.rows.joined().map { ruler.width(of: $0.text.oneLine, Self.numbers) }.max() ?? 0
            let cell = max(Self.cellHeight, widest + 10)
            let named = min(ruler.width(of: panel.title.oneLine, Self.name), 260)
            let width = max(cell * Double(panel.rows[0].count), named)
            let height = Self.titleHeight + Self.cellHeight * Double(panel.rows.count)
            if x > Self.margin, x + width + Self.margin > maximumWidth {
                (x, y, rowHeight) = (Self.margin, y + rowHeight + Self.gap, 0)
            }
            places.append((Rectangle(x: x, y: y, width: width, height: height), cell))
            x += width + Self.gap
            (rowHeight, right) = (max(rowHeight, height), max(right, x - Self.gap))
        }
        self.places = places
        let titleWidth = min(ruler.width(of: title.oneLine, Self.heading), maximumWidth - 2 * Self.margin)
        size = (max(right, Self.margin + titleWidth) + Self.margin, y + rowHeight + Self.margin)
    }

    private static let margin = 12.0
    private static let gap = 22.0
    private static let cellHeight = 22.0
    private static let titleHeight = 17.0
    private static let heading = TextStyle(size: 12, isBold: true)
    private static let name = TextStyle(size: 8.5, color: .faint)
    private static let numbers = TextStyle(size: 9.5)

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: 10, width: size.width - 2 * Self.margin, height: 16),
                Self.heading, .left)
        }
        for (panel, place) in zip(panels, places) { draw(panel, place.frame, place.cell, on: canvas) }
    }

    private func draw(_ panel: Panel, _ frame: Rectangle, _ cell: Double, on canvas: borrowing Canvas) {
        canvas.text(
            panel.title, in: Rectangle(x: frame.x, y: frame.y, width: frame.width, height: 13), Self.name, .left)
        for (row, cells) in panel.rows.enumerated() {
            for (column, content) in cells.enumerated() {
                let box = Rectangle(
                    x: frame.x + Double(column) * cell,
                    y: frame.y + Self.titleHeight + Double(row) * Self.cellHeight, width: cell,
                    height: Self.cellHeight)
                let tint = content.category.map { Color.white.mixed(with: .category($0), 0.45) } ?? .white
                canvas.fill(box, tint)
                canvas.stroke(box, .grid, width: 0.7)
                canvas.text(
                    content.text, in: box.inset(2),
                    TextStyle(
                        size: Self.numbers.size, color: content.text == "0" && content.category == nil ? .faint : .ink))
            }
        }
    }
}
