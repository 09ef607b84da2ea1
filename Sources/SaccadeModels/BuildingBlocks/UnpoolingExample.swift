public import SaccadeTensors

/// Max unpooling on numbers: each goes back to where a max pooling found its largest, and everything else is zero.
///
/// Noh, Hong and Han, "Learning Deconvolution Network for Semantic Segmentation" (2015), section 3.2.
public struct UnpoolingExample: Sendable {
    /// What is unpooled.
    public let input: NumberGrid
    /// Where each number of ``input`` goes: row · width + column, in a grid of the size of ``output``.
    public let indices: [[Int]]
    public let output: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// 1 where a number goes, else 0: the pooling indices as the lecture writes them.
    public var map: NumberGrid {
        NumberGrid(height: output.height, width: output.width, Set(indices.joined()).map { (place($0), 1) })
    }

    /// - Parameters:
    ///   - input: What is unpooled.
    ///   - indices: Positions in a grid of `size`, in the input's shape.
    ///   - size: Of the result.
    /// - Throws: Which position is outside, or meant for two numbers that differ.
    public init(unpooling input: NumberGrid, to indices: [[Int]], size: Pair) throws(BuildingBlockError) {
        guard indices.count == input.height, indices.allSatisfy({ $0.count == input.width }) else {
            throw BuildingBlockError(
                "there are \(indices.count)×\(indices.first?.count ?? 0) indices for \(input.height)×\(input.width) "
                    + "numbers"
            )
        }
        var numbers: [Int: Double] = [:]
        for place in input.places {
            let (index, value) = (indices[place.row][place.column], input[place])
            guard (0..<size.height * size.width).contains(index) else {
                throw BuildingBlockError(
                    "index \(index) is outside the result of \(size.height)×\(size.width), whose positions are 0 to "
                        + "\(size.height * size.width - 1)")
            }
            if let other = numbers[index], other != value {
                throw BuildingBlockError("both \(other.plain) and \(value.plain) would go to position \(index)")
            }
            numbers[index] = value
        }
        (self.input, self.indices) = (input, indices)
        output = NumberGrid(
            height: size.height, width: size.width,
            numbers.map { (.init(row: $0 / size.width, column: $0 % size.width), $1) })
        let flat = Tensor(indices.joined().map { Float($0) }, shape: [1, 1, input.height, input.width])
        engineDifference = output.difference(to: NumberGrid(maxUnpool2D(input.tensor, indices: flat, to: size)))
    }

    /// - Parameter map: 1 at one place of each window, else 0; it has a window of one size for each number of `input`.
    public init(unpooling input: NumberGrid, by map: NumberGrid) throws(BuildingBlockError) {
        guard map.rows.joined().allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw BuildingBlockError(
                "indices are a map of 0 and 1, a window for each number, or positions, one for each number; for "
                    + "\(input.height)×\(input.width) numbers \(map.height)×\(map.width) are neither")
        }
        let (height, width) = (map.height / input.height, map.width / input.width)
        guard map.height % input.height == 0, map.width % input.width == 0 else {
            throw BuildingBlockError(
                "a map of \(map.height)×\(map.width) has no window of equal size for each of "
                    + "\(input.height)×\(input.width) numbers; give one whose sides are multiples of these")
        }
        var indices = [[Int]](repeating: [Int](repeating: 0, count: input.width), count: input.height)
        for place in input.places {
            let marked = (0..<height * width).map { offset in
                NumberGrid.Place(
                    row: place.row * height + offset / width, column: place.column * width + offset % width)
            }.filter { map[$0] == 1 }
            guard marked.count == 1 else {
                throw BuildingBlockError(
                    "the \(height)×\(width) window of row \(place.row + 1), column \(place.column + 1) has "
                        + "\(marked.count) ones, and must have exactly one")
            }
            indices[place.row][place.column] = marked[0].row * map.width + marked[0].column
        }
        try self.init(unpooling: input, to: indices, size: map.size)
    }

    /// Pools, and unpools the maxima.
    ///
    /// - Parameters:
    ///   - image: What is pooled.
    ///   - kernel: Height and width of a window.
    ///   - stride: Elements between neighbouring windows.
    public init(pooling image: NumberGrid, kernel: Int, stride: Int) throws(BuildingBlockError) {
        guard kernel >= 1, stride >= 1 else {
            throw BuildingBlockError(
                "a window of \(kernel) elements in steps of \(stride) is none; both are at least 1")
        }
        guard kernel <= min(image.height, image.width) else {
            throw BuildingBlockError(
                "a window of \(kernel)×\(kernel) is larger than the input of \(image.height)×\(image.width)")
        }
        let pooled = maxPool2DWithIndices(image.tensor, kernel: Pair(kernel, kernel), stride: Pair(stride, stride))
        let maxima = NumberGrid(pooled.result)
        let indices = NumberGrid(pooled.indices).rows.map { $0.map { Int($0) } }
        try self.init(unpooling: maxima, to: indices, size: image.size)
    }

    /// Row and column of a position.
    public func place(_ index: Int) -> NumberGrid.Place {
        .init(row: index / output.width, column: index % output.width)
    }
}
