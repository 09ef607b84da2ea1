/// Swatches with names, in rows as wide as the figure.
struct Legend: Sendable {
    /// Height of all rows in points; 0 without entries.
    let height: Double
    private let places: [(color: Color, text: FittedText, x: Double, y: Double)]

    private static let style = TextStyle(size: 8.5)
    private static let rowHeight = 13.0
    /// More names than these nobody looks up.
    private static let limit = 60

    /// - Parameter width: Points, at least 30.
    init(_ entries: [(color: Color, name: String)], width: Double) {
        let ruler = TextRuler()
        var entries = entries
        if entries.count > Self.limit {
            let rest = entries.count - Self.limit + 1
            entries = entries.prefix(Self.limit - 1) + [(.grid, "and \(rest) more")]
        }
        var places: [(Color, FittedText, Double, Double)] = []
        var (x, y) = (0.0, 0.0)
        for entry in entries {
            let text = ruler.fit(entry.name, Self.style, width: min(width - 14, max(60, width / 2 - 28)))
            if x > 0, x + 14 + text.width > width { (x, y) = (0, y + Self.rowHeight) }
            places.append((entry.color, text, x, y))
            x += 14 + text.width + 14
        }
        self.places = places
        height = places.isEmpty ? 0 : y + Self.rowHeight
    }

    func draw(x left: Double, y top: Double, on canvas: borrowing Canvas) {
        for place in places {
            let swatch = Rectangle(x: left + place.x, y: top + place.y + 2, width: 9, height: 9)
            canvas.fill(swatch, place.color)
            canvas.stroke(swatch, place.color.mixed(with: .black, 0.3), width: 0.5)
            canvas.draw(
                place.text,
                in: Rectangle(x: swatch.right + 5, y: top + place.y, width: place.text.width, height: 13), .left)
        }
    }
}
