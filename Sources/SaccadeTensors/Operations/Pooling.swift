import CSaccadeKernels
import SaccadeOneDNN

/// What a pooling window keeps of its elements.
package enum PoolingKind: Hashable, Sendable {
    case maximum
    /// The mean; zeros of the padding count as elements or do not.
    case average(countIncludePad: Bool)
}

/// The largest element, or the mean, of each window over a plane.
///
/// Input: `[N, C, H, W]`. Results: `[N, C, H′, W′]`; for training also what the gradient of a maximum has to
/// know, oneDNN's own note of the argmax.
struct Pooling: Operation {
    let kind: PoolingKind
    let kernel: Pair
    let stride: Pair
    let padding: Padding
    let dilation: Pair
    let ceilMode: Bool
    var keepsIndices = false

    var name: String { kind == .maximum ? "maxPool2D" : "averagePool2D" }

    func window(over input: Shape) throws(ShapeError) -> Window {
        try requireImages(input, for: name)
        let window = try Window(
            kernel: kernel, stride: stride, padding: padding, dilation: dilation, over: (input[2], input[3]),
            ceilMode: ceilMode, for: name)
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
        return keepsIndices ? [shape, shape] : [shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (operand, result) = (request.inputs[0], request.results[0])
        guard result.elementCount > 0, let window = try? window(over: operand.shape) else {
            return [Kernel(request) { _ in }]
        }
        if usesLoops(operand, window) {
            let maximum = PlaneGeometry(operand.shape, window).maximum(request, withIndices: false)
            return [kind == .maximum ? maximum : maps(window, over: operand.shape).kernel(request)]
        }
        do {
            let descriptor = try Pooling.descriptor(
                keepsIndices ? .training : .inference, kind, operand.layout, result, window)
            let roles: [Role] = [.source, .destination] + (keepsIndices ? [.workspace] : [])
            return [Kernel(try Primitive(descriptor, roles: roles), inputs: 1)]
        } catch {
            unavailable("\(name) of \(operand.shape)", error)
        }
    }

    /// Whether our own loops do it: oneDNN's are for images in its own order, have only a slow reference for
    /// windows with holes, and count what rounding up added to the padding.
    func usesLoops(_ input: Operand, _ window: Window) -> Bool {
        if keepsIndices { return false }
        return input.arrangement == nil || !suitsOneDNN(window, over: input.shape)
    }

    /// Whether oneDNN has fast code for the window, given images in an order that it likes.
    func suitsOneDNN(_ window: Window, over input: Shape) -> Bool {
        window.dilation == [1, 1] && !isUneven(window, over: input)
    }

    /// Whether padding counts, but less of it than there is.
    private func isUneven(_ window: Window, over input: Shape) -> Bool {
        kind == .average(countIncludePad: true) && window.paddingAfter != countedPadding(over: input)
    }

    /// Padding below and to the right without what rounding up adds.
    private func countedPadding(over input: Shape) -> [Int] {
        let window = try? Window(
            kernel: kernel, stride: stride, padding: padding, dilation: dilation, over: (input[2], input[3]), for: name)
        return window?.paddingAfter ?? [0, 0]
    }

    /// The means as sums along rows and columns.
    func maps(_ window: Window, over input: Shape) -> SeparableResampling {
        let counted = countedPadding(over: input)
        let axes = (0..<2).map { axis in
            let length = input[2 + axis]
            return AxisMap(inputs: length, outputs: window.outputLength(axis, length)) { output in
                let start = output * window.stride[axis] - window.paddingBefore[axis]
                let real = max(start, 0)..<min(start + window.kernel[axis], length)
                let divisor =
                    kind == .average(countIncludePad: true)
                    ? min(start + window.kernel[axis], length + counted[axis]) - start : real.count
                return (real.lowerBound, real.map { _ in 1 / Float(divisor) })
            }
        }
        return SeparableResampling(rows: axes[0], columns: axes[1])
    }

    /// Pools, and records the gradient.
    func applied(to x: Tensor) -> Tensor {
        guard Tape.current != nil else { return self(x) }
        var pooling = self
        pooling.keepsIndices = kind == .maximum
        let results = pooling.results(of: [x])
        let indices = Array(results.dropFirst())
        if x.isTraced {
            let gradient = PoolingGradient(pooling: self, source: nil)
            return results[0].recorded(pullbacks: [x: { dy in gradient.results(of: [x] + indices + [dy])[0] }])
        }
        // How `x` lies is all there is to know of it: its elements need not be kept.
        let gradient = PoolingGradient(pooling: self, source: x.operand)
        return results[0].recorded(pullbacks: [x: { dy in gradient.results(of: indices + [dy])[0] }])
    }

    /// oneDNN's pooling of inputs that lie as `source` says.
    static func descriptor(
        _ pass: Pass, _ kind: PoolingKind, _ source: Layout, _ result: Shape, _ window: Window
    ) throws(OneDNNError) -> Descriptor {
        let type = source.elementType ?? .float32
        let forward = try Descriptor.pooling(
            pass == .inference ? .inference : .training, kind.algorithm, source: source,
            destination: .any(result.dimensions, type), kernel: window.kernel, window: window.parameters)
        guard pass == .backwardData, let destination = forward.layout(of: .destination) else { return forward }
        // The gradients lie as the tensors do: oneDNN's note of the argmax depends on it.
        return try .pooling(
            .backwardData, kind.algorithm, source: source, destination: destination, kernel: window.kernel,
            window: window.parameters)
    }
}

/// The gradient of a pooling. Inputs: in a trace what was pooled, of which only the layout counts; for a maximum
/// the note of the argmax; the output gradient.
struct PoolingGradient: Operation {
    let pooling: Pooling
    /// The shape and the order of what was pooled; `nil` in a trace, where the order is settled later.
    let source: Operand?

    var name: String { "\(pooling.name) gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [source?.shape ?? inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        guard let source else { return ignoringFirstInput(request) }
        return kernels(request, for: source)
    }

    /// The kernel for the inputs behind the first.
    private func ignoringFirstInput(_ request: KernelRequest) -> [Kernel] {
        var rest = request
        let source = rest.inputs.removeFirst()
        rest.constantInputs = Set(request.constantInputs.filter { $0 > 0 }.map { $0 - 1 })
        return kernels(rest, for: source).map { inner in
            var kernel = Kernel(inputs: [source.arrangement] + inner.inputs, results: inner.results) { at in
                inner.run(at: at.base + 1)
            }
            kernel.scratchByteCount = inner.scratchByteCount
            kernel.label = inner.label
            return kernel
        }
    }

    private func kernels(_ request: KernelRequest, for source: Operand) -> [Kernel] {
        guard source.shape.elementCount > 0, let window = try? pooling.window(over: source.shape) else {
            return [Kernel(request) { _ in }]
        }
        let isMaximum = pooling.kind == .maximum
        if !isMaximum && pooling.usesLoops(source, window) {
            return [pooling.maps(window, over: source.shape).transposed.kernel(request)]
        }
        let result = Pooling.resultShape(window, over: source.shape)
        do {
            let primitive = try Primitive(
                Pooling.descriptor(.backwardData, pooling.kind, source.layout, result, window),
                roles: (isMaximum ? [.workspace] : []) + [.dDestination, .dSource])
            return [Kernel(primitive, inputs: request.inputs.count)]
        } catch {
            unavailable("\(name) of \(source.shape)", error)
        }
    }
}

/// Planes and a window over them, as the loops in C take them.
struct PlaneGeometry: Sendable {
    private let bridged: sk_planes

    init(_ input: Shape, _ window: Window) {
        bridged = sk_planes(
            planes: input[0] * input[1], height: input[2], width: input[3],
            output_height: window.outputLength(0, input[2]), output_width: window.outputLength(1, input[3]),
            kernel: (window.kernel[0], window.kernel[1]), stride: (window.stride[0], window.stride[1]),
            dilation: (window.dilation[0], window.dilation[1]),
            padding: (window.paddingBefore[0], window.paddingBefore[1]))
    }

    /// The largest element of each window and its place, of images in blocks.
    func indexedMaximum(in blocks: ChannelBlocks, of input: Shape, to result: Shape) -> Kernel {
        let bridged = bridged
        let lanes = blocks.bridged(input)
        let (source, made) = (blocks.arrangement(input), blocks.arrangement(result))
        return Kernel(inputs: [source], results: [made, made]) { at in
            sk_max_pool_blocks(bridged, lanes, at[0], at[1], at[2])
        }
    }

    /// The largest element of each window, in parts that each keep two rows of columns' maxima.
    func maximum(_ request: KernelRequest, withIndices: Bool) -> Kernel {
        let parts = min(64, max(bridged.planes * bridged.output_height, 1))
        var kernel = Kernel(request) { at in
            if withIndices {
                sk_max_pool(bridged, parts, at[0], at[3], at[1], at[2])
            } else {
                sk_max_pool(bridged, parts, at[0], at[2], at[1], nil)
            }
        }
        kernel.scratchByteCount = 2 * parts * bridged.width * MemoryLayout<Float>.stride
        return kernel
    }
}
