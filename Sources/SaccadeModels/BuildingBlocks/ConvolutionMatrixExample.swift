import SaccadeTensors

/// A convolution of one dimension as a matrix, and the transposed convolution as that matrix transposed.
///
/// Rows of the matrix are outputs, columns the padded input: with filter (x, y, z), stride 1 and padding 1 the first
/// row is x y z 0 0 0, and so on one to the right. Dumoulin and Visin (2016), section 4.1.
public struct ConvolutionMatrixExample: Sendable {
    public let input: NumberGrid
    public let filter: NumberGrid
    public let stride: Int
    public let padding: Int
    /// The input between its zeros.
    public let padded: NumberGrid
    /// `[outputs, padded inputs]`.
    public let matrix: NumberGrid
    /// The matrix times the padded input: the convolution.
    public let output: NumberGrid
    /// The matrix transposed.
    public let transposedMatrix: NumberGrid
    /// The transposed matrix times ``output``: the transposed convolution, whose padding is still to be cut off.
    public let spread: NumberGrid
    /// ``spread`` without its padding: as many numbers as ``input`` has.
    public let transposedOutput: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// - Parameters:
    ///   - input: One row.
    ///   - filter: One row, not longer than the padded input.
    ///   - stride: Elements between neighbouring positions.
    ///   - padding: Zeros on each side, fewer than the filter is long.
    public init(
        _ input: NumberGrid, filter: NumberGrid, stride: Int, padding: Int = 1
    ) throws(BuildingBlockError) {
        guard input.height == 1, filter.height == 1 else {
            throw BuildingBlockError("input and filter are one row of numbers each, such as '[1,2,3]'")
        }
        guard (1...NumberGrid.maximumLength).contains(stride) else {
            throw BuildingBlockError("the stride must be 1 to \(NumberGrid.maximumLength), not \(stride)")
        }
        guard (0..<filter.width).contains(padding) else {
            throw BuildingBlockError(
                "the padding must be at least 0 and below the filter’s length of \(filter.width), not \(padding)")
        }
        let length = input.width + 2 * padding
        guard filter.width <= length else {
            throw BuildingBlockError(
                "a filter of \(filter.width) numbers is longer than the padded input of \(length)")
        }
        let outputs = (length - filter.width) / stride + 1
        (self.input, self.filter, self.stride, self.padding) = (input, filter, stride, padding)
        padded = NumberGrid(
            height: 1, width: length, input.places.map { (.init(row: 0, column: $0.column + padding), input[$0]) })
        matrix = NumberGrid(
            height: outputs, width: length,
            (0..<outputs).flatMap { row in
                filter.places.map { (.init(row: row, column: row * stride + $0.column), filter[$0]) }
            })
        transposedMatrix = matrix.transposed
        output = matrix.times(padded)
        spread = transposedMatrix.times(output)
        let middle = spread.rows[0][padding..<padding + input.width]
        transposedOutput = NumberGrid(
            height: 1, width: input.width, middle.enumerated().map { (.init(row: 0, column: $0), $1) })

        let sides = Pair(0, padding)
        let forward = conv2D(input.tensor, filter.tensor, stride: Pair(1, stride), padding: .pixels(sides))
        let rest = input.width - ((outputs - 1) * stride - 2 * padding + filter.width)
        let back = convTranspose2D(
            output.tensor, filter.tensor, stride: Pair(1, stride), padding: sides, outputPadding: Pair(0, rest))
        engineDifference = max(
            output.difference(to: NumberGrid(forward)), transposedOutput.difference(to: NumberGrid(back)))
    }
}

extension NumberGrid {
    /// A row as a column, as vectors are written beside matrices.
    public var column: NumberGrid { transposed }

    fileprivate var transposed: NumberGrid {
        NumberGrid(height: width, width: height, places.map { (.init(row: $0.column, column: $0.row), self[$0]) })
    }

    /// The product with a row, taken as a column; the result is a row again.
    fileprivate func times(_ row: NumberGrid) -> NumberGrid {
        NumberGrid(
            height: 1, width: height, places.map { (.init(row: 0, column: $0.row), self[$0] * row.rows[0][$0.column]) })
    }
}
