import SaccadeOneDNN

/// How pixels between pixels are made up.
public enum Interpolation: Hashable, Sendable {
    /// The pixel at ⌊i · H / H′⌋, as in PyTorch's `nearest`.
    case nearest
    /// A weighted mean of the four pixels around. Pixels are squares whose edges line up, unless
    /// `alignsCorners` says that the centres of the corner pixels do.
    case bilinear(alignsCorners: Bool = false)
}

extension Tensor {
    /// Images of another size. Nothing is smoothed when they become smaller, as in PyTorch.
    ///
    /// - Parameter size: Height and width of the result; at least 1.
    /// - Returns: `[N, C, size.height, size.width]` for `[N, C, H, W]`.
    /// - Precondition: The images have pixels.
    public func resized(to size: Pair, _ interpolation: Interpolation = .bilinear()) -> Tensor {
        let shape = shape
        return Resize(size: size, interpolation: interpolation)(self).recorded(pullbacks: [
            self: { dy in ResizeGradient(interpolation: interpolation, source: shape)(dy) }
        ])
    }
}

struct Resize: Operation {
    let size: Pair
    let interpolation: Interpolation

    var name: String { "resized" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireImages(inputs[0], for: name)
        guard inputs[0][2] >= 1, inputs[0][3] >= 1, size.height >= 1, size.width >= 1 else {
            throw ShapeError("resized: from \(inputs[0]) to a height and width of \(size)")
        }
        return [[inputs[0][0], inputs[0][1], size.height, size.width]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (source, result) = (request.inputs[0], request.results[0])
        guard result.elementCount > 0 else { return [Kernel(request) { _ in }] }
        if source.arrangement != nil, interpolation.isOneDNNs(from: source.shape, to: result),
            let descriptor = try? Descriptor.resampling(
                .inference, bilinear: interpolation != .nearest, source: source.layout,
                destination: .any(result.dimensions, source.elementType)),
            let primitive = try? Primitive(descriptor, roles: [.source, .destination])
        {
            return [Kernel(primitive, inputs: 1)]
        }
        return [interpolation.maps(from: source.shape, to: result).kernel(request)]
    }
}

/// Input: the output gradient.
struct ResizeGradient: Operation {
    let interpolation: Interpolation
    let source: Shape

    var name: String { "resized gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [source] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let incoming = request.inputs[0]
        guard source.elementCount > 0 else { return [Kernel(request) { _ in }] }
        if let blocks = incoming.blocks, interpolation.isOneDNNs(from: source, to: incoming.shape),
            // The pass whose gradient this is must be told how its source lay: it does not choose.
            let descriptor = try? Descriptor.resampling(
                .backwardData, bilinear: interpolation != .nearest, source: blocks.layout(source),
                destination: blocks.layout(incoming.shape)),
            let primitive = try? Primitive(descriptor, roles: [.dDestination, .dSource])
        {
            return [Kernel(primitive, inputs: 1)]
        }
        return [interpolation.maps(from: source, to: incoming.shape).transposed.kernel(request)]
    }
}

extension Interpolation {
    /// Whether oneDNN's rule chooses the same pixels. Its nearest pixel is that of centres, which is the same
    /// where every pixel is repeated equally often.
    fileprivate func isOneDNNs(from source: Shape, to result: Shape) -> Bool {
        switch self {
        case .nearest: result[2] % source[2] == 0 && result[3] % source[3] == 0
        case .bilinear(let alignsCorners): !alignsCorners
        }
    }

    fileprivate func maps(from source: Shape, to result: Shape) -> SeparableResampling {
        SeparableResampling(rows: map(source[2], result[2]), columns: map(source[3], result[3]))
    }

    /// In float, as PyTorch computes it, so that the same pixels are chosen where it is a close thing.
    private func map(_ inputs: Int, _ outputs: Int) -> AxisMap {
        AxisMap(inputs: inputs, outputs: outputs) { output in
            let scale = Float(inputs) / Float(outputs)
            let place: Float
            switch self {
            case .nearest: return (min(Int(Float(output) * scale), inputs - 1), [1])
            case .bilinear(alignsCorners: true):
                place = outputs > 1 ? Float(output) * (Float(inputs - 1) / Float(outputs - 1)) : 0
            case .bilinear(alignsCorners: false):
                place = max((Float(output) + 0.5) * scale - 0.5, 0)
            }
            let first = min(Int(place), inputs - 1)
            guard first + 1 < inputs else { return (first, [1]) }
            let share = place - Float(first)
            return (first, [1 - share, share])
        }
    }
}
