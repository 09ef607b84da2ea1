import CSaccadeKernels

/// The place of the largest element along `axis`, as a whole number; of equals the first.
///
/// - Parameter axis: Counted from the front, or from the back when negative.
/// - Returns: `x`'s shape without that axis. No gradient flows through it.
/// - Precondition: The axis has elements.
public func argMax(_ x: Tensor, axis: Int = -1) -> Tensor { ArgMax(axis: x.shape.resolved(axis: axis))(x) }

struct ArgMax: Operation {
    let axis: Int

    var name: String { "argMax" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0][axis] >= 1 else { throw ShapeError("argMax: \(inputs[0]) is empty along axis \(axis)") }
        return [Shape(inputs[0].dimensions.enumerated().filter { $0.offset != axis }.map(\.element))]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.inputs[0].shape
        let (outer, inner) = shape.around(axis)
        let length = shape[axis]
        return [Kernel(request) { at in sk_arg_max(outer, length, inner, at[0], at[1]) }]
    }
}
