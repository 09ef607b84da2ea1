import SaccadeGeometry
import SaccadeImages

/// A bar that says which colour is which number.
struct ColorBar: Sendable {
    /// What its ends stand for; nil where there is no number to show.
    let range: ClosedRange<Double>?
    let map: ColorMap
    /// Quantity and unit, to the right of the numbers; may be empty.
    let label: String

    /// Points that the numbers beside the bar take.
    static let tickWidth = 44.0
    private static let tick = TextStyle(size: 8, color: .faint)

    /// - Parameter bar: The colours' place; numbers stand right of it.
    func draw(in bar: Rectangle, on canvas: borrowing Canvas) {
        // The first row of pixels is on top.
        let pixels = (0..<128).flatMap { map.color(1 - Double($0) / 127).bytes }
        canvas.draw(Image(width: 1, height: 128, channels: 3, pixels: pixels), in: bar)
        canvas.stroke(bar, .faint, width: 0.6)
        guard let range else {
            canvas.text(
                "no data", in: Rectangle(x: bar.right + 4, y: bar.y, width: Self.tickWidth, height: 12), Self.tick,
                .left)
            return
        }
        let scale = AxisScale([range.lowerBound, range.upperBound], count: max(2, Int(bar.height / 28)))
        for tick in scale.ticks {
            guard let place = range.place(of: tick.value), (-0.001...1.001).contains(place) else { continue }
            let y = bar.bottom - place * bar.height
            canvas.stroke([Point(bar.right, y), Point(bar.right + 2.5, y)], .faint, width: 0.7)
            // The outermost stay beside the bar, so that they stay on the page as well.
            let middle = min(max(y, bar.y + 4), bar.bottom - 4)
            canvas.text(
                tick.label,
                in: Rectangle(x: bar.right + 5, y: middle - 6, width: Self.tickWidth, height: 12), Self.tick, .left)
        }
        if !label.isEmpty {
            let widest = scale.ticks.map { canvas.ruler.width(of: $0.label, Self.tick) }.max() ?? 0
            let x = bar.right + 9 + min(widest, Self.tickWidth)
            canvas.textUpwards(
                label, in: Rectangle(x: x, y: bar.y, width: 13, height: bar.height), TextStyle(size: 9))
        }
    }
}

extension ClosedRange<Double> {
    /// Where a value stands between the ends, which are finite; nil when it is not finite itself.
    func place(of value: Double) -> Double? {
        guard value.isFinite else { return nil }
        let span = upperBound - lowerBound
        // Halved, so that no difference of finite numbers overflows.
        return span > 0 && span.isFinite
            ? (value - lowerBound) / span
            : span > 0 ? (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2) : 0.5
    }
}
