import SaccadeOneDNN

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
        softmaxKernel(.inference, request, axis, isLogarithm, roles: [.source, .destination])
    }
}

/// Inputs: the softmax, the output gradient.
struct SoftmaxGradient: Operation {
    let axis: Int
    let isLogarithm: Bool

    var name: String { isLogarithm ? "logSoftmax gradient" : "softmax gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        softmaxKernel(.backwardData, request, axis, isLogarithm, roles: [.destination, .dDestination, .dSource])
    }
}

private func softmaxKernel(
    _ pass: Pass, _ request: KernelRequest, _ axis: Int, _ isLogarithm: Bool, roles: [Role]
) -> [Kernel] {
    let operand = request.inputs[0]
    let shape = operand.shape
    guard shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
    // Row-major tensors of any rank have three axes here: those before, this one, those after.
    let (outer, inner) = shape.around(axis)
    let arrangement = operand.elementType == .float32 ? operand.arrangement : nil
    let isBlocked = arrangement != nil && shape.rank == arrangement?.layout.dimensions.count
    let layout =
        isBlocked
        ? operand.layout : .rowMajor(inner == 1 ? [outer, shape[axis]] : [outer, shape[axis], inner])
    do {
        let descriptor = try Descriptor.softmax(
            pass, logarithm: isLogarithm, layout: layout, axis: isBlocked ? axis : 1)
        return [Kernel(try Primitive(descriptor, roles: roles), inputs: roles.count - 1)]
    } catch {
        unavailable("softmax of \(shape)", error)
    }
}
