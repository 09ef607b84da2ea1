import SaccadePrelude

/// The mean of each window.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - kernel: Height and width of the window, in elements; at least 1.
///   - stride: Elements between neighbouring windows; `nil` puts them side by side.
///   - padding: Zeros around the input, at most half of the kernel.
///   - countIncludePad: Whether those zeros count as elements (`count_include_pad` in PyTorch).
///   - ceilMode: Whether a last window that only partly fits counts (`ceil_mode` in PyTorch). What then lies
///     beyond the padding never counts.
/// - Returns: `[N, C, H′, W′]` with `H′ = (H + padding − kernel) / stride + 1`, rounded down or up, where padding
///   counts both sides.
/// - Precondition: The window fits into the padded input.
public func averagePool2D(
    _ x: Tensor, kernel: Pair, stride: Pair? = nil, padding: Padding = .valid, countIncludePad: Bool = true,
    ceilMode: Bool = false
) -> Tensor {
    Pooling(
        kind: .average(countIncludePad: countIncludePad), kernel: kernel, stride: stride ?? kernel, padding: padding,
        dilation: 1, ceilMode: ceilMode
    ).applied(to: x)
}

/// The mean of each plane: `[N, C, H, W]` to `[N, C, 1, 1]`.
///
/// - Precondition: Planes have elements.
public func globalAveragePool2D(_ x: Tensor) -> Tensor { adaptiveAveragePool2D(x, to: 1) }

/// The means of as many windows as the output has places, spread evenly over the plane.
///
/// Output row `i` is the mean of the rows from `⌊i · H / H′⌋` up to, not including, `⌈(i + 1) · H / H′⌉`, as in
/// PyTorch; where H′ does not divide H, windows overlap.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - size: Height and width of the result, at least 1; larger than the input repeats elements.
/// - Returns: `[N, C, size.height, size.width]`.
public func adaptiveAveragePool2D(_ x: Tensor, to size: Pair) -> Tensor {
    require(size.height >= 1 && size.width >= 1, "adaptiveAveragePool2D: a size of \(size) is empty")
    require(
        x.shape.rank == 4 && x.shape[2] >= 1 && x.shape[3] >= 1,
        "adaptiveAveragePool2D: the input must be [N, C, H, W] with H and W at least 1, got \(x.shape)")
    let input = Pair(x.shape[2], x.shape[3])
    if input.height % size.height == 0 && input.width % size.width == 0 {
        let kernel = Pair(input.height / size.height, input.width / size.width)
        return averagePool2D(x, kernel: kernel, countIncludePad: false)
    }
    let axes = zip(input.both, size.both).map { length, outputs in
        AxisMap(inputs: length, outputs: outputs) { output in
            let range = output * length / outputs..<((output + 1) * length + outputs - 1) / outputs
            return (range.lowerBound, range.map { _ in 1 / Float(range.count) })
        }
    }
    return SeparableResampling(rows: axes[0], columns: axes[1]).applied(to: x, name: "adaptiveAveragePool2D")
}
