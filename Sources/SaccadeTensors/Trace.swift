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
        /// The first operation that could not be applied, where that does not end the process.
        var refusal: ShapeError?
    }

    @TaskLocal package static var current: Trace?
    @TaskLocal private static var scope: String?

    private let state = Mutex(State())
    private let names: [Parameter: String]
    /// Whether shapes come from outside, so that those which do not fit are an error and not a wrong program.
    private let refuses: Bool
    private let leaf: (node: Int, parameter: Parameter)?

    private init(
        names: [Parameter: String], refuses: Bool = false, leaf: (node: Int, parameter: Parameter)? = nil
    ) {
        (self.names, self.refuses, self.leaf) = (names, refuses, leaf)
    }

    /// Applies `function` to inputs of the given shapes and records what it does.
    ///
    /// - Parameters:
    ///   - names: What checkpoints call the parameters, such as `encoder.conv1.weight`: operations that read one are named
    ///     after its layer, `encoder.conv1`, where no ``scope(_:_:)`` says otherwise.
    ///   - leaf: An operation, by its index, whose first result gradients are taken with respect to: on the tape of
    ///     ``withGradients(phase:except:precision:_:)`` within `function` it is this parameter.
    package static func of(
        _ shapes: [Shape], phase: Phase = .inference, names: [Parameter: String] = [:],
        leaf: (node: Int, parameter: Parameter)? = nil, _ function: ([Tensor]) throws -> [Tensor]
    ) rethrows -> Graph {
        try record(Trace(names: names, leaf: leaf), shapes, phase, function)
    }

    /// As ``of(_:phase:names:leaf:_:)``, for shapes that come from outside.
    ///
    /// - Throws: ``ShapeError`` where the function applies an operation to shapes that do not fit; what the function throws.
    package static func checked(
        _ shapes: [Shape], phase: Phase = .inference, names: [Parameter: String] = [:],
        _ function: ([Tensor]) throws -> [Tensor]
    ) throws -> Graph {
        let trace = Trace(names: names, refuses: true)
        let graph = Result { try record(trace, shapes, phase, function) }
        // What came after it, an error even, may be its doing.
        if let refusal = trace.state.withLock({ $0.refusal }) { throw refusal }
        return try graph.get()
    }

    private static func record(
        _ trace: Trace, _ shapes: [Shape], _ phase: Phase, _ function: ([Tensor]) throws -> [Tensor]
    ) rethrows -> Graph {
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

    func append(_ operation: any Operation, _ inputs: [Tensor]) -> [Tensor] {
        let shapes = resultShapes(of: operation, inputs)
        let inputs = inputs.map(index(of:))
        let (node, results) = state.withLock { state in
            let node = state.graph.nodes.count
            let results = shapes.enumerated().map { state.graph.append($1, .result(node: node, index: $0)) }
            state.graph.nodes.append(
                Graph.Node(
                    operation: operation, inputs: inputs, results: results, scope: scope(for: inputs, state.graph)))
            return (node, results)
        }
        var tensors = zip(shapes, results).map(tensor)
        if let leaf, leaf.node == node, let tape = Tape.current { tensors[0] = tape.leaf(leaf.parameter, tensors[0]) }
        return tensors
    }

    /// The layer that applies an operation: as it was said, or after the first parameter among the inputs where that
    /// leads to the same place and says more of the way, as inside a layer of a `Sequential`.
    private func scope(for inputs: [Int], _ graph: Graph) -> String? {
        let given = Trace.scope
        guard !names.isEmpty else { return given }
        let name = inputs.lazy.compactMap { input in
            if case .parameter(let parameter) = graph.values[input].origin { self.names[parameter] } else { nil }
        }.first
        guard let name, let end = name.lastIndex(of: ".") else { return given }
        let layer = String(name[..<end])
        guard let given else { return layer }
        return ".\(layer).".contains(".\(given).") ? layer : given
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

    /// The shapes of an operation's results.
    private func resultShapes(of operation: any Operation, _ inputs: [Tensor]) -> [Shape] {
        let shapes = inputs.map(\.shape)
        if state.withLock({ $0.refusal == nil }) {
            do {
                return try operation.resultShapes(shapes)
            } catch {
                guard refuses else { wrongProgram("\(error)") }
                state.withLock { $0.refusal = ShapeError((Trace.scope.map { "\($0): " } ?? "") + "\(error)") }
            }
        }
        return standIns(for: operation, inputs)
    }

    /// Shapes to go on with where there can be none, for nobody can leave a function that does not throw.
    ///
    /// Images do not grow from now on, and those of which nothing is known are a single pixel: large enough to be cropped
    /// to, and small enough to be cropped from all that was there before.
    private func standIns(for operation: any Operation, _ inputs: [Tensor]) -> [Shape] {
        func images(_ shapes: [Shape], atMost height: Int, _ width: Int) -> [Shape] {
            shapes.map { $0.rank == 4 ? [$0[0], $0[1], min($0[2], height), min($0[3], width)] : $0 }
        }
        let shapes = inputs.map(\.shape)
        if let results = try? operation.resultShapes(shapes) {
            return shapes[0].rank == 4 ? images(results, atMost: shapes[0][2], shapes[0][3]) : results
        }
        if let reshape = operation as? Reshape { return [reshape.shape] }
        // Of images so large, and all alike, every window fits.
        let large = inputs.map { input in
            let isWeight = state.withLock { state in
                guard case .traced(let id) = input.content else { return true }
                if case .parameter = state.graph.values[id.index].origin { return true }
                return false
            }
            return input.shape.rank == 4 && !isWeight
                ? Shape([input.shape[0], input.shape[1], 1 << 12, 1 << 12]) : input.shape
        }
        return images(
            (try? operation.resultShapes(large)) ?? [Shape](repeating: shapes[0], count: 3), atMost: 1, 1)
    }
}
