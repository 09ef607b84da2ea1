import SaccadeGeometry
public import SaccadeImages

/// Numbers on a grid as colours, with a bar that says which colour is which number; alone, or over a picture.
///
/// What is not finite is left white with a cross alone, and leaves the picture bare over one.
public struct HeatMap: Figure {
    public let title: String
    public let width: Int
    public let height: Int
    /// Row by row, `width * height` of them.
    public let values: [Double]
    public let range: ClosedRange<Double>
    public let map: ColorMap
    public let size: (width: Double, height: Double)

    private let picture: Image?
    private let opacity: Double
    private let frame: Rectangle
    private let barLabel: String

    /// - Parameters:
    ///   - values: Row by row.
    ///   - width: Columns, at least 1.
    ///   - height: Rows, at least 1.
    ///   - title: Above the map; may be empty.
    ///   - label: Quantity and unit, beside the bar; may be empty.
    ///   - range: Numbers of the bar's ends; finite. If not given, the smallest and the largest number.
    ///   - map: Which colours.
    ///   - picture: What the map lies over, stretched to the picture's shape and smooth between its values.
    ///   - opacity: Of the map over the picture, `0...1`.
    ///   - side: The longer side of the drawn map in points, at least 48.
    /// - Precondition: There are `width * height` values.
    public init(
        _ values: [Double], width: Int, height: Int, title: String = "", label: String = "",
        range: ClosedRange<Double>? = nil, map: ColorMap = .viridis, over picture: Image? = nil, opacity: Double = 0.6,
        side: Double = 320
    ) {
        precondition(
            width > 0 && height > 0 && values.count == width * height,
            "HeatMap: \(values.count) values for \(width)×\(height)")
        precondition((0...1).contains(opacity) && side >= 48, "HeatMap: opacity \(opacity), \(side) points")
        precondition(
            range.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true, "HeatMap: a range without end")
        (self.title, self.values, self.width, self.height) = (title, values, width, height)
        (self.map, self.picture, self.opacity, barLabel) = (map, picture, opacity, label)
        // Beyond this, differences of two numbers overflow.
        let shown = values.lazy.filter { abs($0) < 1e300 }
        let (low, high) = (shown.min() ?? 0, shown.max() ?? 0)
        self.range = range ?? (low < high ? low...high : low...(low + max(abs(low) * 1e-6, 1)))
        let (columns, rows) = (Double(picture?.width ?? width), Double(picture?.height ?? height))
        let scale = side / max(columns, rows)
        func length(_ pixels: Double) -> Double { max(24, (pixels * scale * 2).rounded() / 2) }
        frame = Rectangle(x: 10, y: title.isEmpty ? 10 : 32, width: length(columns), height: length(rows))
        size = (
            max(frame.right + 10 + Self.barWidth + 4 + Self.tickWidth + (label.isEmpty ? 0 : 18) + 8, 160),
            frame.y + max(frame.height, 70) + 12
        )
    }

    private static let barWidth = 10.0
    private static let tickWidth = 44.0
    private static let tick = TextStyle(size: 8, color: .faint)

    /// Where a value stands between the ends of the bar; nil when it is not finite.
    private func place(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        let span = range.upperBound - range.lowerBound
        // Halved, so that no difference of finite numbers overflows.
        return span > 0 && span.isFinite
            ? (value - range.lowerBound) / span
            : span > 0 ? (value / 2 - range.lowerBound / 2) / (range.upperBound / 2 - range.lowerBound / 2) : 0.5
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: 10, y: 10, width: size.width - 20, height: 15),
                TextStyle(size: 12, isBold: true), .left)
        }
        canvas.draw(picture.map(blended) ?? plain, in: frame)
        if picture == nil { drawCrosses(on: canvas) }
        canvas.stroke(frame, .faint, width: 0.6)
        drawBar(on: canvas)
    }

    /// One pixel for each value.
    private var plain: Image {
        let pixels = values.flatMap { value in (place(value).map(map.color) ?? .white).bytes }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    private func drawCrosses(on canvas: borrowing Canvas) {
        let (w, h) = (frame.width / Double(width), frame.height / Double(height))
        // Smaller ones would be specks; white says enough.
        guard min(w, h) >= 4 else { return }
        for i in values.indices where !values[i].isFinite {
            let cell = Rectangle(
                x: frame.x + Double(i % width) * w, y: frame.y + Double(i / width) * h, width: w, height: h
            ).inset(min(w, h) * 0.15)
            canvas.stroke([Point(cell.x, cell.y), Point(cell.right, cell.bottom)], .faint, width: 0.7)
            canvas.stroke([Point(cell.right, cell.y), Point(cell.x, cell.bottom)], .faint, width: 0.7)
        }
    }

    /// The picture under the map, each pixel of the result mixed by itself.
    private func blended(_ picture: Image) -> Image {
        let columns = max(1, Int((frame.width * Tinting.resolution).rounded()))
        let rows = max(1, Int((frame.height * Tinting.resolution).rounded()))
        let grown = columns >= picture.width && rows >= picture.height
        var pixels = picture.rgb().resized(width: columns, height: rows, filter: grown ? .nearest : .bilinear).pixels
        let colors = (0..<256).map { map.color(Double($0) / 255).bytes }
        let across = Self.neighbours(columns, of: width)
        for (y, row) in Self.neighbours(rows, of: height).enumerated() {
            for (x, column) in across.enumerated() {
                guard let value = interpolated(column, row), let place = place(value) else { continue }
                let color = colors[Int((min(max(place, 0), 1) * 255).rounded())]
                let at = (y * columns + x) * 3
                for c in 0..<3 {
                    let mixed = Double(pixels[at + c]) * (1 - opacity) + Double(color[c]) * opacity
                    pixels[at + c] = UInt8(mixed.rounded())
                }
            }
        }
        return Image(width: columns, height: rows, channels: 3, pixels: pixels)
    }

    /// Between which two of `count` values a pixel lies, and how far from the first.
    private typealias Between = (first: Int, second: Int, share: Double)

    private static func neighbours(_ size: Int, of count: Int) -> [Between] {
        (0..<size).map {
            let at = min(max((Double($0) + 0.5) * Double(count) / Double(size) - 0.5, 0), Double(count - 1))
            let first = Int(at)
            return (first, min(first + 1, count - 1), at - Double(first))
        }
    }

    /// Bilinear; nil where the nearest value is not finite. Other values that are not finite do not count.
    private func interpolated(_ column: Between, _ row: Between) -> Double? {
        let nearest =
            values[
                (row.share < 0.5 ? row.first : row.second) * width + (column.share < 0.5 ? column.first : column.second)
            ]
        guard nearest.isFinite else { return nil }
        func value(_ y: Int, _ x: Int) -> Double {
            let value = values[y * width + x]
            return value.isFinite ? value : nearest
        }
        func mixed(_ a: Double, _ b: Double, _ share: Double) -> Double { a * (1 - share) + b * share }
        return mixed(
            mixed(value(row.first, column.first), value(row.first, column.second), column.share),
            mixed(value(row.second, column.first), value(row.second, column.second), column.share), row.share)
    }

    private func drawBar(on canvas: borrowing Canvas) {
        let bar = Rectangle(
            x: frame.right + 10, y: frame.y, width: Self.barWidth, height: min(max(frame.height, 64), 160))
        // The first row of pixels is on top.
        let pixels = (0..<128).flatMap { map.color(1 - Double($0) / 127).bytes }
        canvas.draw(Image(width: 1, height: 128, channels: 3, pixels: pixels), in: bar)
        canvas.stroke(bar, .faint, width: 0.6)
        guard values.contains(where: \.isFinite) else {
            canvas.text(
                "no data", in: Rectangle(x: bar.right + 4, y: bar.y, width: Self.tickWidth, height: 12), Self.tick,
                .left)
            return
        }
        let scale = AxisScale([range.lowerBound, range.upperBound], count: max(2, Int(bar.height / 28)))
        for tick in scale.ticks {
            guard let place = place(tick.value), (-0.001...1.001).contains(place) else { continue }
            let y = bar.bottom - place * bar.height
            canvas.stroke([Point(bar.right, y), Point(bar.right + 2.5, y)], .faint, width: 0.7)
            // The outermost stay beside the bar, so that they stay on the page as well.
            let middle = min(max(y, bar.y + 4), bar.bottom - 4)
            canvas.text(
                tick.label,
                in: Rectangle(x: bar.right + 5, y: middle - 6, width: Self.tickWidth, height: 12), Self.tick, .left)
        }
        if !barLabel.isEmpty {
            let widest = scale.ticks.map { canvas.ruler.width(of: $0.label, Self.tick) }.max() ?? 0
            let x = bar.right + 9 + min(widest, Self.tickWidth)
            canvas.textUpwards(
                barLabel, in: Rectangle(x: x, y: bar.y, width: 13, height: bar.height), TextStyle(size: 9))
        }
    }
}
