import SaccadePrelude
import Synchronization

/// The operations that a function applied to tensors whose values are not known yet.
///
/// Reading a parameter, applying an operation to a traced tensor: each adds a value. From the record a
/// ``Plan`` is made, and the tables of `saccade describe`: shapes are computed, elements never are.
package final class Trace: Sendable {
    package struct ValueID: Hashable, Sendable {
        let trace: ObjectIdentifier
        package let index: Int
    }

    private struct State {
        var graph = Graph()
        var leaves: [Parameter: Int] = [:]
    }

    @TaskLocal package static var current: Trace?
    @TaskLocal private static var scope: String?

    private let state = Mutex(State())
    private let leaf: (node: Int, parameter: Parameter)?

    private init(leaf: (node: Int, parameter: Parameter)?) { self.leaf = leaf }

    /// Applies `function` to inputs of the given shapes and records what it does.
    ///
    /// - Parameter leaf: An operation, by its index, whose first result gradients are taken with respect to: on the tape
    ///   of ``withGradients(phase:except:precision:_:)`` within `function` it is this parameter.
    package static func of(
        _ shapes: [Shape], phase: Phase = .inference, leaf: (node: Int, parameter: Parameter)? = nil,
        _ function: ([Tensor]) throws -> [Tensor]
    ) rethrows -> Graph {
        let trace = Trace(leaf: leaf)
        let inputs = shapes.enumerated().map { index, shape in
            trace.tensor(shape, trace.state.withLock { $0.graph.append(shape, .input(index)) })
        }
        let outputs = try Phase.$current.withValue(phase) {
            try $current.withValue(trace) { try function(inputs) }
        }
        let ids = outputs.map(trace.index(of:))
        return trace.state.withLock { state in
            state.graph.outputs = ids
            return state.graph
        }
    }

    /// Names the layer that applies the operations of `body`.
    package static func scope<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
        guard current != nil else { return try body() }
        return try $scope.withValue(scope.map { "\($0).\(name)" } ?? name, operation: body)
    }

    /// Whether an operation on `inputs` belongs to this trace: operations on constants alone are just done.
    func covers(_ inputs: [Tensor]) -> Bool { inputs.contains(where: \.isTraced) }

    func leaf(_ parameter: Parameter) -> Tensor {
        let index = state.withLock { state in
            if let index = state.leaves[parameter] { return index }
            let index = state.graph.append(parameter.shape, .parameter(parameter))
            state.leaves[parameter] = index
            return index
        }
        return tensor(parameter.shape, index)
    }

    func append(_ operation: some Operation, _ inputs: [Tensor], _ shapes: [Shape]) -> [Tensor] {
        let inputs = inputs.map(index(of:))
        let (node, results) = state.withLock { state in
            let node = state.graph.nodes.count
            let results = shapes.enumerated().map { state.graph.append($1, .result(node: node, index: $0)) }
            state.graph.nodes.append(
                Graph.Node(operation: operation, inputs: inputs, results: results, scope: Trace.scope))
            return (node, results)
        }
        var tensors = zip(shapes, results).map(tensor)
        if let leaf, leaf.node == node, let tape = Tape.current { tensors[0] = tape.leaf(leaf.parameter, tensors[0]) }
        return tensors
    }

    private func tensor(_ shape: Shape, _ index: Int) -> Tensor {
        Tensor(shape: shape, content: .traced(ValueID(trace: ObjectIdentifier(self), index: index)))
    }

    private func index(of tensor: Tensor) -> Int {
        switch tensor.content {
        case .stored: return state.withLock { $0.graph.append(tensor.shape, .constant(tensor.rowMajor)) }
        case .traced(let id):
            require(id.trace == ObjectIdentifier(self), "a tensor of another trace was used in this one")
            return id.index
        }
    }
}
