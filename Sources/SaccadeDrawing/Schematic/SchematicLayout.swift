/// Where everything of a schematic stands.
struct SchematicLayout: Sendable {
    /// One stage: the gap with its arrow and caption, then the box with its labels. No two cells share a column.
    struct Cell: Sendable {
        var stage: Int
        /// Left end of the gap.
        var x = 0.0
        var gap: Double
        /// Room for the number at the box's left edge.
        var leftStrip: Double
        /// Width of box and labels.
        var content: Double
        /// Front of the box: width and height; the column's for a vector.
        var front: (width: Double, height: Double)
        /// How far the back is shifted to the right and up; zero for a vector.
        var back: (dx: Double, dy: Double)
        var captionLines: [FittedText]
        /// Numbers at the edges: rows, columns, channels. Absent in dense drawings.
        var edges: [FittedText]
        var label: FittedText
        /// Left end of the box within the content.
        var boxOffset: Double

        var width: Double { gap + content }
        var silhouette: Double { front.height + back.dy }
        /// What stands below the box.
        var below: Double { (edges.isEmpty ? 4 : 14) + label.style.lineHeight }
    }

    struct Row: Sendable {
        var cells: [Cell]
        /// Middle of every box.
        var middle = 0.0
        var top = 0.0
        var bottom = 0.0

        var width: Double { cells.reduce(0) { $0 + $1.width } }
    }

    static let margin = 18.0
    static let rowGap = 30.0

    var rows: [Row] = []
    var width = 300.0
    var height = 0.0
    let titleHeight: Double
    var legend: [(role: Schematic.Stage.Role, frame: Rectangle)] = []

    init(title: String, stages: [Schematic.Stage], maximumWidth: Double) {
        let ruler = TextRuler()
        let isDense = stages.count > 14
        let scale = SchematicScale(stages)
        let cells = stages.indices.map { Self.cell($0, stages, scale, isDense, ruler) }
        rows = Self.broken(cells, maximumWidth: maximumWidth - 2 * Self.margin)
        let titleStyle = Schematic.titleStyle
        titleHeight = title.isEmpty ? 0 : titleStyle.lineHeight + 10
        width = max(width, (rows.map(\.width).max() ?? 0) + 2 * Self.margin)
        width = max(width, min(maximumWidth, ruler.width(of: title.oneLine, titleStyle) + 2 * Self.margin))

        var y = Self.margin + titleHeight
        for r in rows.indices {
            let tallest = rows[r].cells.map(\.silhouette).max() ?? 0
            // The longest caption may stand higher than the boxes.
            let lines = rows[r].cells.map { Double($0.captionLines.count) }.max() ?? 0
            let half = max(tallest / 2, (lines + 1) / 2 * 11 + 4)
            rows[r].top = y
            rows[r].middle = y + half
            rows[r].bottom = rows[r].middle + max(half, (rows[r].cells.map { $0.silhouette / 2 + $0.below }.max() ?? 0))
            var x = rows.count == 1 ? (width - rows[r].width) / 2 : Self.margin
            for c in rows[r].cells.indices {
                rows[r].cells[c].x = x
                x += rows[r].cells[c].width
            }
            y = rows[r].bottom + Self.rowGap
        }
        height = (rows.isEmpty ? y : y - Self.rowGap) + Self.margin
        placeLegend(stages, ruler)
    }

    /// A line of coloured squares with their meanings, when there is more than one.
    private mutating func placeLegend(_ stages: [Schematic.Stage], _ ruler: borrowing TextRuler) {
        let roles = Schematic.Stage.Role.allCases.filter { role in stages.contains { $0.role == role } }
        guard roles.count > 1 else { return }
        var (x, y) = (Self.margin, height - Self.margin + 18)
        for role in roles {
            let entry = 14 + ruler.width(of: role.rawValue, Schematic.captionStyle(false)) + 14
            if x + entry > width - Self.margin + 14, x > Self.margin { (x, y) = (Self.margin, y + 14) }
            legend.append((role, Rectangle(x: x, y: y, width: entry - 14, height: 10)))
            x += entry
        }
        height = y + 10 + Self.margin
    }

    private static func cell(
        _ index: Int, _ stages: [Schematic.Stage], _ scale: SchematicScale, _ isDense: Bool,
        _ ruler: borrowing TextRuler
    ) -> Cell {
        let stage = stages[index]
        let captionStyle = Schematic.captionStyle(isDense)
        let widest = isDense ? 70.0 : 88.0
        var lines: [FittedText] = []
        for part in stage.caption.split(separator: ",") {
            lines += ruler.wrap(String(part), captionStyle, width: widest, lines: 2)
        }
        if lines.count > 5 {
            let rest = lines[4...].map(\.text).joined(separator: ", ")
            lines = lines[..<4] + [ruler.fit(rest, captionStyle, width: widest)]
        }
        let captionWidth = lines.map(\.width).max() ?? 0
        let gap = index == 0 && lines.isEmpty ? 0 : max(captionWidth + (isDense ? 8 : 14), 26)

        var label = ruler.fit(stage.label, Schematic.labelStyle(isDense), width: 160)
        var edges: [FittedText] = []
        let front: (width: Double, height: Double)
        var back = (dx: 0.0, dy: 0.0)
        var (left, right) = (0.0, 0.0)
        switch stage.shape {
        case .volume(let height, let width, let channels):
            front = (scale.thickness(channels), scale.height(height))
            back = scale.depth(width)
            if !isDense {
                edges = [height, width, channels].map { ruler.fit("\($0)", Schematic.edgeStyle, width: 80) }
                left = edges[0].width + 4
                right = max(0, edges[1].width + 4 - back.dx / 2)
            }
        case .vector(let count):
            front = (isDense ? 11 : 13, scale.column(count))
            label = ruler.fit("\(count)", Schematic.labelStyle(isDense), width: 160)
        }
        let box = left + front.width + back.dx + right
        let labels = max(label.width, edges.count == 3 ? edges[2].width : 0)
        let content = max(box, labels + 6)
        return Cell(
            stage: index, gap: gap, leftStrip: left, content: content, front: front, back: back, captionLines: lines,
            edges: edges, label: label, boxOffset: (content - box) / 2 + left)
    }

    /// As few rows as the width allows, and those about equally long.
    private static func broken(_ cells: [Cell], maximumWidth: Double) -> [Row] {
        func rows(_ limit: Double) -> [Row] {
            var rows: [Row] = []
            var used = 0.0
            for cell in cells {
                if rows.isEmpty || used + cell.width > limit {
                    rows.append(Row(cells: []))
                    used = 0
                }
                rows[rows.count - 1].cells.append(cell)
                used += cell.width
            }
            return rows
        }
        var best = rows(maximumWidth)
        let count = best.count
        var (low, high) = (0.0, maximumWidth)
        for _ in 0..<20 {
            let middle = (low + high) / 2
            let tried = rows(middle)
            if tried.count <= count { (best, high) = (tried, middle) } else { low = middle }
        }
        return best
    }
}
