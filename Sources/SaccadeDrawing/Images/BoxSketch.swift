public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// Boxes as a lecture draws them: solid or dashed, each in a colour of its own, on an image or on blank ground, and beyond
/// the image's edges as well.
///
/// Coordinates are pixels of the image. Boxes that are not finite or have no area are not drawn. Labels stand beside each
/// other inside the picture; where there is no room they are left out, and a line below says so.
public struct BoxSketch: Figure {
    /// How a box is drawn.
    public enum Line: Sendable, Hashable, CaseIterable {
        case solid
        /// What counts most.
        case bold
        /// One of many.
        case thin
        /// What is gone.
        case dashed
    }

    /// A box.
    public struct Item: Sendable, Hashable {
        public var box: Box
        public var color: Color
        public var line: Line
        /// On a plate at the box; may be empty.
        public var label: String

        public init(_ box: Box, _ color: Color, _ line: Line = .solid, label: String = "") {
            (self.box, self.color, self.line, self.label) = (box, color, line, label)
        }
    }

    /// A spot.
    public struct Dot: Sendable, Hashable {
        public var place: Point
        public var color: Color
        /// Points.
        public var radius: Double

        public init(_ place: Point, _ color: Color, radius: Double = 1.5) {
            (self.place, self.color, self.radius) = (place, color, radius)
        }
    }

    public let title: String
    public let image: Image?
    public let items: [Item]
    public let dots: [Dot]
    /// The part of the plane that is shown, in pixels.
    public let view: Box
    public let size: (width: Double, height: Double)

    private let frame: Rectangle
    private let legend: Legend
    private let plates: [Plate?]
    private let note: String
    private let fading: Double

    /// - Parameters:
    ///   - title: Above; may be empty.
    ///   - image: What the boxes lie on; its upper left corner is at (0, 0).
    ///   - view: What is shown, in pixels; nil is the image, or where there is none all boxes.
    ///   - items: From bottom to top; labels are placed in this order.
    ///   - dots: Below the boxes.
    ///   - legend: What colours mean.
    ///   - fading: How far the image fades to white, 0...1.
    ///   - width: Of the picture, in points, at least 120; a high one becomes narrower.
    /// - Precondition: The view has area and is finite.
    public init(
        title: String, over image: Image? = nil, view: Box? = nil, items: [Item], dots: [Dot] = [],
        legend: [(color: Color, name: String)] = [], fading: Double = 0.3, width: Double = 360
    ) {
        require(width >= 120 && (0...1).contains(fading), "BoxSketch: \(width) points, fading \(fading)")
        let view =
            view ?? image.map { Box(left: 0, top: 0, right: Double($0.width), bottom: Double($0.height)) }
            ?? Self.surroundings(of: items)
        require(view.isValid, "BoxSketch: a view of \(view)")
        (self.title, self.image, self.items, self.dots) = (title, image, items, dots)
        (self.view, self.fading) = (view, fading)
        let scale = min(width / view.width, width * 1.25 / view.height)
        func side(_ pixels: Double) -> Double { max(24, (pixels * scale * 2).rounded() / 2) }
        let frame = Rectangle(
            x: Self.margin, y: Self.margin + (title.isEmpty ? 0 : 21), width: side(view.width),
            height: side(view.height))
        self.frame = frame
        let room = max(frame.width, 160)
        self.legend = Legend(legend, width: room)
        plates = Self.plates(items, view, frame)
        let crowded = zip(items, plates).count {
            !$0.label.isEmpty && $1 == nil && Self.visible($0.box, view, frame) != nil
        }
        note = crowded == 0 ? "" : "no room for \(crowded) label\(crowded == 1 ? "" : "s")"
        size = (
            room + 2 * Self.margin,
            frame.bottom + (self.legend.height > 0 ? 8 + self.legend.height : 0) + (note.isEmpty ? 0 : 14) + Self.margin
        )
    }

    private static let margin = 10.0
    private static let ground = Color(0.965, 0.965, 0.965)

    /// A view of all boxes that can be drawn, with some room around them.
    private static func surroundings(of items: [Item]) -> Box {
        let boxes = items.map(\.box).filter(\.isValid)
        guard let first = boxes.first else { return Box(left: 0, top: 0, right: 1, bottom: 1) }
        let all = boxes.dropFirst().reduce(first) { $0.union($1) }
        let room = max(all.width, all.height) * 0.06
        return Box(left: all.left - room, top: all.top - room, right: all.right + room, bottom: all.bottom + room)
    }

    /// The box in points, and no farther outside than lines are meant for; nil when there is nothing to see.
    private static func visible(_ box: Box, _ view: Box, _ frame: Rectangle) -> Rectangle? {
        guard box.isValid, box.intersection(view) != nil else { return nil }
        let reach = Box(
            left: view.left - view.width, top: view.top - view.height, right: view.right + view.width,
            bottom: view.bottom + view.height)
        let part = box.clipped(to: reach)
        let (x, y) = (frame.width / view.width, frame.height / view.height)
        return Rectangle(
            x: frame.x + (part.left - view.left) * x, y: frame.y + (part.top - view.top) * y, width: part.width * x,
            height: part.height * y)
    }

    private struct Plate {
        let text: FittedText
        let frame: Rectangle
    }

    private static func plates(_ items: [Item], _ view: Box, _ frame: Rectangle) -> [Plate?] {
        let ruler = TextRuler()
        // Where a box reaches beyond the picture its label stays at the part that is seen.
        let seen = items.map { item -> Rectangle? in
            guard let box = item.box.isValid ? item.box.intersection(view) : nil else { return nil }
            return visible(box, view, frame)
        }
        var placement = PlatePlacement(frame: frame, objects: seen.compactMap { $0 })
        return zip(items, seen).map { item, seen in
            guard let seen, !item.label.isEmpty else { return nil }
            let text = ruler.fit(item.label, TextStyle(size: 8), width: min(170, frame.width - 6))
            guard !text.text.isEmpty else { return nil }
            return placement.place(width: text.width + 6, height: 11.5, beside: seen).map {
                Plate(text: text, frame: $0)
            }
        }
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: Self.margin, width: size.width - 2 * Self.margin, height: 15),
                TextStyle(size: 11, isBold: true), .left)
        }
        canvas.fill(frame, Self.ground)
        canvas.clipped(to: frame) {
            drawImage(on: canvas)
            let (x, y) = (frame.width / view.width, frame.height / view.height)
            for dot in dots {
                let center = Point(frame.x + (dot.place.x - view.left) * x, frame.y + (dot.place.y - view.top) * y)
                guard abs(center.x) < 1e5, abs(center.y) < 1e5 else { continue }
                if image != nil, dot.radius >= 1.2 { canvas.fillCircle(center, radius: dot.radius + 0.5, .white) }
                canvas.fillCircle(center, radius: dot.radius, dot.color)
            }
            for item in items { drawOutline(item, on: canvas) }
        }
        for (item, plate) in zip(items, plates) {
            guard let plate else { continue }
            let isGone = item.line == .dashed
            let fill = isGone ? Color.white.mixed(with: item.color, 0.16) : item.color
            canvas.fill(plate.frame, fill)
            if isGone { canvas.stroke(plate.frame.inset(0.3), item.color, width: 0.6) }
            var text = plate.text
            text.style.color = isGone ? .ink : fill.readableInk
            canvas.draw(text, in: plate.frame)
        }
        canvas.stroke(frame, .grid, width: 0.6)
        legend.draw(x: Self.margin, y: frame.bottom + 8, on: canvas)
        if !note.isEmpty {
            let y = frame.bottom + (legend.height > 0 ? 8 + legend.height : 0) + 2
            canvas.text(
                note, in: Rectangle(x: Self.margin, y: y, width: size.width - 2 * Self.margin, height: 12),
                TextStyle(size: 8, color: .faint), .left)
        }
    }

    private func drawImage(on canvas: borrowing Canvas) {
        guard let image else { return }
        let whole = Box(left: 0, top: 0, right: Double(image.width), bottom: Double(image.height))
        guard let place = Self.visible(whole, view, frame) else { return }
        let columns = min(image.width, max(1, Int((place.width * Tinting.resolution).rounded())))
        let rows = min(image.height, max(1, Int((place.height * Tinting.resolution).rounded())))
        var shown = image.rgb()
        if columns < image.width || rows < image.height { shown = shown.resized(width: columns, height: rows) }
        let pixels = shown.pixels.map { 255 - UInt8((Double(255 - $0) * (1 - fading)).rounded()) }
        canvas.draw(Image(width: shown.width, height: shown.height, channels: 3, pixels: pixels), in: place)
        if view != whole { canvas.stroke(place, .faint, width: 0.7) }
    }

    private func drawOutline(_ item: Item, on canvas: borrowing Canvas) {
        guard let r = Self.visible(item.box, view, frame) else { return }
        // An edge along the frame is drawn inside of it, with all of its width.
        let (left, top) = (abs(r.x - frame.x) < 1 ? frame.x + 1 : r.x, abs(r.y - frame.y) < 1 ? frame.y + 1 : r.y)
        let right = abs(r.right - frame.right) < 1 ? frame.right - 1 : r.right
        let bottom = abs(r.bottom - frame.bottom) < 1 ? frame.bottom - 1 : r.bottom
        let corners = [Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)]
        let width =
            switch item.line {
            case .solid: 1.6
            case .bold: 2.4
            case .thin: 0.9
            case .dashed: 1.3
            }
        // A seam sets a line off from pixels of its own colour.
        if image != nil { canvas.stroke(corners, .white, width: width + 1, closed: true) }
        canvas.stroke(corners, item.color, width: width, closed: true, dashes: item.line == .dashed ? [4, 2.5] : [])
    }
}
