import SaccadePrelude

/// The lengths of a tensor's axes, outermost first. A scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let dimensions: [Int]

    /// - Precondition: No length is negative, and the number of elements fits in `Int`.
    public init(_ dimensions: [Int]) {
        var count = 1
        for dimension in dimensions {
            require(dimension >= 0, "a shape cannot have negative lengths: \(dimensions)")
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            require(!overflow, "a tensor of shape \(dimensions) has too many elements to count")
            count = product
        }
        self.dimensions = dimensions
        elementCount = count
    }

    public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }

    /// How many axes there are.
    public var rank: Int { dimensions.count }

    /// How many elements a tensor of this shape has; 1 for a scalar.
    public let elementCount: Int

    public subscript(axis: Int) -> Int { dimensions[axis] }

    public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }

    /// `axis` counted from the front: -1 is the last one.
    ///
    /// - Precondition: The axis exists.
    package func resolved(axis: Int) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        require(dimensions.indices.contains(resolved), "\(self) has no axis \(axis)")
        return resolved
    }

    /// Elements between neighbours along each axis when the last axis is contiguous.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in dimensions.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    package func replacing(_ axis: Int, with length: Int) -> Shape {
        var dimensions = dimensions
        dimensions[axis] = length
        return Shape(dimensions)
    }
}

/// Why an operation cannot be applied to tensors of some shapes.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// What was asked for, what the shapes are, and the arithmetic that does not work out.
    public let description: String

    public init(_ description: String) { self.description = description }
}
