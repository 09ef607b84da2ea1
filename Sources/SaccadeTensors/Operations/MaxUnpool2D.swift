import CSaccadeKernels
import SaccadePrelude

/// Puts each element back where a max pooling took it from; everything else is zero.
///
/// Where several elements name one place, the last in row-major order stays, as in PyTorch on a CPU.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - indices: Places in planes of the result, row · width + column, in `x`'s shape: those that
///     ``maxPool2DWithIndices(_:kernel:stride:padding:dilation:ceilMode:)`` gives.
///   - size: Height and width of the result.
/// - Returns: `[N, C, size.height, size.width]`.
/// - Precondition: Every index lies in a plane of the result, which has at most 2²⁴ elements.
public func maxUnpool2D(_ x: Tensor, indices: Tensor, to size: Pair) -> Tensor {
    require(x.shape.rank == 4, "maxUnpool2D: the input must be [N, C, H, W], got \(x.shape)")
    require(indices.shape == x.shape, "maxUnpool2D: \(indices.shape) indices for \(x.shape) elements")
    require(size.height >= 0 && size.width >= 0, "maxUnpool2D: a size of \(size) is negative")
    return Unpooling(size: size, combines: .last, name: "maxUnpool2D")(x, indices).recorded(pullbacks: [
        x: { dy in dy.gradientOfMaxUnpool2D(indices: indices) }
    ])
}

extension Tensor {
    /// What ``maxUnpool2D(_:indices:to:)`` makes of the gradient of its result: each element's is that of the place where it
    /// went.
    package func gradientOfMaxUnpool2D(indices: Tensor) -> Tensor {
        PlaneGather(name: "maxUnpool2D gradient")(self, indices)
    }
}

/// Sends the elements of images to places in planes of zeros.
///
/// Inputs: `[N, C, h, w]`, and the place of each element in its plane, row · W + column. Result: `[N, C, H, W]`, in the order
/// of the elements.
struct Unpooling: Operation {
    enum Combination: Sendable {
        /// Elements that meet are added, in row-major order.
        case sum
        /// Of elements that meet the last one in row-major order stays.
        case last
    }

    let size: Pair
    let combines: Combination
    let name: String

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireImages(inputs[0], for: name)
        guard inputs[1] == inputs[0] else {
            throw ShapeError("\(name): \(inputs[1]) indices for \(inputs[0]) elements")
        }
        guard size.height >= 0, size.width >= 0, size.product <= 1 << 24 else {
            throw ShapeError("\(name): places in planes of \(size) are too many for a float to count (2²⁴)")
        }
        return [[inputs[0][0], inputs[0][1], size.height, size.width]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, result) = (request.inputs[0].shape, request.results[0])
        let (count, length, adds) = (shape[2] * shape[3], size.product, combines == .sum ? 1 as Int32 : 0)
        let name = name
        guard result.elementCount > 0, let blocks = request.inputs[0].blocks ?? request.inputs[1].blocks else {
            return [
                Kernel(request) { at in
                    let wrong = sk_scatter(shape[0] * shape[1], length, count, 1, at[1], at[0], at[2], adds)
                    requireIndices(at[1], wrong, below: length, for: name)
                }
            ]
        }
        let (source, lanes) = (blocks.arrangement(shape), blocks.bridged(shape))
        return [
            Kernel(inputs: [source, source], results: [blocks.arrangement(result)]) { at in
                let wrong = sk_scatter_blocks(lanes, length, count, at[1], at[0], at[2], adds)
                requireIndices(at[1], wrong, below: length, for: name)
            }
        ]
    }
}

/// Fetches elements of images by their places in their planes.
///
/// Inputs: `[N, C, H, W]`, and places, row · W + column, `[N, C, h, w]`. Result: the shape of the places.
struct PlaneGather: Operation {
    let name: String

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireImages(inputs[0], for: name)
        guard inputs[1].rank == 4, inputs[1][0] == inputs[0][0], inputs[1][1] == inputs[0][1] else {
            throw ShapeError("\(name): \(inputs[1]) indices for images \(inputs[0])")
        }
        return [inputs[1]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, result) = (request.inputs[0].shape, request.results[0])
        let (length, count, name) = (shape[2] * shape[3], result[2] * result[3], name)
        guard result.elementCount > 0, let blocks = request.inputs[0].blocks ?? request.inputs[1].blocks else {
            return [
                Kernel(request) { at in
                    let wrong = sk_gather(shape[0] * shape[1], length, count, 1, at[0], at[1], at[2])
                    requireIndices(at[1], wrong, below: length, for: name)
                }
            ]
        }
        let (made, lanes) = (blocks.arrangement(result), blocks.bridged(shape))
        return [
            Kernel(inputs: [blocks.arrangement(shape), made], results: [made]) { at in
                let wrong = sk_gather_blocks(lanes, length, count, at[0], at[1], at[2])
                requireIndices(at[1], wrong, below: length, for: name)
            }
        ]
    }
}

extension ChannelBlocks {
    /// Images of a shape, as the loops in C take them.
    func bridged(_ shape: Shape) -> sk_blocks {
        sk_blocks(images: shape[0], channels: shape[1], width: width ?? shape[1])
    }
}
