import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// Numbers on a grid as colours, with a bar that says which colour is which number; alone, or over an image.
///
/// What is not finite is left white with a cross alone, and leaves the image bare over one.
public struct HeatMap: Figure {
    public let title: String
    public let width: Int
    public let height: Int
    /// Row by row, `width * height` of them.
    public let values: [Double]
    public let range: ClosedRange<Double>
    public let map: ColorMap
    public let size: (width: Double, height: Double)

    private let background: Image?
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
    ///   - background: What the map lies over, stretched to the image's shape and smooth between its values.
    ///   - opacity: Of the map over the image, `0...1`.
    ///   - side: The longer side of the drawn map in points, at least 48.
    /// - Precondition: There are `width * height` values.
    public init(
        _ values: [Double], width: Int, height: Int, title: String = "", label: String = "",
        range: ClosedRange<Double>? = nil, map: ColorMap = .viridis, over background: Image? = nil,
        opacity: Double = 0.6, side: Double = 320
    ) {
        require(
            width > 0 && height > 0 && values.count == width * height,
            "HeatMap: \(values.count) values for \(width)×\(height)")
        require((0...1).contains(opacity) && side >= 48, "HeatMap: opacity \(opacity), \(side) points")
        require(
            range.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true, "HeatMap: a range without end")
        (self.title, self.values, self.width, self.height) = (title, values, width, height)
        (self.map, self.background, self.opacity, barLabel) = (map, background, opacity, label)
        // Beyond this, differences of two numbers overflow.
        let shown = values.lazy.filter { abs($0) < 1e300 }
        let (low, high) = (shown.min() ?? 0, shown.max() ?? 0)
        self.range = range ?? (low < high ? low...high : low...(low + max(abs(low) * 1e-6, 1)))
        let (columns, rows) = (Double(background?.width ?? width), Double(background?.height ?? height))
        let scale = side / max(columns, rows)
        func length(_ pixels: Double) -> Double { max(24, (pixels * scale * 2).rounded() / 2) }
        frame = Rectangle(x: 10, y: title.isEmpty ? 10 : 32, width: length(columns), height: length(rows))
        size = (
            max(frame.right + 10 + Self.barWidth + 4 + ColorBar.tickWidth + (label.isEmpty ? 0 : 18) + 8, 160),
            frame.y + max(frame.height, 70) + 12
        )
    }

    private static let barWidth = 10.0

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: 10, y: 10, width: size.width - 20, height: 15),
                TextStyle(size: 12, isBold: true), .left)
        }
        canvas.draw(background.map(blended) ?? plain, in: frame)
        if background == nil { drawCrosses(on: canvas) }
        canvas.stroke(frame, .faint, width: 0.6)
        drawBar(on: canvas)
    }

    /// One pixel for each value.
    private var plain: Image {
        let pixels = values.flatMap { value in (range.place(of: value).map(map.color) ?? .white).bytes }
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

    /// The image under the map, each pixel of the result mixed by itself.
    private func blended(_ background: Image) -> Image {
        let columns = max(1, Int((frame.width * Tinting.resolution).rounded()))
        let rows = max(1, Int((frame.height * Tinting.resolution).rounded()))
        let grown = columns >= background.width && rows >= background.height
        var pixels = background.rgb().resized(width: columns, height: rows, filter: grown ? .nearest : .bilinear).pixels
        let colors = (0..<256).map { map.color(Double($0) / 255).bytes }
        let across = Self.neighbours(columns, of: width)
        for (y, row) in Self.neighbours(rows, of: height).enumerated() {
            for (x, column) in across.enumerated() {
                guard let value = interpolated(column, row), let place = range.place(of: value) else { continue }
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
        let frame = Rectangle(
            x: frame.right + 10, y: frame.y, width: Self.barWidth, height: min(max(frame.height, 64), 160))
        ColorBar(range: values.contains(where: \.isFinite) ? range : nil, map: map, label: barLabel)
            .draw(in: frame, on: canvas)
    }
}
