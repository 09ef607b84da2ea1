import SaccadeTensors

/// Three ways to a smaller image on numbers: of each window the largest, the mean, or a sum with the weights of a filter.
///
/// All three look at the same windows, which is why a strided convolution can learn to be an average pooling, and more
/// (Springenberg et al., "Striving for Simplicity: The All Convolutional Net", 2014).
public struct DownsamplingExample: Sendable {
    /// What becomes smaller.
    public let input: NumberGrid
    /// The weights of the strided convolution; a window has its size.
    public let filter: NumberGrid
    /// Elements between neighbouring windows.
    public let stride: Int
    /// Max pooling.
    public let largest: NumberGrid
    /// Average pooling.
    public let means: NumberGrid
    /// The strided convolution; its filter lies on the window as it is, not turned round.
    public let weighted: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// - Throws: When no window fits in the input.
    public init(_ input: NumberGrid, filter: NumberGrid, stride: Int) throws(BuildingBlockError) {
        guard (1...NumberGrid.maximumLength).contains(stride) else {
            throw BuildingBlockError("the stride must be 1 to \(NumberGrid.maximumLength), not \(stride)")
        }
        guard filter.height <= input.height, filter.width <= input.width else {
            throw BuildingBlockError(
                "a window of \(filter.height)×\(filter.width), as large as the filter, is larger than the input of "
                    + "\(input.height)×\(input.width)")
        }
        (self.input, self.filter, self.stride) = (input, filter, stride)
        let size = Pair((input.height - filter.height) / stride + 1, (input.width - filter.width) / stride + 1)
        func grid(_ number: ([(element: Double, weight: Double)]) -> Double) -> NumberGrid {
            let numbers = (0..<size.height).flatMap { row in
                (0..<size.width).map { column in
                    let window = filter.places.map { tap in
                        let place = NumberGrid.Place(row: row * stride + tap.row, column: column * stride + tap.column)
                        return (input[place], filter[tap])
                    }
                    return (NumberGrid.Place(row: row, column: column), number(window))
                }
            }
            return NumberGrid(height: size.height, width: size.width, numbers)
        }
        largest = grid { $0.reduce(-.infinity) { max($0, $1.element) } }
        means = grid { window in window.reduce(0) { $0 + $1.element } / Double(window.count) }
        weighted = grid { $0.reduce(0) { $0 + $1.element * $1.weight } }
        let (kernel, step) = (Pair(filter.height, filter.width), Pair(stride, stride))
        engineDifference = max(
            largest.difference(to: NumberGrid(maxPool2D(input.tensor, kernel: kernel, stride: step))),
            means.difference(to: NumberGrid(averagePool2D(input.tensor, kernel: kernel, stride: step))),
            weighted.difference(to: NumberGrid(conv2D(input.tensor, filter.tensor, stride: step))))
    }
}
