/// A saliency map: for each place of a grid that lies over an image from edge to edge, how much it speaks for a class.
public struct SaliencyMap: Sendable, Equatable {
    /// Columns; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// Row by row, `height * width` of them.
    public let values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        (self.width, self.height, self.values) = (width, height, values)
    }

    public subscript(row: Int, column: Int) -> Float { values[row * width + column] }
}
