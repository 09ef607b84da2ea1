/// The largest element of each window. Padding never wins.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - kernel: Height and width of the window, in elements; at least 1.
///   - stride: Elements between neighbouring windows; `nil` puts them side by side.
///   - padding: Elements around the input, at most half of the kernel.
///   - dilation: Elements between neighbours in the window; 1 is dense.
///   - ceilMode: Whether a last window that only partly fits counts (`ceil_mode` in PyTorch).
/// - Returns: `[N, C, H′, W′]` with `H′ = (H + padding − dilation · (kernel − 1) − 1) / stride + 1`, rounded down
///   or up, where padding counts both sides.
/// - Precondition: The window fits into the padded input.
public func maxPool2D(
    _ x: Tensor, kernel: Pair, stride: Pair? = nil, padding: Padding = .valid, dilation: Pair = 1,
    ceilMode: Bool = false
) -> Tensor {
    // Of windows with holes oneDNN has only a slow reference, and it crawls over large row-major planes. Our own
    // loop notes the indices.
    let isLarge = !x.isTraced && x.arrangement == nil && x.shape.rank == 4 && x.shape[2] * x.shape[3] > 1 << 15
    if Tape.current != nil, isLarge || dilation != 1 {
        return maxPool2DWithIndices(
            x, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode
        ).result
    }
    return Pooling(
        kind: .maximum, kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation,
        ceilMode: ceilMode
    ).applied(to: x)
}

/// ``maxPool2D(_:kernel:stride:padding:dilation:ceilMode:)`` that also tells where each maximum was, for
/// ``maxUnpool2D(_:indices:to:)``.
///
/// - Returns: The result, `[N, C, H′, W′]`, and in the same shape each maximum's place in its plane, row · W +
///   column; of equals the first wins.
/// - Precondition: The window fits, and a plane has at most 2²⁴ elements.
public func maxPool2DWithIndices(
    _ x: Tensor, kernel: Pair, stride: Pair? = nil, padding: Padding = .valid, dilation: Pair = 1,
    ceilMode: Bool = false
) -> (result: Tensor, indices: Tensor) {
    let pooling = Pooling(
        kind: .maximum, kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation,
        ceilMode: ceilMode)
    let results = IndexedMaxPooling(pooling: pooling).results(of: [x])
    let (shape, indices) = (x.shape, results[1])
    let y = results[0].recorded(pullbacks: [
        x: { dy in
            Unpooling(size: Pair(shape[2], shape[3]), combines: .sum, name: "maxPool2DWithIndices gradient")(
                dy, indices)
        }
    ])
    return (y, indices)
}

/// Maxima and their places. Input: `[N, C, H, W]`. Results: two of `[N, C, H′, W′]`.
struct IndexedMaxPooling: Operation {
    let pooling: Pooling

    var name: String { "maxPool2DWithIndices" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let shape = try pooling.resultShapes(inputs)[0]
        guard inputs[0][2] * inputs[0][3] <= 1 << 24 else {
            throw ShapeError("\(name): places in planes of \(inputs[0]) are too many for a float to count (2²⁴)")
        }
        return [shape, shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let input = request.inputs[0].shape
        guard request.results[0].elementCount > 0, let window = try? pooling.window(over: input) else {
            return [Kernel(request) { _ in }]
        }
        let geometry = PlaneGeometry(input, window)
        if let blocks = request.inputs[0].blocks {
            return [geometry.indexedMaximum(in: blocks, of: input, to: request.results[0])]
        }
        return [geometry.maximum(request, withIndices: true)]
    }
}
