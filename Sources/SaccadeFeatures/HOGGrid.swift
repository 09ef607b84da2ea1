import CSaccadeKernels
public import SaccadeImages
import SaccadePrelude

/// The normalised blocks of an image, computed once, from which every window is read whose corner is a block's.
public struct HOGGrid: Sendable, Equatable {
    /// What the blocks were computed by.
    public let hog: HOG
    /// Blocks down; 0 where the image is smaller than a block.
    public let rows: Int
    /// Blocks across.
    public let columns: Int
    /// `[rows, columns, blockLength]`.
    public let values: [Float]

    /// How many windows of a size lie on the grid, down and across.
    ///
    /// - Parameter window: In pixels; what does not fill a cell does not count.
    public func windowCounts(of window: PixelSize) -> (rows: Int, columns: Int) {
        let (height, width) = hog.blockCounts(for: window)
        if height == 0 || width == 0 || rows < height || columns < width { return (0, 0) }
        return (rows - height + 1, columns - width + 1)
    }

    /// What describes the window whose upper left corner is that of a block, as ``HOG/descriptor(of:)`` orders it.
    ///
    /// It differs from the descriptor of the same pixels cut out, whose edges see nothing beyond them.
    ///
    /// - Precondition: The window lies on the grid.
    public func window(row: Int, column: Int, size: PixelSize) -> [Float] {
        var result: [Float] = []
        appendWindow(row: row, column: column, size: size, to: &result)
        return result
    }

    /// Puts a window's numbers behind others.
    ///
    /// - Precondition: The window lies on the grid.
    public func appendWindow(row: Int, column: Int, size: PixelSize, to numbers: inout [Float]) {
        let counts = windowCounts(of: size)
        require(
            (0..<counts.rows).contains(row) && (0..<counts.columns).contains(column),
            "HOGGrid: no window of \(size) at block (\(row), \(column)) of \(rows)×\(columns)")
        let (height, width) = hog.blockCounts(for: size)
        for line in row..<(row + height) {
            let start = (line * columns + column) * hog.blockLength
            numbers += values[start..<(start + width * hog.blockLength)]
        }
    }

    /// `weights · window + bias` for every window of a size: row by row, as ``windowCounts(of:)`` counts them.
    ///
    /// - Precondition: There are as many weights as a window has numbers.
    public func scores(ofWindows size: PixelSize, weights: [Float], bias: Float) -> [Float] {
        let (height, width) = hog.blockCounts(for: size)
        require(
            weights.count == height * width * hog.blockLength,
            "HOGGrid: \(weights.count) weights for windows of \(size), which have \(height * width * hog.blockLength) numbers"
        )
        let counts = windowCounts(of: size)
        return [Float](unsafeUninitializedCapacity: counts.rows * counts.columns) { target, count in
            count = counts.rows * counts.columns
            if count == 0 { return }
            sk_template_scores(
                rows, columns, hog.blockLength, values, height, width, weights, bias, target.baseAddress)
        }
    }
}
