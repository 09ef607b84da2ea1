import SaccadeGeometry
import SaccadeImages

/// An image at the resolution in which it is drawn, which masks are painted onto.
///
/// Masks become part of the image's pixels: they are pixels themselves, and every viewer of SVG and PDF shows them
/// alike.
struct Tinting {
    /// Pixels to a point, as many as a PNG has unless asked otherwise.
    static let resolution = 2.0

    private let width: Int
    private let height: Int
    private var pixels: [UInt8]

    /// - Parameter frame: What the image is to fill.
    init(_ image: Image, filling frame: Rectangle) {
        width = max(1, Int((frame.width * Self.resolution).rounded()))
        height = max(1, Int((frame.height * Self.resolution).rounded()))
        // Where it grows, its pixels are to be seen as such.
        let filter: ResizeFilter = width >= image.width && height >= image.height ? .nearest : .bilinear
        pixels = image.rgb().resized(width: width, height: height, filter: filter).pixels
    }

    var image: Image { Image(width: width, height: height, channels: 3, pixels: pixels) }

    /// Mixes a share of a colour into one pixel.
    private mutating func blend(_ x: Int, _ y: Int, _ color: [UInt8], _ share: Double) {
        let at = (y * width + x) * 3
        for c in 0..<3 {
            pixels[at + c] = UInt8(Double(pixels[at + c]) * (1 - share) + Double(color[c]) * share)
        }
    }

    /// Which of `count` pixels each of `size` pixels shows.
    private static func nearest(_ size: Int, of count: Int) -> [Int] {
        (0..<size).map { min(count - 1, (2 * $0 + 1) * count / (2 * size)) }
    }

    /// Tints an object's pixels and draws a line two pixels wide along the inside of its edge.
    mutating func paint(_ mask: RunLengthMask, _ color: Color) {
        guard mask.pixelCount > 0 else { return }
        let inside = mask.pixels
        let columns = Self.nearest(width, of: mask.width)
        let rows = Self.nearest(height, of: mask.height)
        // Beyond the image the object goes on: no line is drawn along the frame.
        func isInside(_ x: Int, _ y: Int) -> Bool {
            let (x, y) = (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
            return inside[rows[y] * mask.width + columns[x]] != 0
        }
        let bytes = color.bytes
        let bounds = mask.bounds
        let visibleColumns = columns.indices.filter { (bounds.left..<bounds.right).contains(Double(columns[$0])) }
        for y in rows.indices where (bounds.top..<bounds.bottom).contains(Double(rows[y])) {
            for x in visibleColumns where isInside(x, y) {
                let isEdge =
                    !isInside(x - 2, y) || !isInside(x + 2, y) || !isInside(x, y - 2) || !isInside(x, y + 2)
                blend(x, y, bytes, isEdge ? 0.95 : 0.42)
            }
        }
    }

    /// Tints every pixel by its class.
    mutating func paint(_ mask: ClassMask) {
        let columns = Self.nearest(width, of: mask.width)
        let rows = Self.nearest(height, of: mask.height)
        let colors = (0..<256).map { Color.category($0).bytes }
        for y in 0..<height {
            for x in 0..<width {
                let number = mask.classes[rows[y] * mask.width + columns[x]]
                if !mask.ignored.contains(number) { blend(x, y, colors[Int(number)], 0.6) }
            }
        }
    }

    /// Draws a line along the edges between different values of a mask, two pixels wide, with a dark rim: some class has
    /// the line's colour, too.
    mutating func outline(_ mask: ClassMask, _ color: Color) {
        let columns = Self.nearest(width, of: mask.width)
        let rows = Self.nearest(height, of: mask.height)
        let bytes = color.bytes
        func value(_ x: Int, _ y: Int) -> UInt8 {
            mask.classes[rows[min(max(y, 0), height - 1)] * mask.width + columns[min(max(x, 0), width - 1)]]
        }
        /// Whether another value begins within a distance.
        func isEdge(_ x: Int, _ y: Int, within reach: Int) -> Bool {
            let own = value(x, y)
            return own != value(x - reach, y) || own != value(x, y - reach) || own != value(x + reach, y)
                || own != value(x, y + reach)
        }
        for y in 0..<height {
            for x in 0..<width {
                if isEdge(x, y, within: 1) {
                    blend(x, y, bytes, 1)
                } else if isEdge(x, y, within: 2) {
                    blend(x, y, [0, 0, 0], 0.85)
                }
            }
        }
    }
}
