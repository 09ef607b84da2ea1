public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// An image in many small copies: as it is, cut into regions, and with boxes around what may be there.
///
/// Regions have the mean colours of their pixels and white lines between them. Boxes lie on a pale image, the small ones on
/// top of the large ones.
public struct RegionSheet: Figure {
    /// What a copy shows.
    public enum Content: Sendable {
        /// The image as it is.
        case image
        /// The number of each pixel's region, row by row.
        case regions([Int32])
        /// In pixels of the image.
        case boxes([Box])
    }

    /// One copy.
    public struct Cell: Sendable {
        /// Above the copy, on one line.
        public var caption: String
        public var content: Content

        public init(_ caption: String, _ content: Content) { (self.caption, self.content) = (caption, content) }
    }

    public let title: String
    public let image: Image
    /// From top to bottom, each from left to right.
    public let rows: [[Cell]]
    public let size: (width: Double, height: Double)

    /// Of one copy.
    private let copy: (width: Double, height: Double)
    /// From one copy's left edge to that of the next.
    private let pitch: Double

    private static let margin = 12.0
    private static let gap = 10.0
    private static let captionHeight = 15.0
    private static let heading = TextStyle(size: 12, isBold: true)
    private static let name = TextStyle(size: 8.5, color: .faint)

    /// - Parameters:
    ///   - image: What all copies show.
    ///   - title: Above them; may be empty.
    ///   - rows: From top to bottom, each from left to right; at least one copy. Every second row may be what belongs to
    ///     the row above it.
    ///   - width: Points, at least 240.
    /// - Precondition: There is a number of 0 or more for each pixel wherever there are regions.
    public init(_ image: Image, title: String = "", rows: [[Cell]], width: Double = 1080) {
        require(rows.contains { !$0.isEmpty } && width >= 240, "RegionSheet: no copies, or only \(width) points")
        for case .regions(let labels) in rows.joined().map(\.content) {
            require(
                labels.count == image.width * image.height && labels.allSatisfy { $0 >= 0 },
                "RegionSheet: \(labels.count) regions' numbers for \(image.width)×\(image.height) pixels")
        }
        (self.image, self.title, self.rows) = (image, title, rows)
        let columns = Double(rows.map(\.count).max() ?? 1)
        let room = min((width - 2 * Self.margin - (columns - 1) * Self.gap) / columns, 480)
        // High images become narrower.
        let scale = min(room / Double(image.width), min(1.5 * room, 280) / Double(image.height))
        // Half points are whole pixels of a PNG, so that nothing is resampled once more.
        func side(_ pixels: Int) -> Double { max(16, (Double(pixels) * scale * 2).rounded(.down) / 2) }
        copy = (side(image.width), side(image.height))
        // Captions want some room where the image has little.
        pitch = max(copy.width, min(room, 90)) + Self.gap
        size = (
            max(columns * pitch - Self.gap, 200) + 2 * Self.margin,
            Self.margin + (title.isEmpty ? 0 : 24) + Double(rows.count) * (Self.captionHeight + copy.height + Self.gap)
        )
    }

    public func draw(on canvas: borrowing Canvas) {
        var top = Self.margin
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: top - 2, width: size.width - 2 * Self.margin, height: 16),
                Self.heading, .left)
            top += 24
        }
        for row in rows {
            for (column, cell) in row.enumerated() {
                let left = Self.margin + Double(column) * pitch
                canvas.text(
                    cell.caption, in: Rectangle(x: left, y: top, width: pitch - Self.gap, height: 12), Self.name, .left)
                let frame = Rectangle(
                    x: left, y: top + Self.captionHeight, width: copy.width, height: copy.height)
                draw(cell.content, in: frame, on: canvas)
                canvas.stroke(frame, .grid, width: 0.5)
            }
            top += Self.captionHeight + copy.height + Self.gap
        }
    }

    private func draw(_ content: Content, in frame: Rectangle, on canvas: borrowing Canvas) {
        let painting = RegionPainting(image, filling: frame)
        switch content {
        case .image: canvas.draw(painting.plain, in: frame)
        case .regions(let labels): canvas.draw(painting.regions(labels), in: frame)
        case .boxes(let boxes):
            canvas.draw(painting.pale, in: frame)
            canvas.clipped(to: frame) { draw(boxes, in: frame, on: canvas) }
        }
    }

    private func draw(_ boxes: [Box], in frame: Rectangle, on canvas: borrowing Canvas) {
        let (x, y) = (frame.width / Double(image.width), frame.height / Double(image.height))
        let width = boxes.count <= 12 ? 1.5 : boxes.count <= 60 ? 1 : 0.6
        let clipped = boxes.map { $0.clipped(toWidth: image.width, height: image.height) }
        let order = boxes.indices.filter { clipped[$0].isValid }.sorted { clipped[$0].area > clipped[$1].area }
        for index in order {
            let box = clipped[index].scaled(x: x, y: y).shifted(x: frame.x, y: frame.y)
            // Lines stay inside of the box, so that those along the image's edges are seen.
            canvas.stroke(
                Rectangle(x: box.left, y: box.top, width: box.width, height: box.height).inset(width / 2),
                .category(index), width: width)
        }
    }
}
