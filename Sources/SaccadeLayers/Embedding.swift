import SaccadePrelude
public import SaccadeTensors

/// A table of learned vectors: indices of any shape to that shape with an axis of `dimensions` behind.
public struct Embedding: Layer {
    public let weight: Parameter  // [count, dimensions]
    /// A row that stays zero.
    public let paddingIndex: Int?

    /// Creates a table whose first values are distributed as PyTorch's: normally, with deviation 1.
    ///
    /// - Parameters:
    ///   - count: Rows of the table.
    ///   - dimensions: Elements of each row.
    ///   - paddingIndex: A row that is zero at first and does not learn.
    ///   - initializer: Where the values come from.
    ///   - generator: Where their seed comes from; pass a seeded one to repeat a run.
    public init(
        _ count: Int, dimensions: Int, paddingIndex: Int? = nil, initializer: Initializer = .normal(),
        using generator: inout some RandomNumberGenerator
    ) {
        require(
            paddingIndex.map { (0..<count).contains($0) } ?? true,
            "Embedding: there is no row \(paddingIndex ?? 0) among \(count)")
        let shape: Shape = [count, dimensions]
        weight = Parameter(shape, seed: generator.next()) { shape, generator in
            let values = initializer(shape, using: &generator)
            guard let paddingIndex else { return values }
            var scalars = values.scalars
            for column in 0..<dimensions { scalars[paddingIndex * dimensions + column] = 0 }
            return Tensor(scalars, shape: shape)
        }
        self.paddingIndex = paddingIndex
    }

    /// - Parameter x: Whole numbers in `0..<count`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        embedding(x, weight.value, paddingIndex: paddingIndex)
    }
}
