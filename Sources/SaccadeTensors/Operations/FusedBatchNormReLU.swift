import CSaccadeKernels
import SaccadeOneDNN

/// Batch normalisation while training with what residual networks do behind it: `relu(batchNorm(x) + addend)`.
///
/// The same numbers as ``batchNorm(_:scale:shift:epsilon:)``, `+` and ``relu(_:)`` one after another, in half as many passes
/// over memory: half a training of a residual network is such passes. What it keeps for the gradient is `x` and the result.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - scale: `[C]`.
///   - shift: `[C]`.
///   - addend: `[N, C, H, W]`, the shortcut's result.
///   - rectifies: Whether the ReLU is there.
///   - epsilon: Added to the variance; positive.
/// - Returns: The result in `x`'s shape, and the batch's mean and biased variance, both `[C]`.
/// - Precondition: There is at least one value for each channel.
package func fusedBatchNormReLU(
    _ x: Tensor, scale: Tensor, shift: Tensor, addend: Tensor? = nil, rectifies: Bool = true, epsilon: Float = 1e-5
) -> (result: Tensor, mean: Tensor, variance: Tensor) {
    let inputs = [x, scale, shift] + (addend.map { [$0] } ?? [])
    let operation = FusedBatchNormReLU(epsilon: epsilon, hasAddend: addend != nil, rectifies: rectifies)
    let results = operation.results(of: inputs)
    let (result, mean, variance) = (results[0], results[1], results[2])
    let gradient = FusedBatchNormReLUGradient(forward: operation)
    let y = result.recorded(from: inputs) { dy, _ in
        gradient.results(of: [x, scale, mean, variance, dy] + (rectifies ? [result] : []))
    }
    return (y, mean, variance)
}

/// Inputs: `[N, C, H, W]`, scale, shift, then the addend if there is one. Results: the input's shape, mean, variance.
struct FusedBatchNormReLU: Operation {
    let epsilon: Float
    let hasAddend: Bool
    let rectifies: Bool

    var name: String { "fusedBatchNormReLU" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireImages(inputs[0], for: name)
        for shape in inputs[1...2] where shape != [inputs[0][1]] {
            throw ShapeError("\(name): \(inputs[0]) has \(inputs[0][1]) channels, not \(shape)")
        }
        if hasAddend, inputs[3] != inputs[0] {
            throw ShapeError("\(name): an addend of shape \(inputs[3]) does not fit \(inputs[0])")
        }
        guard inputs[0].elementCount > 0 else { throw ShapeError("\(name): a batch of shape \(inputs[0]) has no mean") }
        return [inputs[0], inputs[1], inputs[1]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (planes, images) = planes(of: request.inputs[0])
        let hasAddend = hasAddend
        let result = hasAddend ? 4 : 3
        var kernel = Kernel(
            inputs: [images, nil, nil] + (hasAddend ? [images] : []), results: [images, nil, nil],
            inPlace: hasAddend ? 3 : nil
        ) { at in
            withUnsafePointer(to: planes) {
                sk_batch_norm_forward(
                    $0, at[0], at[1], at[2], hasAddend ? at[3] : nil, at[result], at[result + 1], at[result + 2],
                    at[result + 3])
            }
        }
        kernel.scratchByteCount = planes.scratchByteCount
        return [kernel]
    }

    /// How the loops walk over images that lie like these, and how they are to lie.
    fileprivate func planes(of operand: Operand) -> (sk_batch_norm, Arrangement?) {
        let shape = operand.shape
        let width = [8, 16].first { operand.arrangement?.layout === Layout.blocked(by: $0, shape.dimensions) } ?? 1
        var planes = sk_batch_norm(
            images: shape[0], channels: shape[1], blocks: (shape[1] + width - 1) / width, area: shape[2] * shape[3],
            lanes: width, epsilon: epsilon, rectifies: rectifies ? 1 : 0, splits: 1)
        planes.splits = sk_batch_norm_splits(&planes)
        return (planes, width == 1 ? nil : operand.arrangement)
    }
}

/// Inputs: `[N, C, H, W]`, scale, mean, variance, output gradient, then the forward result if it was rectified.
/// Results: gradients of input, scale, shift, then the addend's if there is one.
struct FusedBatchNormReLUGradient: Operation {
    let forward: FusedBatchNormReLU

    var name: String { "fusedBatchNormReLU gradient" }

    func resultShapes(_ inputs: [Shape]) -> [Shape] {
        [inputs[0], inputs[1], inputs[1]] + (forward.hasAddend ? [inputs[0]] : [])
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (planes, images) = forward.planes(of: request.inputs[0])
        let (hasAddend, rectifies) = (forward.hasAddend, forward.rectifies)
        let result = rectifies ? 6 : 5
        let scratch = result + (hasAddend ? 4 : 3)
        var kernel = Kernel(
            inputs: [images, nil, nil, nil, images] + (rectifies ? [images] : []),
            results: [images, nil, nil] + (hasAddend ? [images] : [])
        ) { at in
            withUnsafePointer(to: planes) {
                sk_batch_norm_backward(
                    $0, at[0], at[1], at[2], at[3], rectifies ? at[5] : nil, at[4], at[result], at[result + 1],
                    at[result + 2], hasAddend ? at[result + 3] : nil, at[scratch])
            }
        }
        kernel.scratchByteCount = planes.scratchByteCount
        return [kernel]
    }
}

extension sk_batch_norm {
    fileprivate var scratchByteCount: Int { withUnsafePointer(to: self) { sk_batch_norm_scratch($0) } }
}
