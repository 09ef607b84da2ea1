import SaccadeImages
import SaccadePrelude

/// Which classes are taken for which: rows are true classes, columns predicted ones, cells counts.
///
/// The colour is the share of the row, so that rare classes show as well as frequent ones.
public struct ConfusionMatrix: Figure {
    public let title: String
    public let classes: [String]
    /// `counts[truth][prediction]`, each at least 0.
    public let counts: [[Int]]
    public let size: (width: Double, height: Double)

    private let cell: Double
    private let rowLabels: Double
    private let columnLabels: Double

    /// - Parameters:
    ///   - title: Above the matrix; may be empty.
    ///   - classes: Names, at least one.
    ///   - counts: As many rows and columns as there are names; each at least 0.
    public init(title: String, classes: [String], counts: [[Int]]) {
        require(!classes.isEmpty, "ConfusionMatrix: no classes")
        require(
            counts.count == classes.count
                && counts.allSatisfy { $0.count == classes.count && $0.allSatisfy { $0 >= 0 } },
            "ConfusionMatrix: counts of \(counts.count) rows for \(classes.count) classes")
        (self.title, self.classes, self.counts) = (title, classes, counts)
        let ruler = TextRuler()
        // Between 34 points, wide enough for four digits, and 8, the smallest that a name can stand beside; beyond 120
        // classes the names are left out.
        let n = Double(classes.count)
        let cell = min(34, max(480 / n, min(8, 960 / n), 1))
        self.cell = cell
        if cell < Self.smallestNamed {
            (rowLabels, columnLabels) = (8, 8)
        } else {
            let widest = classes.map { ruler.width(of: $0.oneLine, Self.nameStyle(cell)) }.max() ?? 0
            rowLabels = min(110, widest) + 8
            columnLabels = widest <= cell - 4 ? 14 : min(90, widest) + 8
        }
        let side = cell * Double(classes.count)
        size = (
            max(Self.left + rowLabels + side + 62, 240), Self.top(title) + columnLabels + max(side, 60) + 16
        )
    }

    private static let smallestNamed = 7.9
    private static let left = 26.0
    private static func top(_ title: String) -> Double { title.isEmpty ? 28 : 48 }
    private static func nameStyle(_ cell: Double) -> TextStyle { TextStyle(size: min(9, max(5, cell * 0.75))) }

    public func draw(on canvas: borrowing Canvas) {
        let n = Double(classes.count)
        let style = Self.nameStyle(cell)
        let top = Self.top(title)
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: 10, y: 10, width: size.width - 20, height: 15),
                TextStyle(size: 12, isBold: true))
        }
        let plot = Rectangle(
            x: Self.left + rowLabels, y: top + columnLabels, width: cell * n, height: cell * n)
        canvas.text(
            "predicted", in: Rectangle(x: plot.x - 20, y: top - 16, width: plot.width + 40, height: 13),
            TextStyle(size: 9, color: .faint))
        canvas.textUpwards(
            "true", in: Rectangle(x: 8, y: plot.y - 10, width: 13, height: plot.height + 20),
            TextStyle(size: 9, color: .faint))
        let isFine = cell < 12
        if isFine { canvas.draw(heatMap, in: plot) }
        for (i, name) in classes.enumerated() {
            if !isFine { drawRow(i, plot, on: canvas) }
            if cell < Self.smallestNamed { continue }
            let at = Double(i) * cell
            canvas.text(
                name, in: Rectangle(x: Self.left, y: plot.y + at, width: rowLabels - 5, height: cell), style, .right)
            if columnLabels == 14 {
                canvas.text(name, in: Rectangle(x: plot.x + at, y: plot.y - 14, width: cell, height: 12), style)
            } else {
                canvas.textUpwards(
                    name, in: Rectangle(x: plot.x + at, y: top, width: cell, height: columnLabels - 4), style, .left)
            }
        }
        canvas.stroke(plot, .faint, width: 0.8)
        drawScale(
            Rectangle(x: plot.right + 16, y: plot.y, width: 10, height: min(140, max(plot.height, 48))), on: canvas)
    }

    private func share(_ row: [Int]) -> [Double] {
        let total = row.reduce(0.0) { $0 + Double($1) }
        return row.map { total > 0 ? Double($0) / total : 0 }
    }

    /// One pixel per cell: a million rectangles would make a file that nothing opens.
    private var heatMap: Image {
        let pixels = counts.flatMap { row in
            share(row).flatMap { share in
                let color = Self.color(share)
                return [color.red, color.green, color.blue].map { UInt8(($0 * 255).rounded()) }
            }
        }
        return Image(width: classes.count, height: classes.count, channels: 3, pixels: pixels)
    }

    private func drawRow(_ row: Int, _ plot: Rectangle, on canvas: borrowing Canvas) {
        let shares = share(counts[row])
        for (column, count) in counts[row].enumerated() {
            let frame = Rectangle(
                x: plot.x + Double(column) * cell, y: plot.y + Double(row) * cell, width: cell, height: cell)
            let color = Self.color(shares[column])
            canvas.fill(frame, color)
            canvas.stroke(frame, .grid, width: 0.4)
            // Numbers smaller than this nobody can read; the colour remains.
            guard count > 0, cell >= 14 else { continue }
            let ink: Color = color.luminance > 0.5 ? .ink : .white
            canvas.text(
                "\(count)", in: frame.inset(1.5),
                TextStyle(size: min(9.5, cell * 0.36), color: ink, isBold: row == column))
        }
    }

    /// From white over sky blue to a deep blue, its lightness falling evenly.
    private static func color(_ share: Double) -> Color {
        let deep = Color(0.03, 0.19, 0.42)
        return share < 0.5
            ? Color.white.mixed(with: .skyBlue, share * 2) : Color.skyBlue.mixed(with: deep, share * 2 - 1)
    }

    private func drawScale(_ frame: Rectangle, on canvas: borrowing Canvas) {
        let steps = 50
        for i in 0..<steps {
            let height = frame.height / Double(steps)
            // Overlapping a little, so that no seams show.
            canvas.fill(
                Rectangle(
                    x: frame.x, y: frame.bottom - Double(i + 1) * height, width: frame.width,
                    height: height + (i == 0 ? 0 : 0.4)), Self.color(Double(i) / Double(steps - 1)))
        }
        canvas.stroke(frame, .faint, width: 0.6)
        for (share, label) in [(0.0, "0 %"), (0.5, "50"), (1, "100")] {
            canvas.text(
                label,
                in: Rectangle(x: frame.right + 4, y: frame.bottom - share * frame.height - 6, width: 28, height: 12),
                TextStyle(size: 7.5, color: .faint), .left)
        }
    }
}
