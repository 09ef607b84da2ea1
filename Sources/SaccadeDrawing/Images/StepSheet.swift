public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// Images as they come to be: a row for each, from left to right what it was after each step, and a box where it changed.
public struct StepSheet: Figure {
    /// What an image was after a step.
    public struct Step: Sendable, Equatable {
        public var image: Image
        /// Where it changed, in its pixels; nil where that has no place, or was everywhere.
        public var box: Box?

        public init(_ image: Image, box: Box? = nil) { (self.image, self.box) = (image, box) }
    }

    public let title: String
    /// Above the columns.
    public let headings: [String]
    /// As many steps in each as there are headings.
    public let rows: [[Step]]
    public let size: (width: Double, height: Double)

    private let side: Double
    private let top: Double

    private static let margin = 12.0
    private static let gap = 4.0

    /// - Parameters:
    ///   - title: Above; may be empty.
    ///   - side: Points of the square that each image is fitted into, at least 16.
    /// - Precondition: There is a heading for each step of each row.
    public init(title: String, headings: [String], rows: [[Step]], side: Double = 56) {
        require(
            side >= 16 && !headings.isEmpty && rows.allSatisfy { $0.count == headings.count },
            "StepSheet: \(headings.count) headings, \(side) points")
        (self.title, self.headings, self.rows, self.side) = (title, headings, rows, side)
        top = Self.margin + (title.isEmpty ? 0 : 20) + 14
        size = (
            max(2 * Self.margin + Double(headings.count) * (side + Self.gap) - Self.gap, 160),
            top + Double(rows.count) * (side + Self.gap) + Self.margin
        )
    }

    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: Self.margin, width: size.width - 2 * Self.margin, height: 14),
                TextStyle(size: 11, isBold: true), .left)
        }
        func x(_ column: Int) -> Double { Self.margin + Double(column) * (side + Self.gap) }
        for (column, heading) in headings.enumerated() {
            canvas.text(
                heading, in: Rectangle(x: x(column), y: top - 13, width: side, height: 11),
                TextStyle(size: 8, color: .faint))
        }
        for (number, row) in rows.enumerated() {
            for (column, step) in row.enumerated() {
                draw(step, x: x(column), y: top + Double(number) * (side + Self.gap), on: canvas)
            }
        }
    }

    private func draw(_ step: Step, x: Double, y: Double, on canvas: borrowing Canvas) {
        let (width, height) = (Double(step.image.width), Double(step.image.height))
        let scale = side / max(width, height)
        let place = Rectangle(
            x: x + (side - width * scale) / 2, y: y + (side - height * scale) / 2, width: width * scale,
            height: height * scale)
        canvas.draw(step.image.rgb(), in: place)
        guard let box = step.box, box.isValid else { return }
        canvas.clipped(to: place) {
            // As far outside as matters.
            let part = box.clipped(to: Box(left: -width, top: -height, right: 2 * width, bottom: 2 * height))
            canvas.stroke(
                Rectangle(
                    x: place.x + part.left * scale, y: place.y + part.top * scale, width: part.width * scale,
                    height: part.height * scale), .vermillion, width: 1.4)
        }
    }
}
