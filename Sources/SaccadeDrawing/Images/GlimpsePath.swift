public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// The way of a look over an image, glimpse by glimpse: on the image a line from place to place with the part that each
/// glimpse shows, and below what was seen there, and what is said of it.
///
/// Coordinates are pixels of the image; what is not finite is not drawn.
public struct GlimpsePath: Figure {
    /// One glimpse.
    public struct Glimpse: Sendable, Equatable {
        public var place: Point
        /// What is shown, the sharpest first; boxes may reach beyond the image.
        public var boxes: [Box]
        /// What was seen, the sharpest first; at least one.
        public var patches: [Image]
        /// Below what was seen, a line each.
        public var captions: [String]
        /// Whether it counts most: its captions are bold.
        public var isAnswer: Bool

        public init(place: Point, boxes: [Box], patches: [Image], captions: [String], isAnswer: Bool) {
            (self.place, self.boxes, self.patches) = (place, boxes, patches)
            (self.captions, self.isAnswer) = (captions, isAnswer)
        }
    }

    public let title: String
    public let image: Image
    public let glimpses: [Glimpse]
    public let size: (width: Double, height: Double)

    private let frame: Rectangle
    private let columns: Int
    private let cellHeight: Double

    private static let margin = 12.0
    private static let side = 60.0
    private static let gap = 8.0
    private static let heading = 18.0
    private static let captionStyle = TextStyle(size: 8)
    private static let most = 10

    /// - Parameters:
    ///   - title: Above; may be empty.
    ///   - glimpses: In the order in which they came; at least one.
    ///   - width: Points that the image is wide, or high where it is higher; at least 60.
    public init(title: String, image: Image, glimpses: [Glimpse], width: Double = 300) {
        require(
            width >= 60 && !glimpses.isEmpty && glimpses.allSatisfy { !$0.patches.isEmpty },
            "GlimpsePath: \(width) points, \(glimpses.count) glimpses")
        (self.title, self.image, self.glimpses) = (title, image, glimpses)
        let scale = width / Double(max(image.width, image.height))
        let top = Self.margin + (title.isEmpty ? 0 : 20)
        frame = Rectangle(
            x: Self.margin, y: top, width: max(24, Double(image.width) * scale),
            height: max(24, Double(image.height) * scale))
        columns = min(Self.most, glimpses.count)
        let patches = Double(glimpses.map(\.patches.count).max() ?? 1)
        let lines = Double(glimpses.map(\.captions.count).max() ?? 0)
        cellHeight = Self.heading + patches * (Self.side + 3) + lines * Self.captionStyle.lineHeight + 4
        let rows = Double((glimpses.count + columns - 1) / columns)
        size = (
            2 * Self.margin + max(frame.width, Double(columns) * (Self.side + Self.gap) - Self.gap, 160),
            frame.bottom + 12 + rows * (cellHeight + 6) + Self.margin
        )
    }

    /// From early to late.
    private func color(_ index: Int) -> Color {
        let share = glimpses.count > 1 ? Double(index) / Double(glimpses.count - 1) : 0
        // The map's ends are nearly black and nearly white.
        return ColorMap.inferno.color(0.3 + 0.5 * share)
    }

    /// In points; nil where it is not finite, or far from the image.
    private func placed(_ point: Point) -> Point? {
        let (x, y) = (point.x / Double(image.width), point.y / Double(image.height))
        guard abs(x) <= 4, abs(y) <= 4 else { return nil }
        return Point(frame.x + x * frame.width, frame.y + y * frame.height)
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: Self.margin, width: size.width - 2 * Self.margin, height: 14),
                TextStyle(size: 11, isBold: true), .left)
        }
        canvas.draw(image.rgb(), in: frame)
        canvas.clipped(to: frame) {
            for (index, glimpse) in glimpses.enumerated() {
                for (scale, box) in glimpse.boxes.enumerated().reversed() {
                    guard let a = placed(Point(box.left, box.top)), let b = placed(Point(box.right, box.bottom)) else {
                        continue
                    }
                    canvas.stroke(
                        Rectangle(x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y), color(index),
                        width: scale == 0 ? 1.6 : 0.7)
                }
            }
            let way = glimpses.compactMap { placed($0.place) }
            if way.count > 1 {
                canvas.stroke(way, .white, width: 2.6)
                canvas.stroke(way, .ink, width: 1.2)
            }
            // The first on top: places that lie close hide those that follow.
            for (index, glimpse) in glimpses.enumerated().reversed() {
                guard let center = placed(glimpse.place) else { continue }
                drawNumber(index, at: center, on: canvas)
            }
        }
        canvas.stroke(frame, .grid, width: 0.6)
        for (index, glimpse) in glimpses.enumerated() { draw(glimpse, index, on: canvas) }
    }

    private func drawNumber(_ index: Int, at center: Point, on canvas: borrowing Canvas) {
        let radius = 6.5
        canvas.fillCircle(center, radius: radius + 0.8, .white)
        canvas.fillCircle(center, radius: radius, color(index))
        canvas.text(
            "\(index + 1)",
            in: Rectangle(x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius),
            TextStyle(size: 8, color: color(index).readableInk, isBold: true))
    }

    private func draw(_ glimpse: Glimpse, _ index: Int, on canvas: borrowing Canvas) {
        let x = Self.margin + Double(index % columns) * (Self.side + Self.gap)
        var y = frame.bottom + 12 + Double(index / columns) * (cellHeight + 6)
        drawNumber(index, at: Point(x + Self.side / 2, y + 7.5), on: canvas)
        y += Self.heading
        for patch in glimpse.patches {
            let place = Rectangle(x: x, y: y, width: Self.side, height: Self.side)
            canvas.draw(patch.rgb(), in: place)
            canvas.stroke(place, color(index), width: 1)
            y += Self.side + 3
        }
        for caption in glimpse.captions {
            canvas.text(
                caption,
                in: Rectangle(
                    x: x - Self.gap / 2, y: y, width: Self.side + Self.gap, height: Self.captionStyle.lineHeight),
                TextStyle(size: 8, isBold: glimpse.isAnswer))
            y += Self.captionStyle.lineHeight
        }
    }
}
