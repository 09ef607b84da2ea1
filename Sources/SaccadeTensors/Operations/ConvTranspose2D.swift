import SaccadePrelude

/// The map that is a convolution's gradient: spreads each input element over the output, weighted by the
/// kernel, and sums where the copies overlap. Also called up-convolution (U-Net) or, misleadingly, deconvolution.
///
/// - Parameters:
///   - input: `[N, C, H, W]`.
///   - weight: `[C, O / groups, KH, KW]`, as PyTorch holds it.
///   - bias: `[O]`, added to every position.
///   - stride: Output elements between the copies of neighbouring input elements; at least 1.
///   - padding: Elements cut off from each side of the output.
///   - outputPadding: Elements added to the bottom and the right, because several input sizes share one
///     output size; smaller than the stride or the dilation.
///   - dilation: Output elements between neighbouring kernel elements.
///   - groups: Parts that the channels are cut into, each with kernels of its own.
/// - Returns: `[N, O, H′, W′]` with `H′ = (H − 1) · stride − 2 · padding + dilation · (KH − 1) + outputPadding + 1`.
/// - Precondition: The channels agree, and the output has a positive size.
public func convTranspose2D(
    _ input: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Pair = 1, padding: Pair = 0,
    outputPadding: Pair = 0, dilation: Pair = 1, groups: Int = 1, activation: Activation? = nil
) -> Tensor {
    require(weight.shape.rank == 4, "convTranspose2D: weights must be [C, O, KH, KW], got \(weight.shape)")
    return Convolution(
        kernel: Pair(weight.shape[2], weight.shape[3]), stride: stride, padding: .pixels(padding),
        dilation: dilation, groups: groups, hasBias: bias != nil, activation: activation,
        transposedOutputPadding: outputPadding
    ).applied(input, weight, bias)
}
