import SaccadeOneDNN

/// Batch normalisation while training: every channel to mean 0 and variance 1 over the batch, then scaled and
/// shifted. Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 1.
///
/// - Parameters:
///   - x: `[N, C]`, `[N, C, L]` or `[N, C, H, W]`.
///   - scale: `[C]`, γ in the paper.
///   - shift: `[C]`, β in the paper.
///   - epsilon: Added to the variance; positive.
/// - Returns: The result in `x`'s shape, and the batch's mean and variance, both `[C]`. The variance is the
///   biased one; running averages take it times n / (n − 1), where n = N · H · W.
/// - Precondition: There is at least one value for each channel.
public func batchNorm(
    _ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5
) -> (result: Tensor, mean: Tensor, variance: Tensor) {
    let results = BatchNormTraining(epsilon: epsilon).results(of: [x, scale, shift])
    let (mean, variance) = (results[1], results[2])
    let gradient = BatchNormGradient(epsilon: epsilon, statisticsAreGiven: false)
    let y = results[0].recorded(from: [x, scale, shift]) { dy, _ in
        gradient.results(of: [shift, x, scale, mean, variance, dy])
    }
    return (y, mean, variance)
}

/// Batch normalisation with a mean and a variance from elsewhere: running averages when predicting, or those of
/// a network that is kept frozen while others train. `(x − mean) / √(variance + ε) · scale + shift`.
///
/// - Parameters:
///   - x: `[N, C]`, `[N, C, L]` or `[N, C, H, W]`.
///   - scale: `[C]`.
///   - shift: `[C]`.
///   - mean: `[C]`; a constant.
///   - variance: `[C]`, not negative; a constant.
///   - epsilon: Added to the variance; not negative.
/// - Returns: A tensor in `x`'s shape.
public func batchNorm(
    _ x: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor, epsilon: Float = 1e-5
) -> Tensor {
    let operation = BatchNormInference(epsilon: epsilon)
    let y = operation(x, scale, shift, mean, variance)
    if scale.slot == nil, shift.slot == nil {
        // The gradient of `x` is the same map without its shifts; what went in need not be kept for it.
        return y.recorded(pullbacks: [
            x: { dy in
                let zeros = Tensor(filledWith: 0, shape: variance.shape)
                return operation(dy, scale, zeros, zeros, variance)
            }
        ])
    }
    let gradient = BatchNormGradient(epsilon: epsilon, statisticsAreGiven: true)
    return y.recorded(from: [x, scale, shift]) { dy, _ in gradient.results(of: [shift, x, scale, mean, variance, dy]) }
}

/// Inputs: `[N, C, …]`, scale, shift, mean, variance.
struct BatchNormInference: Operation {
    let epsilon: Float

    var name: String { "batchNorm" }

    /// The same map as `x · scale + shift`, from scale, shift, mean and variance.
    func scaleAndShift(of statistics: [Tensor]) -> (scale: [Float], shift: [Float]) {
        let (weight, bias) = (statistics[0].scalars, statistics[1].scalars)
        let (mean, variance) = (statistics[2].scalars, statistics[3].scalars)
        let scale = zip(weight, variance).map { $0 / ($1 + epsilon).squareRoot() }
        return (scale, scale.indices.map { bias[$0] - mean[$0] * scale[$0] })
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireChannels(inputs, for: name)
        return [inputs[0]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        guard request.results[0].elementCount > 0 else { return [Kernel(request) { _ in }] }
        return [
            batchNormKernel(
                .inference, request, epsilon, statisticsAreGiven: true,
                roles: [.source, .scale, .shift, .mean, .variance, .destination])
        ]
    }
}

/// Inputs: `[N, C, …]`, scale, shift. Results: the same shape as the input, mean, variance.
struct BatchNormTraining: Operation {
    let epsilon: Float

    var name: String { "batchNorm" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireChannels(inputs, for: name)
        guard inputs[0].elementCount > 0 else {
            throw ShapeError("batchNorm: a batch of shape \(inputs[0]) has no mean")
        }
        return [inputs[0], inputs[1], inputs[1]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        [
            batchNormKernel(
                .training, request, epsilon, statisticsAreGiven: false,
                roles: [.source, .scale, .shift, .destination, .mean, .variance])
        ]
    }
}

/// Inputs: shift, `[N, C, …]`, scale, mean, variance, output gradient. Results: gradients of input, scale, shift.
struct BatchNormGradient: Operation {
    let epsilon: Float
    let statisticsAreGiven: Bool

    var name: String { "batchNorm gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[1], inputs[2], inputs[2]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let channels = request.results[1].elementCount
        guard request.results[0].elementCount > 0 else {
            return [
                Kernel(request) { at in
                    at[7].update(repeating: 0, count: channels)
                    at[8].update(repeating: 0, count: channels)
                }
            ]
        }
        return [
            batchNormKernel(
                .backwardData, request, epsilon, statisticsAreGiven: statisticsAreGiven,
                roles: [.shift, .source, .scale, .mean, .variance, .dDestination, .dSource, .dScale, .dShift])
        ]
    }
}

private func requireChannels(_ inputs: [Shape], for name: String) throws(ShapeError) {
    guard (2...4).contains(inputs[0].rank) else {
        throw ShapeError("\(name): the input must be [N, C] to [N, C, H, W], got \(inputs[0])")
    }
    for shape in inputs.dropFirst() where shape != [inputs[0][1]] {
        throw ShapeError("\(name): \(inputs[0]) has \(inputs[0][1]) channels, not \(shape)")
    }
}

private func batchNormKernel(
    _ pass: Pass, _ request: KernelRequest, _ epsilon: Float, statisticsAreGiven: Bool, roles: [Role]
) -> Kernel {
    let source = request.inputs[pass == .backwardData ? 1 : 0]
    do {
        let descriptor = try Descriptor.batchNormalization(
            pass, source: source.layout, epsilon: epsilon, statisticsAreGiven: statisticsAreGiven)
        guard pass == .backwardData, !Descriptor.batchNormalizationGradientTakesShift else {
            return Kernel(try Primitive(descriptor, roles: roles), inputs: request.inputs.count)
        }
        let primitive = try Primitive(descriptor, roles: Array(roles.dropFirst()))
        let arguments = Kernel(primitive, inputs: request.inputs.count - 1)
        var kernel = Kernel(inputs: [nil] + arguments.inputs, results: arguments.results) { at in
            primitive.run(at: at.base + 1)
        }
        kernel.scratchByteCount = arguments.scratchByteCount
        return kernel
    } catch {
        unavailable("batch normalisation of \(source.shape)", error)
    }
}
