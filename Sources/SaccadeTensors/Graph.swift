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
        /// How an input lies where the caller has it.
        var arrangement: Arrangement?

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
    /// Kept while the graph is rewritten; see ``simplify(releasesWeights:)``.
    var uses = Uses()

    /// In the order in which the function takes them.
    var inputs: [Operand] {
        values.compactMap { value -> (order: Int, operand: Operand)? in
            if case .input(let order) = value.origin { (order, Operand(value.shape, value.arrangement)) } else { nil }
        }.sorted { $0.order < $1.order }.map(\.operand)
    }

    /// Says how the inputs lie, in the order in which the function takes them.
    mutating func arrangeInputs(_ arrangements: [Arrangement?]) {
        for index in values.indices {
            if case .input(let order) = values[index].origin { values[index].arrangement = arrangements[order] }
        }
    }

    mutating func append(_ shape: Shape, _ origin: Origin) -> Int {
        values.append(Value(shape: shape, origin: origin))
        return values.count - 1
    }
}
