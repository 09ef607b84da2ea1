import SaccadeGeometry
import SaccadePrelude

/// Horizontal bars in groups, several values of each thing below each other: a score and what becomes of it.
///
/// A group has one colour, its values ever paler shades of it.
public struct GroupedBarChart: Figure {
    /// Some bars.
    public struct Group: Sendable, Hashable {
        /// Left of the bars.
        public var name: String
        /// Right of everything; may be empty.
        public var note: String
        public var color: Color
        /// A hollow first bar with a dashed outline: what it stands for is gone.
        public var isGone: Bool
        /// In 0...1, one for each series; nil is no bar and a dash.
        public var values: [Double?]

        public init(_ name: String, note: String = "", _ color: Color, isGone: Bool = false, values: [Double?]) {
            (self.name, self.note, self.color, self.isGone, self.values) = (name, note, color, isGone, values)
        }
    }

    public let title: String
    public let series: [String]
    public let groups: [Group]
    public let size: (width: Double, height: Double)

    private let nameWidth: Double
    private let noteWidth: Double
    private let plot: Rectangle
    private let legend: Legend

    /// - Parameters:
    ///   - title: Above; may be empty.
    ///   - series: What the bars of a group are, from top to bottom; at least one.
    ///   - groups: From top to bottom.
    ///   - plotWidth: Of a bar of 1, in points, at least 60.
    /// - Precondition: Every group has as many values, in 0...1.
    public init(title: String, series: [String], groups: [Group], plotWidth: Double = 190) {
        require(!series.isEmpty && plotWidth >= 60, "GroupedBarChart: no series, or \(plotWidth) points")
        require(
            groups.allSatisfy { group in
                group.values.count == series.count && group.values.allSatisfy { (0...1).contains($0 ?? 0) }
            }, "GroupedBarChart: groups of other numbers than \(series.count) in 0...1")
        (self.title, self.series, self.groups) = (title, series, groups)
        let ruler = TextRuler()
        func widest(_ texts: [String], _ style: TextStyle, most: Double) -> Double {
            min(most, texts.map { ruler.width(of: $0.oneLine, style) }.max() ?? 0)
        }
        nameWidth = widest(groups.map(\.name), Self.style, most: 140)
        noteWidth = widest(groups.map(\.note), Self.small, most: 170)
        let groupHeight = Double(series.count) * Self.barPitch + Self.gap
        plot = Rectangle(
            x: Self.margin + nameWidth + 8, y: Self.margin + (title.isEmpty ? 0 : 21), width: plotWidth,
            height: max(groupHeight * Double(groups.count), 20))
        let width = plot.right + Self.numberWidth + (noteWidth > 0 ? noteWidth + 8 : 0) + Self.margin
        legend = Legend(
            series.indices.map { (Color.ink.mixed(with: .white, Self.paleness($0, of: series.count)), series[$0]) },
            width: width - 2 * Self.margin)
        size = (width, plot.bottom + 16 + 8 + legend.height + Self.margin)
    }

    private static let margin = 10.0
    private static let barPitch = 9.0
    private static let gap = 7.0
    private static let numberWidth = 28.0
    private static let style = TextStyle(size: 8.5)
    private static let small = TextStyle(size: 7.5, color: .faint)

    /// The share of white in a series' colour.
    private static func paleness(_ index: Int, of count: Int) -> Double {
        0.65 * Double(index) / Double(max(count - 1, 1))
    }

    /// Two digits behind the point; what is not quite nothing is no 0.
    private static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        if hundredths == 0, value > 0 { return "<0.01" }
        return hundredths == 100 ? "1" : "0." + (hundredths < 10 ? "0" : "") + "\(hundredths)"
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: Self.margin, width: size.width - 2 * Self.margin, height: 15),
                TextStyle(size: 11, isBold: true), .left)
        }
        for tick in 0...4 {
            let x = plot.x + plot.width * Double(tick) / 4
            canvas.stroke([Point(x, plot.y), Point(x, plot.bottom + 2)], .grid, width: 0.6)
            canvas.text(
                ["0", "0.25", "0.5", "0.75", "1"][tick],
                in: Rectangle(x: x - 14, y: plot.bottom + 4, width: 28, height: 11), Self.small)
        }
        let height = Double(series.count) * Self.barPitch
        for (index, group) in groups.enumerated() {
            let top = plot.y + Double(index) * (height + Self.gap) + Self.gap / 2
            let row = Rectangle(x: Self.margin, y: top, width: nameWidth, height: height)
            canvas.text(group.name, in: row, Self.style, .right)
            for (number, value) in group.values.enumerated() {
                let y = top + Double(number) * Self.barPitch
                drawBar(value, number, group, y, on: canvas)
            }
            let x = plot.right + Self.numberWidth + 8
            canvas.text(
                group.note, in: Rectangle(x: x, y: top, width: noteWidth, height: height), Self.small, .left)
        }
        canvas.stroke([Point(plot.x, plot.y), Point(plot.x, plot.bottom)], .faint, width: 0.9)
        legend.draw(x: Self.margin, y: plot.bottom + 24, on: canvas)
    }

    private func drawBar(
        _ value: Double?, _ number: Int, _ group: Group, _ y: Double, on canvas: borrowing Canvas
    ) {
        let length = (value ?? 0) * plot.width
        let bar = Rectangle(x: plot.x, y: y + 1, width: max(length, 0.8), height: Self.barPitch - 2)
        if value != nil {
            if number == 0, group.isGone {
                canvas.stroke(
                    [
                        Point(bar.x, bar.y), Point(bar.right, bar.y), Point(bar.right, bar.bottom),
                        Point(bar.x, bar.bottom),
                    ], group.color, width: 0.9, closed: true, dashes: [2.5, 1.8])
            } else {
                canvas.fill(bar, group.color.mixed(with: .white, Self.paleness(number, of: series.count)))
            }
        }
        canvas.text(
            value.map(Self.text) ?? "–",
            in: Rectangle(x: plot.x + length + 4, y: y, width: Self.numberWidth, height: Self.barPitch),
            TextStyle(size: 7, color: .faint), .left)
    }
}
