import SaccadePrelude

/// Puts each element back where a max pooling took it from; everything else is zero.
///
/// Where several elements name one place, the last in row-major order stays, as in PyTorch on a CPU.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - indices: Places in planes of the result, row · width + column, in `x`'s shape: those that
///     ``maxPool2DWithIndices(_:kernel:stride:padding:dilation:roundsUp:)`` gives.
///   - size: Height and width of the result.
/// - Returns: `[N, C, size.height, size.width]`.
/// - Precondition: Every index lies in a plane of the result, which has at most 2²⁴ elements.
public func maxUnpool2D(_ x: Tensor, indices: Tensor, to size: Pair) -> Tensor {
    require(x.shape.rank == 4, "maxUnpool2D: the input must be [N, C, H, W], got \(x.shape)")
    require(indices.shape == x.shape, "maxUnpool2D: \(indices.shape) indices for \(x.shape) elements")
    require(size.height >= 0 && size.width >= 0, "maxUnpool2D: a size of \(size) is negative")
    let (places, length, shape) = (indices.planes, size.product, x.shape)
    require(length <= 1 << 24, "maxUnpool2D: planes of \(size) are too large for a float to count (2²⁴)")
    let scatter = Scatter(axis: 1, length: length, combines: .last, name: "maxUnpool2D")
    let result: Shape = [shape[0], shape[1], size.height, size.width]
    return scatter(places, x.planes.detached).reshaped(to: result).recorded(pullbacks: [
        x: { dy in Gather(axis: 1)(dy.planes, places).reshaped(to: shape) }
    ])
}
