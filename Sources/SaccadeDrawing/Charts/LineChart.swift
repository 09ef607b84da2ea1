public import SaccadeGeometry
import SaccadePrelude

/// Curves over a common axis: loss and accuracy by epoch, speed by batch size.
public struct LineChart: Figure {
    /// One curve.
    public struct Series: Sendable, Hashable {
        /// In the legend.
        public var name: String
        /// In drawing order; where a coordinate is not finite the curve has a gap.
        public var points: [Point]

        /// A curve through points in the units of the axes.
        public init(_ name: String, _ points: [Point]) {
            self.name = name
            self.points = points
        }

        /// A curve through values at 1, 2, 3, ….
        public init(_ name: String, values: [Double]) {
            self.init(name, values.enumerated().map { Point(Double($0.offset + 1), $0.element) })
        }
    }

    public let title: String
    public let xLabel: String
    public let yLabel: String
    public let series: [Series]
    public let isLogX: Bool
    public let isLogY: Bool
    public let xRange: ClosedRange<Double>?
    public let yRange: ClosedRange<Double>?
    public let size: (width: Double, height: Double)

    /// - Parameters:
    ///   - title: Above the chart; may be empty.
    ///   - xLabel: Quantity and unit of the horizontal axis.
    ///   - yLabel: Quantity and unit of the vertical axis.
    ///   - series: The curves; the first seven have colours of their own, later ones are dashed.
    ///   - isLogX: Whether equal widths are equal ratios; points that are not right of 0 are then gaps.
    ///   - isLogY: Whether equal heights are equal ratios; values that are not positive are then gaps.
    ///   - xRange: What the horizontal axis shows, with all points in it; nil for what there is.
    ///   - yRange: Likewise the vertical axis.
    ///   - width: Points, at least 160.
    ///   - height: Points, at least 120.
    public init(
        title: String, xLabel: String, yLabel: String, series: [Series], isLogX: Bool = false, isLogY: Bool = false,
        xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil, width: Double = 460,
        height: Double = 300
    ) {
        require(width >= 160 && height >= 120, "LineChart: \(width)×\(height) points; at least 160×120")
        (self.title, self.xLabel, self.yLabel, self.series) = (title, xLabel, yLabel, series)
        (self.isLogX, self.isLogY, self.xRange, self.yRange) = (isLogX, isLogY, xRange, yRange)
        size = (width, height)
    }

    private static let tick = TextStyle(size: 8, color: .faint)
    private static let axis = TextStyle(size: 9)
    private static let legend = TextStyle(size: 8.5)

    public func draw(on canvas: borrowing Canvas) {
        let (width, height) = size
        let all = series.flatMap(\.points)
        let shown = all.filter { $0.x.isFinite && $0.y.isFinite }
        let isWhole = shown.allSatisfy { $0.x == $0.x.rounded() }
        func values(_ range: ClosedRange<Double>?, _ values: [Double]) -> [Double] {
            range.map { [$0.lowerBound, $0.upperBound] } ?? values
        }
        let xs = AxisScale(
            values(xRange, shown.map(\.x)), isLog: isLogX, isWhole: isWhole, count: max(2, Int(width / 70)))
        let ys = AxisScale(values(yRange, shown.map(\.y)), isLog: isLogY, count: max(2, Int(height / 45)))

        var top = 10.0
        if !title.isEmpty {
            let style = TextStyle(size: 11, isBold: true)
            canvas.text(title, in: Rectangle(x: 10, y: top, width: width - 20, height: 14), style)
            top += 20
        }
        top = drawLegend(top: top, on: canvas) + 6
        let tickWidth = min(60, ys.ticks.map { canvas.ruler.width(of: $0.label, Self.tick) }.max() ?? 0)
        let left = 10 + (yLabel.isEmpty ? 0 : 15) + tickWidth + 6
        let plot = Rectangle(
            x: left, y: top, width: width - left - 16, height: height - top - (xLabel.isEmpty ? 26 : 40))

        drawAxes(plot, xs, ys, on: canvas)
        func place(_ p: Point) -> Point {
            Point(plot.x + xs.place(p.x) * plot.width, plot.bottom - ys.place(p.y) * plot.height)
        }
        if !shown.contains(where: { xs.shows($0.x) && ys.shows($0.y) }) {
            canvas.text("no data", in: plot, TextStyle(size: 10, color: .faint))
        }
        for (i, one) in series.enumerated() {
            let runs = one.points.split { !xs.shows($0.x) || !ys.shows($0.y) }
            for run in runs {
                let line = run.map(place)
                canvas.stroke(line, Self.color(i), width: 1.6, dashes: Self.dashes(i))
                if one.points.count <= 30 || line.count == 1 {
                    for point in line { canvas.fillCircle(point, radius: 2.1, Self.color(i)) }
                }
            }
        }
    }

    private static func color(_ i: Int) -> Color { Color.series[i % Color.series.count] }

    private static func dashes(_ i: Int) -> [Double] {
        [[], [5, 3], [1.5, 2.5], [7, 2.5, 1.5, 2.5]][i / Color.series.count % 4]
    }

    /// - Returns: Where the legend ends.
    private func drawLegend(top: Double, on canvas: borrowing Canvas) -> Double {
        let named = series.enumerated().filter { !$0.element.name.isEmpty }
        // Twelve names are as many as anybody can tell apart.
        let entries = named.prefix(12)
        guard !entries.isEmpty else { return top }
        let widest = (size.width - 20) / 2
        var (x, y) = (10.0, top)
        for (i, one) in entries {
            let fitted = canvas.ruler.fit(one.name, Self.legend, width: widest - 36)
            let width = 22 + fitted.width + 14
            if x + width > size.width - 10, x > 10 { (x, y) = (10, y + 13) }
            canvas.stroke([Point(x, y + 6), Point(x + 17, y + 6)], Self.color(i), width: 1.8, dashes: Self.dashes(i))
            canvas.draw(fitted, in: Rectangle(x: x + 22, y: y, width: fitted.width, height: 12), .left)
            x += width
        }
        return y + 13
    }

    private func drawAxes(_ plot: Rectangle, _ xs: AxisScale, _ ys: AxisScale, on canvas: borrowing Canvas) {
        for tick in ys.ticks {
            let y = plot.bottom - ys.place(tick.value) * plot.height
            canvas.stroke([Point(plot.x, y), Point(plot.right, y)], .grid, width: 0.6)
            canvas.text(
                tick.label, in: Rectangle(x: plot.x - 66, y: y - 6, width: 61, height: 12), Self.tick, .right)
        }
        let room = plot.width / Double(max(1, xs.ticks.count - 1))
        for tick in xs.ticks {
            let x = plot.x + xs.place(tick.value) * plot.width
            canvas.stroke([Point(x, plot.bottom), Point(x, plot.bottom + 3)], .faint, width: 0.8)
            // The outermost labels may stand out over the plot, but not over the figure.
            let half = min(room * 0.48, size.width - x - 1, x - 1)
            canvas.text(
                tick.label, in: Rectangle(x: x - half, y: plot.bottom + 5, width: 2 * half, height: 11), Self.tick)
        }
        canvas.stroke(
            [Point(plot.x, plot.y), Point(plot.x, plot.bottom), Point(plot.right, plot.bottom)], .faint, width: 0.9)
        if !xLabel.isEmpty {
            canvas.text(
                xLabel, in: Rectangle(x: plot.x, y: plot.bottom + 20, width: plot.width, height: 13), Self.axis)
        }
        if !yLabel.isEmpty {
            canvas.textUpwards(yLabel, in: Rectangle(x: 8, y: plot.y, width: 13, height: plot.height), Self.axis)
        }
    }
}
