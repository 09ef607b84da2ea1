import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

/// Grids of numbers side by side under one scale of colours: the feature maps of a layer.
///
/// All have the same scale, so that a map that is dark is weak. Its ends leave out the largest and the smallest two in a
/// thousand numbers, which would otherwise take all colours for themselves. What is not finite is white.
public struct PlaneSheet: Figure {
    /// Above the sheet; may be empty.
    public let title: String
    /// The grids that are shown, each row by row.
    public let planes: [[Float]]
    /// Columns of each grid.
    public let width: Int
    /// Rows of each grid.
    public let height: Int
    /// Numbers of the bar's ends.
    public let range: ClosedRange<Double>
    public let map: ColorMap
    public let size: (width: Double, height: Double)

    private let columns: Int
    private let cell: (width: Double, height: Double)
    private let top: Double

    private static let margin = 10.0
    private static let gap = 4.0
    private static let barWidth = 10.0

    /// - Parameters:
    ///   - planes: Row by row, `width * height` numbers each; at least one.
    ///   - width: Columns of each, at least 1.
    ///   - height: Rows of each, at least 1.
    ///   - title: Above the sheet; may be empty.
    ///   - map: Which colours.
    ///   - sheetWidth: Points that the sheet may be wide, at least 240.
    /// - Precondition: There is a plane, and all have `width * height` numbers.
    public init(
        _ planes: [[Float]], width: Int, height: Int, title: String = "", map: ColorMap = .viridis,
        sheetWidth: Double = 720
    ) {
        require(
            !planes.isEmpty && width > 0 && height > 0 && planes.allSatisfy { $0.count == width * height },
            "PlaneSheet: planes of other sizes than \(width)×\(height), or none")
        require(sheetWidth >= 240, "PlaneSheet: \(sheetWidth) points; at least 240")
        (self.planes, self.width, self.height, self.title, self.map) = (planes, width, height, title, map)
        range = Self.range(of: planes)
        let room = sheetWidth - 2 * Self.margin - Self.barWidth - 14 - ColorBar.tickWidth
        // Few maps are shown large, many small; a wide grid, such as a vector in rows, gets the whole width.
        let wanted = Double(width) > 2.5 * Double(height) ? 1 : planes.count <= 16 ? 8 : planes.count <= 36 ? 12 : 16
        columns = min(wanted, planes.count)
        let most = columns == 1 && wanted == 1 ? min(room, Double(width) * 12) : 104
        let across = min(most, (room + Self.gap) / Double(columns) - Self.gap)
        // Neither thin strips nor towers.
        cell = (across, min(max(across * Double(height) / Double(width), 8), across * 2))
        let rows = (planes.count + columns - 1) / columns
        top = title.isEmpty ? Self.margin : 30
        let sheet = Double(columns) * (cell.width + Self.gap) - Self.gap
        let down = Double(rows) * (cell.height + Self.gap) - Self.gap
        size = (
            max(2 * Self.margin + sheet + 14 + Self.barWidth + ColorBar.tickWidth, 240),
            top + max(down, 56) + Self.margin
        )
    }

    private static func range(of planes: [[Float]]) -> ClosedRange<Double> {
        let sorted = planes.joined().filter(\.isFinite).sorted()
        guard let least = sorted.first, let most = sorted.last else { return 0...1 }
        let skipped = sorted.count / 500
        var (low, high) = (Double(sorted[skipped]), Double(sorted[sorted.count - 1 - skipped]))
        // Mostly one number: what differs from it is what there is to see.
        if low == high { (low, high) = (Double(least), Double(most)) }
        return low < high ? low...high : low...(low + max(abs(low) * 1e-6, 1))
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: 9, width: size.width - 2 * Self.margin, height: 15),
                TextStyle(size: 10, isBold: true), .left)
        }
        let colors = (0..<256).map { map.color(Double($0) / 255).bytes }
        var right = 0.0
        for (index, plane) in planes.enumerated() {
            let frame = Rectangle(
                x: Self.margin + Double(index % columns) * (cell.width + Self.gap),
                y: top + Double(index / columns) * (cell.height + Self.gap), width: cell.width, height: cell.height)
            let pixels = plane.flatMap { value in
                range.place(of: Double(value)).map { colors[Int((min(max($0, 0), 1) * 255).rounded())] }
                    ?? [255, 255, 255]
            }
            let image = Image(width: width, height: height, channels: 3, pixels: pixels)
            // Three pixels to a point are more than a page shows; the rest would only make the file large.
            let (across, down) = (max(1, Int(cell.width * 3)), max(1, Int(cell.height * 3)))
            canvas.draw(
                across < width || down < height
                    ? image.resized(width: min(across, width), height: min(down, height), filter: .area) : image,
                in: frame)
            right = max(right, frame.right)
        }
        let bar = Rectangle(
            x: right + 14, y: top, width: Self.barWidth, height: min(max(size.height - top - Self.margin, 56), 140))
        ColorBar(range: planes.joined().contains(where: \.isFinite) ? range : nil, map: map, label: "")
            .draw(in: bar, on: canvas)
    }
}
