public import SaccadeFiles
public import SaccadeTensors
import Synchronization

/// An ONNX network made into a fixed program for inputs of fixed shapes.
///
/// What `Plan` traps for, as a wrong program, throws here: inputs come from outside.
public struct ONNXPlan: Sendable {
    /// The program, for profiles and tables. It takes those inputs whose values were not given.
    public let plan: Plan
    public var inputShapes: [Shape] { plan.inputShapes }
    public var outputShapes: [Shape] { plan.outputShapes }
    /// The kernels, in the order they run.
    public var kernelNames: [String] { plan.kernelNames }

    private let path: String
    private let ports: [ONNXModel.Port]
    /// For inputs that are places in a tensor: how many there are to choose from.
    private let lengths: [Int: Int]

    init(_ model: ONNXModel, _ shapes: [Shape], _ values: [String: Tensor], _ options: Plan.Options) throws {
        let open = model.inputs.indices.filter { values[model.inputs[$0].name] == nil }
        let given = try model.inputs.indices.map { index -> Value? in
            let port = model.inputs[index]
            guard let tensor = values[port.name] else { return nil }
            guard tensor.shape == shapes[index] else {
                throw Problem.malformed("the value of \(port.name) has the shape \(tensor.shape), not \(shapes[index])")
            }
            return port.isInteger ? .numbers(try Numbers(tensor)) : .tensor(tensor, .float)
        }
        let bounds = IndexBounds()
        plan = try Plan(for: open.map { shapes[$0] }, options: options) { tensors in
            var traced = given
            for (order, (index, tensor)) in zip(open, tensors).enumerated() {
                traced[index] = model.inputs[index].isInteger ? .input(order, tensor) : .tensor(tensor, .float)
            }
            return try IndexBounds.$current.withValue(bounds) { try model.outputs(for: traced.compactMap { $0 }) }
        }
        path = model.path
        ports = open.map { model.inputs[$0] }
        lengths = bounds.lengths
    }

    /// Computes the outputs.
    ///
    /// - Throws: ``FileError`` where an input has another shape than the plan is for, or whole numbers are not whole or
    ///   name nothing.
    public func run(_ inputs: [Tensor]) throws(FileError) -> [Tensor] {
        guard inputs.map(\.shape) == inputShapes else {
            throw FileError(
                .malformed, path: path,
                reason: "it was made ready for inputs \(inputShapes), not \(inputs.map(\.shape))",
                remedy: "give inputs of those shapes")
        }
        for (index, port) in ports.enumerated() where port.isInteger {
            let bound = lengths[index] ?? Limits.exactInteger
            let lowest = lengths[index] == nil ? -bound : 0
            guard
                let wrong = inputs[index].scalars.first(where: {
                    !(Int(exactly: $0).map { $0 >= lowest && $0 < bound } ?? false)
                })
            else { continue }
            throw FileError(
                .malformed, path: path,
                reason: "\(wrong) in the input \(port.name) is no whole number in \(lowest)..<\(bound)",
                remedy: "check what was given")
        }
        return plan.run(inputs)
    }
}

/// What inputs that are places must lie below, as found out while a plan is made.
final class IndexBounds: Sendable {
    @TaskLocal static var current: IndexBounds?

    private let state = Mutex<[Int: Int]>([:])

    var lengths: [Int: Int] { state.withLock { $0 } }

    func note(input: Int, below length: Int) {
        state.withLock { $0[input] = min($0[input] ?? length, length) }
    }
}
