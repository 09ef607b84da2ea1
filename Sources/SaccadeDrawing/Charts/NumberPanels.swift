import SaccadeGeometry
import SaccadePrelude

/// Grids of numbers side by side, as a lecture writes them on a board: what goes in, what is done, what comes out.
public struct NumberPanels: Figure {
    /// A number in its cell.
    public struct Cell: Sendable, Hashable {
        public var text: String
        /// Which of ``Color/categories`` it is tinted with; nil is plain.
        public var category: Int?
        /// Without a category: how strongly it is tinted, in `-1...1`: blue above 0, vermillion below, as ``Color/signed(_:)``
        /// has it.
        public var shade: Double?

        public init(_ text: String, category: Int? = nil, shade: Double? = nil) {
            (self.text, self.category, self.shade) = (text, category, shade)
        }
    }

    /// A grid.
    public struct Panel: Sendable, Hashable {
        /// Above it.
        public var title: String
        /// At least one cell, all rows equally long.
        public var rows: [[Cell]]
        /// What lies on it, from bottom to top.
        public var marks: [Mark] = []
        /// Whether rows and columns are numbered, from 0, at the left and above.
        public var isNumbered = false
        /// Names in place of the numbers of rows and columns; there may be fewer than rows and columns.
        public var rowNames: [String] = []
        public var columnNames: [String] = []
        /// Height of a cell in points, at least 12, and its least width.
        public var cellSide = 22.0

        public init(_ title: String, _ rows: [[Cell]]) { (self.title, self.rows) = (title, rows) }
    }

    public let title: String
    public let panels: [Panel]
    public let size: (width: Double, height: Double)

    /// A panel's frame with its title, and where its cells are.
    private let places: [(frame: Rectangle, grid: Rectangle, cell: Double)]

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
        require(panels.allSatisfy { $0.cellSide >= 12 }, "NumberPanels: cells lower than 12 points")
        (self.title, self.panels) = (title, panels)
        let ruler = TextRuler()
        var places: [(frame: Rectangle, grid: Rectangle, cell: Double)] = []
        var (x, y, rowHeight, right) = (Self.margin, title.isEmpty ? Self.margin : 36, 0.0, 0.0)
        for panel in panels {
            let widest = panel.rows.joined().map { ruler.width(of: $0.text.oneLine, Self.numbers) }.max() ?? 0
            let cell = max(panel.cellSide, widest + 10)
            let named = min(ruler.width(of: panel.title.oneLine, Self.name), 260)
            let (side, above) = (Self.namesWidth(panel, ruler), panel.hasColumnNames ? Self.numberSide : 0)
            let (across, down) = (cell * Double(panel.rows[0].count), panel.cellSide * Double(panel.rows.count))
            let width = max(side + across, named)
            let height = Self.titleHeight + above + down
            if x > Self.margin, x + width + Self.margin > maximumWidth {
                (x, y, rowHeight) = (Self.margin, y + rowHeight + Self.gap, 0)
            }
            places.append(
                (
                    Rectangle(x: x, y: y, width: width, height: height),
                    Rectangle(x: x + side, y: y + Self.titleHeight + above, width: across, height: down), cell
                ))
            x += width + Self.gap
            (rowHeight, right) = (max(rowHeight, height), max(right, x - Self.gap))
        }
        self.places = places
        let titleWidth = min(ruler.width(of: title.oneLine, Self.heading), maximumWidth - 2 * Self.margin)
        size = (max(right, Self.margin + titleWidth) + Self.margin, y + rowHeight + Self.margin)
    }

    private static let margin = 12.0
    private static let gap = 22.0
    private static let titleHeight = 17.0
    /// What numbers of rows and columns take.
    private static let numberSide = 13.0
    private static let heading = TextStyle(size: 12, isBold: true)
    private static let name = TextStyle(size: 8.5, color: .faint)
    private static let numbers = TextStyle(size: 9.5)
    private static let place = TextStyle(size: 7, color: .faint)

    /// What the names at the left of a panel take.
    private static func namesWidth(_ panel: Panel, _ ruler: borrowing TextRuler) -> Double {
        guard panel.hasRowNames else { return 0 }
        let widest = panel.rowNames.prefix(panel.rows.count).map { ruler.width(of: $0.oneLine, place) }.max() ?? 0
        return max(numberSide, min(widest, 120) + 4)
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: 10, width: size.width - 2 * Self.margin, height: 16),
                Self.heading, .left)
        }
        for (panel, place) in zip(panels, places) {
            canvas.text(
                panel.title, in: Rectangle(x: place.frame.x, y: place.frame.y, width: place.frame.width, height: 13),
                Self.name, .left)
            draw(panel, in: place.frame, place.grid, place.cell, on: canvas)
            Self.drawMarks(of: panel, on: place.grid, cell: place.cell, canvas: canvas)
        }
    }

    private func draw(
        _ panel: Panel, in frame: Rectangle, _ grid: Rectangle, _ cell: Double, on canvas: borrowing Canvas
    ) {
        let height = panel.cellSide
        for (row, cells) in panel.rows.enumerated() {
            for (column, content) in cells.enumerated() {
                let box = Rectangle(
                    x: grid.x + Double(column) * cell, y: grid.y + Double(row) * height, width: cell, height: height)
                let tint =
                    content.category.map { Color.white.mixed(with: .category($0), 0.45) }
                    ?? content.shade.map(Color.signed) ?? .white
                canvas.fill(box, tint)
                canvas.stroke(box, .grid, width: 0.7)
                canvas.text(
                    content.text, in: box.inset(2),
                    TextStyle(
                        size: Self.numbers.size, color: content.text == "0" && content.category == nil ? .faint : .ink))
            }
        }
        let side = grid.x - frame.x
        for row in panel.rows.indices where panel.hasRowNames {
            let y = grid.y + Double(row) * height
            canvas.text(
                panel.rowNames.isEmpty ? "\(row)" : row < panel.rowNames.count ? panel.rowNames[row] : "",
                in: Rectangle(x: frame.x, y: y, width: side - 3, height: height), Self.place, .right)
        }
        for column in panel.rows[0].indices where panel.hasColumnNames {
            let x = grid.x + Double(column) * cell
            canvas.text(
                panel.columnNames.isEmpty
                    ? "\(column)" : column < panel.columnNames.count ? panel.columnNames[column] : "",
                in: Rectangle(x: x, y: grid.y - Self.numberSide, width: cell, height: Self.numberSide - 2), Self.place)
        }
    }
}

extension NumberPanels.Panel {
    fileprivate var hasRowNames: Bool { isNumbered || !rowNames.isEmpty }
    fileprivate var hasColumnNames: Bool { isNumbered || !columnNames.isEmpty }
}
