import CSaccadeKernels

/// Divides each element by a power of its neighbours' energy across channels:
/// `x / (k + alpha · mean(x²))^beta`, the mean over `size` channels around its own.
///
/// Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3.3, with
/// PyTorch's conventions: `alpha` is divided by the size, channels that do not exist count as zeros, and of an
/// even size one more channel lies before than after.
///
/// - Parameters:
///   - x: `[N, C, …]`.
///   - size: Channels that are averaged over; at least 1.
///   - alpha: Weight of the mean; not negative.
///   - beta: The exponent.
///   - k: What the mean is added to; positive.
/// - Returns: A tensor in `x`'s shape.
public func localResponseNorm(
    _ x: Tensor, size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1
) -> Tensor {
    let norm = LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
    return norm(x).recorded(pullbacks: [x: { dy in LocalResponseNormGradient(forward: norm)(x, dy) }])
}

struct LocalResponseNorm: Operation {
    let size: Int
    let alpha: Float
    let beta: Float
    let k: Float

    var name: String { "localResponseNorm" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank >= 2 else {
            throw ShapeError("localResponseNorm: the input must be [N, C, …], got \(inputs[0])")
        }
        guard size >= 1 else { throw ShapeError("localResponseNorm: a size must be at least 1, got \(size)") }
        return inputs
    }

    fileprivate func problem(_ shape: Shape) -> sk_response_norm {
        let (outer, inner) = shape.around(1)
        return sk_response_norm(
            outer: outer, channels: shape[1], inner: inner, before: size / 2, after: (size - 1) / 2,
            alpha: alpha / Float(size), beta: beta, k: k)
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.inputs[0].shape
        guard shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
        var kernel = Kernel(request) { at in sk_response_norm_forward(problem(shape), at[0], at[2], at[1]) }
        kernel.scratchByteCount = shape.elementCount * MemoryLayout<Float>.stride
        return [kernel]
    }
}

/// Inputs: what was normalised, the output gradient.
struct LocalResponseNormGradient: Operation {
    let forward: LocalResponseNorm

    var name: String { "localResponseNorm gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.inputs[0].shape
        guard shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
        var kernel = Kernel(request) { at in
            sk_response_norm_gradient(forward.problem(shape), at[0], at[1], at[3], at[2])
        }
        kernel.scratchByteCount = 2 * shape.elementCount * MemoryLayout<Float>.stride
        return [kernel]
    }
}
