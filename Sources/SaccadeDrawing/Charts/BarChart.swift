import SaccadeGeometry
import SaccadePrelude

/// Horizontal bars with names and values: accuracy by class, time by layer.
public struct BarChart: Figure {
    /// One bar.
    public struct Bar: Sendable, Hashable {
        /// Left of the bar.
        public var name: String
        /// Where it is not finite, there is no bar and a dash instead of the number.
        public var value: Double
        /// Right of the bar; if not given, the value.
        public var caption: String?
        /// Which of ``Color/categories`` it has.
        public var category: Int

        /// A bar from its name and its value.
        public init(_ name: String, _ value: Double, caption: String? = nil, category: Int = 0) {
            (self.name, self.value, self.caption, self.category) = (name, value, caption, category)
        }
    }

    public let title: String
    public let valueLabel: String
    public let bars: [Bar]
    public let isLog: Bool
    public let size: (width: Double, height: Double)

    private let nameWidth: Double
    private let captionWidth: Double

    /// - Parameters:
    ///   - title: Above the chart; may be empty.
    ///   - valueLabel: Quantity and unit of the values, below the axis; may be empty.
    ///   - bars: From top to bottom.
    ///   - isLog: Whether equal lengths are equal ratios; a value that is not positive then has no bar.
    ///   - width: Points, at least 200.
    public init(title: String, valueLabel: String = "", bars: [Bar], isLog: Bool = false, width: Double = 460) {
        require(width >= 200, "BarChart: \(width) points; at least 200")
        (self.title, self.valueLabel, self.bars, self.isLog) = (title, valueLabel, bars, isLog)
        let ruler = TextRuler()
        nameWidth = min(width * 0.35, bars.map { ruler.width(of: $0.name.oneLine, Self.style) }.max() ?? 0)
        captionWidth = min(
            width * 0.2, bars.map { ruler.width(of: Self.caption($0).oneLine, Self.numbers) }.max() ?? 0)
        size = (
            width,
            (title.isEmpty ? 10 : 32) + Double(max(bars.count, 2)) * Self.pitch + 22 + (valueLabel.isEmpty ? 0 : 14) + 6
        )
    }

    private static let pitch = 16.0
    private static let style = TextStyle(size: 8.5)
    private static let numbers = TextStyle(size: 8, color: .faint)

    private static func caption(_ bar: Bar) -> String {
        if let caption = bar.caption { return caption }
        guard bar.value.isFinite else { return "–" }
        // Three digits that count.
        let size = abs(bar.value)
        return AxisScale.label(bar.value, step: size >= 100 ? 1 : size >= 10 ? 0.1 : size >= 1 ? 0.01 : 0.001)
    }

    public func draw(on canvas: borrowing Canvas) {
        let top = title.isEmpty ? 10.0 : 32
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: 10, y: 10, width: size.width - 20, height: 15),
                TextStyle(size: 12, isBold: true), .left)
        }
        let left = 10 + nameWidth + (nameWidth > 0 ? 6 : 0)
        let plot = Rectangle(
            x: left, y: top, width: size.width - left - captionWidth - 18,
            height: Double(max(bars.count, 2)) * Self.pitch)
        let scale = AxisScale(
            bars.map(\.value) + (isLog ? [] : [0]), isLog: isLog, count: max(2, Int(plot.width / 60)))
        drawAxis(plot, scale, on: canvas)
        if bars.isEmpty { canvas.text("no data", in: plot, TextStyle(size: 10, color: .faint)) }
        let origin = plot.x + (isLog ? 0 : scale.place(0)) * plot.width
        for (i, bar) in bars.enumerated() {
            let row = Rectangle(x: 0, y: top + Double(i) * Self.pitch, width: size.width, height: Self.pitch)
            canvas.text(
                bar.name, in: Rectangle(x: 10, y: row.y, width: nameWidth, height: Self.pitch), Self.style, .right)
            var end = origin
            if scale.shows(bar.value) {
                end = plot.x + scale.place(bar.value) * plot.width
                let rectangle = Rectangle(
                    x: min(origin, end), y: row.y + 2.5, width: max(abs(end - origin), 0.6), height: Self.pitch - 5)
                canvas.fill(rectangle, .category(bar.category))
            }
            // Behind the bar's end; a bar to the left of the origin has its caption to the right of it.
            let x = max(end, origin) + 4
            canvas.text(
                Self.caption(bar), in: Rectangle(x: x, y: row.y, width: captionWidth + 1, height: Self.pitch),
                Self.numbers, .left)
        }
        canvas.stroke([Point(origin, plot.y), Point(origin, plot.bottom)], .faint, width: 0.9)
    }

    private func drawAxis(_ plot: Rectangle, _ scale: AxisScale, on canvas: borrowing Canvas) {
        let room = plot.width / Double(max(1, scale.ticks.count - 1))
        for tick in scale.ticks {
            let x = plot.x + scale.place(tick.value) * plot.width
            canvas.stroke([Point(x, plot.y), Point(x, plot.bottom + 2)], .grid, width: 0.6)
            let half = min(room * 0.48, size.width - x - 1, x - 1)
            canvas.text(
                tick.label, in: Rectangle(x: x - half, y: plot.bottom + 4, width: 2 * half, height: 11), Self.numbers)
        }
        if !valueLabel.isEmpty {
            canvas.text(
                valueLabel, in: Rectangle(x: plot.x, y: plot.bottom + 18, width: plot.width, height: 13),
                TextStyle(size: 9))
        }
    }
}
