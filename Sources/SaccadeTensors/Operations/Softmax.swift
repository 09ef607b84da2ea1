import CSaccadeKernels

/// `exp(x)` divided by its sum along `axis`: positive numbers that add up to 1.
///
/// The largest element is subtracted first, so nothing overflows.
///
/// - Parameter axis: Counted from the front, or from the back when negative.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
    Softmax(axis: x.shape.resolved(axis: axis), isLogarithm: false).applied(to: x)
}

/// The logarithm of ``softmax(_:axis:)``, exact also where that is too small for a float.
///
/// - Parameter axis: Counted from the front, or from the back when negative.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
    Softmax(axis: x.shape.resolved(axis: axis), isLogarithm: true).applied(to: x)
}

struct Softmax: Operation {
    let axis: Int
    let isLogarithm: Bool

    var name: String { isLogarithm ? "logSoftmax" : "softmax" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { inputs }

    func applied(to x: Tensor) -> Tensor {
        let y = self(x)
        return y.recorded(pullbacks: [x: { dy in SoftmaxGradient(axis: axis, isLogarithm: isLogarithm)(y, dy) }])
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, isLogarithm) = (request.inputs[0].shape, isLogarithm)
        let (outer, inner) = shape.around(axis)
        let classes = shape[axis]
        guard shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
        return [
            Kernel(request, inPlace: 0) { at in
                sk_softmax(outer, classes, inner, isLogarithm ? 1 : 0, at[0], at[1])
            }
        ]
    }
}

/// Inputs: the softmax, the output gradient.
struct SoftmaxGradient: Operation {
    let axis: Int
    let isLogarithm: Bool

    var name: String { isLogarithm ? "logSoftmax gradient" : "softmax gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, isLogarithm) = (request.inputs[0].shape, isLogarithm)
        let (outer, inner) = shape.around(axis)
        let classes = shape[axis]
        guard shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
        return [
            Kernel(request, inPlace: 1) { at in
                sk_softmax_gradient(outer, classes, inner, isLogarithm ? 1 : 0, at[0], at[1], at[2])
            }
        ]
    }
}
