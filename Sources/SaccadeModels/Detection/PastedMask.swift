public import SaccadeGeometry

/// A mask of a few numbers, stretched over an object's box: how probable it is for each pixel there that it is the object's.
///
/// As torchvision's `paste_masks_in_image`: with a frame of zeros around it, over a box that is larger by as much and has
/// whole edges, bilinearly.
public struct PastedMask: Sendable {
    /// The image's columns and rows that it covers.
    public let columns: Range<Int>
    public let rows: Range<Int>
    /// In 0...1, row by row.
    public let probabilities: [Float]

    /// - Parameters:
    ///   - mask: `side · side` numbers, row by row.
    ///   - box: In pixels of the image.
    ///   - width: Of the image.
    ///   - height: Of the image.
    public init(_ mask: [Float], side: Int, over box: Box, width: Int, height: Int) {
        let framed = side + 2
        func edges(_ low: Double, _ high: Double) -> (start: Int, length: Int) {
            // In float32, as there; what is no number, or beyond any image, covers nothing.
            let (low, high) = (Float(low), Float(high))
            let (middle, half) = ((low + high) * 0.5, (high - low) * 0.5 * (Float(framed) / Float(side)))
            let (start, end) = (middle - half, middle + half)
            guard abs(start) < 1e6, abs(end) < 1e6 else { return (0, 0) }
            return (Int(start), max(Int(end) - Int(start) + 1, 1))
        }
        let x = edges(box.left, box.right)
        let y = edges(box.top, box.bottom)
        func inside(_ edges: (start: Int, length: Int), _ limit: Int) -> Range<Int> {
            let start = min(max(edges.start, 0), limit)
            return start..<max(start, min(edges.start + edges.length, limit))
        }
        (columns, rows) = (inside(x, width), inside(y, height))
        /// Where a pixel reads: two neighbours in the framed mask, and how much of the second.
        func places(
            _ range: Range<Int>, _ edges: (start: Int, length: Int)
        ) -> [(first: Int, second: Int, share: Float)] {
            range.map { pixel in
                let scale = Float(framed) / Float(edges.length)
                let place = max(scale * (Float(pixel - edges.start) + 0.5) - 0.5, 0)
                let first = min(Int(place), framed - 1)
                return (first, min(first + 1, framed - 1), min(place - Float(first), 1))
            }
        }
        func value(_ row: Int, _ column: Int) -> Float {
            (1...side).contains(row) && (1...side).contains(column) ? mask[(row - 1) * side + column - 1] : 0
        }
        let (across, down) = (places(columns, x), places(rows, y))
        probabilities = down.flatMap { row in
            across.map { column in
                let top =
                    value(row.first, column.first) * (1 - column.share) + value(row.first, column.second) * column.share
                let bottom =
                    value(row.second, column.first) * (1 - column.share)
                    + value(row.second, column.second) * column.share
                return top * (1 - row.share) + bottom * row.share
            }
        }
    }

    /// The pixels that are more probably the object's than not, as a mask of the image.
    ///
    /// - Throws: `GeometryError` when the image is too large for a mask.
    public func mask(width: Int, height: Int, threshold: Float = 0.5) throws(GeometryError) -> RunLengthMask {
        guard !probabilities.isEmpty else {
            return try RunLengthMask(width: width, height: height, runs: [width * height])
        }
        return try RunLengthMask(
            width: width, height: height, part: probabilities.map { $0 > threshold ? 1 : 0 }, x: columns.lowerBound,
            y: rows.lowerBound, partWidth: columns.count)
    }
}
