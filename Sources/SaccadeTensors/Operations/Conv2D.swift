import SaccadePrelude

/// Slides `weight` over `input` and takes a dot product at every position.
///
/// This is what deep learning calls convolution and mathematics calls cross-correlation: the kernel
/// is not flipped.
///
/// - Parameters:
///   - input: `[N, C, H, W]`.
///   - weight: `[O, C / groups, KH, KW]`.
///   - bias: `[O]`, added to every position.
///   - stride: Elements between neighbouring positions; at least 1.
///   - padding: Zeros around the input.
///   - dilation: Elements between neighbouring kernel elements; 1 is a dense kernel.
///   - groups: Parts that the channels are cut into, each with kernels of its own.
///   - activation: A function applied to the result in the same pass over memory.
/// - Returns: `[N, O, H′, W′]` with `H′ = (H + padding − dilation · (KH − 1) − 1) / stride + 1`, rounded down,
///   where padding counts both sides.
/// - Precondition: The channels agree, and the kernel fits in the padded input.
public func conv2D(
    _ input: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Pair = 1, padding: Padding = .valid,
    dilation: Pair = 1, groups: Int = 1, activation: Activation? = nil
) -> Tensor {
    require(weight.shape.rank == 4, "conv2D: weights must be [O, C, KH, KW], got \(weight.shape)")
    return Convolution(
        kernel: Pair(weight.shape[2], weight.shape[3]), stride: stride, padding: padding, dilation: dilation,
        groups: groups, hasBias: bias != nil, activation: activation
    ).applied(input, weight, bias)
}
