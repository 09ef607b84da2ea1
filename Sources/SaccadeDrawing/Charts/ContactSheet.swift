import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// Many small images at a glance, each with a caption and a frame that says right or wrong.
public struct ContactSheet: Figure {
    /// What a frame says.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        case right
        case wrong
    }

    /// One image.
    public struct Item: Sendable, Equatable {
        public var image: Image
        /// Below the image, at most two lines; a line break is kept.
        public var caption: String
        /// Nothing for a plain frame.
        public var verdict: Verdict?

        /// An image with what is said about it.
        public init(_ image: Image, caption: String, verdict: Verdict? = nil) {
            self.image = image
            self.caption = caption
            self.verdict = verdict
        }
    }

    public let title: String
    public let items: [Item]
    public let columns: Int
    public let size: (width: Double, height: Double)

    private let side: Double
    private let captionLines: Int

    /// - Parameters:
    ///   - title: Above the sheet; may be empty.
    ///   - items: Row by row.
    ///   - columns: At least 1; if not given, so that the sheet is somewhat wider than high.
    ///   - side: Points, at least 24: the square that each image is fitted into.
    public init(title: String, items: [Item], columns: Int? = nil, side: Double = 96) {
        require(columns ?? 1 >= 1 && side >= 24, "ContactSheet: \(columns ?? 1) columns of \(side) points")
        (self.title, self.items, self.side) = (title, items, side)
        let automatic = max(1, Int((Double(items.count) * 1.6).squareRoot().rounded(.up)))
        self.columns = max(1, min(columns ?? min(automatic, 12), max(items.count, 1)))
        captionLines = min(2, items.map { Self.lines($0.caption).count }.max() ?? 0)
        let rows = (items.count + self.columns - 1) / self.columns
        let cellHeight = side + Self.gap + Double(captionLines) * Self.captionStyle.lineHeight
        size = (
            max(2 * Self.margin + Double(self.columns) * (side + Self.gap) - Self.gap, 200),
            2 * Self.margin + (title.isEmpty ? 0 : 24) + max(Double(rows) * (cellHeight + 4) - 4, 20)
        )
    }

    private static let margin = 14.0
    private static let gap = 12.0
    private static let captionStyle = TextStyle(size: 8)

    private static func lines(_ caption: String) -> [Substring] {
        caption.isEmpty ? [] : caption.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    }

    public func draw(on canvas: borrowing Canvas) {
        var top = Self.margin
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: top, width: size.width - 2 * Self.margin, height: 15),
                TextStyle(size: 12, isBold: true), .left)
            top += 24
        }
        let lineHeight = Self.captionStyle.lineHeight
        let pitch = side + Self.gap + Double(captionLines) * lineHeight + 4
        for (i, item) in items.enumerated() {
            let frame = Rectangle(
                x: Self.margin + Double(i % columns) * (side + Self.gap), y: top + Double(i / columns) * pitch,
                width: side, height: side)
            drawImage(item, frame, on: canvas)
            for (l, line) in Self.lines(item.caption).enumerated() {
                canvas.text(
                    String(line),
                    in: Rectangle(
                        x: frame.x, y: frame.bottom + 3 + Double(l) * lineHeight, width: side, height: lineHeight),
                    Self.captionStyle)
            }
        }
    }

    private func drawImage(_ item: Item, _ frame: Rectangle, on canvas: borrowing Canvas) {
        let inner = frame.inset(3)
        let image = item.image
        let scale = min(inner.width / Double(image.width), inner.height / Double(image.height))
        let (width, height) = (max(1, Double(image.width) * scale), max(1, Double(image.height) * scale))
        let place = Rectangle(
            x: inner.center.x - width / 2, y: inner.center.y - height / 2, width: width, height: height)
        canvas.fill(inner, Color(0.95, 0.95, 0.95))
        // Three pixels to a point are more than a page shows; the rest would only make the file large.
        let (columns, rows) = (max(1, Int(width * 3)), max(1, Int(height * 3)))
        canvas.draw(
            columns < image.width || rows < image.height
                ? image.resized(width: min(columns, image.width), height: min(rows, image.height)) : image,
            in: place)
        switch item.verdict {
        case nil: canvas.stroke(frame.inset(2.5), .grid, width: 1)
        case .right?: canvas.stroke(frame.inset(1.5), .bluishGreen, width: 3)
        case .wrong?: canvas.stroke(frame.inset(1.5), .vermillion, width: 3)
        }
        if let verdict = item.verdict { drawMark(verdict, frame, on: canvas) }
    }

    /// A tick or a cross in the upper right corner, for eyes and printers without colours.
    private func drawMark(_ verdict: Verdict, _ frame: Rectangle, on canvas: borrowing Canvas) {
        let r = 6.0
        let c = Point(frame.right - r - 1, frame.y + r + 1)
        canvas.fillCircle(c, radius: r, verdict == .right ? .bluishGreen : .vermillion)
        switch verdict {
        case .right:
            canvas.stroke([c.moved(-2.8, 0.2), c.moved(-0.8, 2.4), c.moved(3, -2.4)], .white, width: 1.5)
        case .wrong:
            canvas.stroke([c.moved(-2.3, -2.3), c.moved(2.3, 2.3)], .white, width: 1.5)
            canvas.stroke([c.moved(-2.3, 2.3), c.moved(2.3, -2.3)], .white, width: 1.5)
        }
    }
}
