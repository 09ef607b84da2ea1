/// What a network does to inputs of given shapes: its operations, in an order in which they can run.
package struct Graph: Sendable {
    package enum Origin: Sendable {
        case input(Int)
        case parameter(Parameter)
        case constant(Tensor)
        case result(node: Int, index: Int)
        /// A constant that nobody reads any more.
        case released
    }

    package struct Value: Sendable {
        package var shape: Shape
        package var origin: Origin
        /// What a constant is still to be multiplied by.
        var factors: ChannelFactors?

        init(shape: Shape, origin: Origin, factors: ChannelFactors? = nil) {
            self.shape = shape
            self.origin = origin
            self.factors = factors
        }
    }

    package struct Node: Sendable {
        package var operation: any Operation
        package var inputs: [Int]
        package var results: [Int]
        /// The layer that applied it, as named by ``Trace/scope(_:_:)``.
        package var scope: String?
    }

    package var values: [Value] = []
    package var nodes: [Node] = []
    package var outputs: [Int] = []

    /// In the order in which the function takes them.
    var inputShapes: [Shape] {
        values.compactMap { value -> (order: Int, shape: Shape)? in
            if case .input(let order) = value.origin { (order, value.shape) } else { nil }
        }.sorted { $0.order < $1.order }.map(\.shape)
    }

    mutating func append(_ shape: Shape, _ origin: Origin) -> Int {
        values.append(Value(shape: shape, origin: origin))
        return values.count - 1
    }
}
