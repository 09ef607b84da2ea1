import CSaccadeKernels
import SaccadeOneDNN

/// The largest element, or the mean, of each window over a plane.
///
/// Input: `[N, C, H, W]`. Results: `[N, C, H′, W′]`; for training also what the gradient of a maximum has to
/// know, oneDNN's own note of the winners.
struct Pooling: Operation {
    let kind: PoolingKind
    let kernel: Pair
    let stride: Pair
    let padding: Padding
    let dilation: Pair
    let roundsUp: Bool
    var keepsWinners = false

    var name: String { kind == .maximum ? "maxPool2D" : "averagePool2D" }

    func window(over input: Shape) throws(ShapeError) -> Window {
        try requirePictures(input, for: name)
        let window = try Window(
            kernel: kernel, stride: stride, padding: padding, dilation: dilation, over: (input[2], input[3]),
            roundsUp: roundsUp, for: name)
        for axis in 0..<2 where 2 * window.paddingBefore[axis] > window.extent(axis) {
            throw ShapeError(
                "\(name): padding \(window.paddingBefore[axis]) is more than half of a kernel of "
                    + "\(window.extent(axis)): some windows would hold nothing but padding")
        }
        return window
    }

    static func resultShape(_ window: Window, over input: Shape) -> Shape {
        [input[0], input[1], window.outputLength(0, input[2]), window.outputLength(1, input[3])]
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let shape = Pooling.resultShape(try window(over: inputs[0]), over: inputs[0])
        return keepsWinners ? [shape, shape] : [shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (operand, result) = (request.inputs[0], request.results[0])
        guard result.elementCount > 0, let window = try? window(over: operand.shape) else {
            return [Kernel(request) { _ in }]
        }
        if let loop = loop(request, window) { return [loop] }
        do {
            let descriptor = try Pooling.descriptor(
                keepsWinners ? .training : .inference, kind, operand.layout, result, window)
            let roles: [Role] = [.source, .destination] + (keepsWinners ? [.workspace] : [])
            return [Kernel(try Primitive(descriptor, roles: roles), inputs: 1)]
        } catch {
            unavailable("\(name) of \(operand.shape)", error)
        }
    }

    /// What oneDNN lacks, or has only a slow reference of.
    private func loop(_ request: KernelRequest, _ window: Window) -> Kernel? {
        let input = request.inputs[0].shape
        if kind == .maximum {
            guard window.dilation != [1, 1] else { return nil }
            let geometry = PlaneGeometry(input, window)
            return Kernel(request) { at in sk_max_pool(geometry.bridged, at[0], at[1], nil) }
        }
        return maps(window, over: input).map { $0.kernel(request) }
    }

    /// Averages that count the padding, but not what rounding up added to it, divide by different numbers at
    /// different places. `nil` where there are none such.
    func maps(_ window: Window, over input: Shape) -> SeparableMap? {
        guard kind == .average(countsPadding: true), window.paddingAfter != window.paddingBefore, padding != .same
        else { return nil }
        let axes = (0..<2).map { axis in
            AxisMap(inputs: input[2 + axis], outputs: window.outputLength(axis, input[2 + axis])) { output in
                let start = output * window.stride[axis] - window.paddingBefore[axis]
                let end = min(start + window.kernel[axis], input[2 + axis] + window.paddingBefore[axis])
                let real = max(start, 0)..<min(end, input[2 + axis])
                return (real.lowerBound, real.map { _ in 1 / Float(end - start) })
            }
        }
        return SeparableMap(rows: axes[0], columns: axes[1])
    }

    /// Pools, and records the gradient.
    func applied(to x: Tensor) -> Tensor {
        guard Tape.current != nil, let window = try? window(over: x.shape) else { return self(x) }
        if let maps = maps(window, over: x.shape) { return maps.applied(to: x, name: name) }
        var pooling = self
        pooling.keepsWinners = kind == .maximum
        let results = pooling.results(of: [x])
        let gradient = PoolingGradient(kind: kind, window: window)
        return results[0].recorded(pullbacks: [
            x: { dy in gradient.results(of: [x] + results.dropFirst() + [dy])[0] }
        ])
    }

    /// oneDNN's pooling of inputs that lie as `source` says.
    static func descriptor(
        _ pass: Pass, _ kind: PoolingKind, _ source: Layout, _ result: Shape, _ window: Window
    ) throws(OneDNNError) -> Descriptor {
        let type = source.elementType ?? .float32
        let forward = try Descriptor.pooling(
            pass == .inference ? .inference : .training, kind, source: source,
            destination: .any(result.dimensions, type), window: window)
        guard pass == .backwardData, let destination = forward.layout(of: .destination) else { return forward }
        // The gradients lie as the tensors do: oneDNN's note of the winners depends on it.
        return try .pooling(.backwardData, kind, source: source, destination: destination, window: window)
    }
}

/// The gradient of a pooling. Inputs: what was pooled, of which only the layout counts; for a maximum the note
/// of the winners; the output gradient.
struct PoolingGradient: Operation {
    let kind: PoolingKind
    let window: Window

    var name: String { kind == .maximum ? "maxPool2D gradient" : "averagePool2D gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let source = request.inputs[0]
        guard source.shape.elementCount > 0 else { return [Kernel(request) { _ in }] }
        let result = Pooling.resultShape(window, over: source.shape)
        do {
            let primitive = try Primitive(
                Pooling.descriptor(.backwardData, kind, source.layout, result, window),
                roles: (kind == .maximum ? [.workspace] : []) + [.dDestination, .dSource])
            let arguments = Kernel(primitive, inputs: request.inputs.count - 1)
            var kernel = Kernel(
                inputs: [source.arrangement] + arguments.inputs, results: arguments.results
            ) { at in
                primitive.run(at: at.base + 1)
            }
            kernel.scratchByteCount = arguments.scratchByteCount
            kernel.label = arguments.label
            return [kernel]
        } catch {
            unavailable("\(name) of \(source.shape)", error)
        }
    }
}

/// Planes and a window over them, as the loops in C take them.
struct PlaneGeometry: Sendable {
    let bridged: sk_planes

    init(_ input: Shape, _ window: Window) {
        bridged = sk_planes(
            planes: input[0] * input[1], height: input[2], width: input[3],
            output_height: window.outputLength(0, input[2]), output_width: window.outputLength(1, input[3]),
            kernel: (window.kernel[0], window.kernel[1]), stride: (window.stride[0], window.stride[1]),
            dilation: (window.dilation[0], window.dilation[1]),
            padding: (window.paddingBefore[0], window.paddingBefore[1]))
    }
}
