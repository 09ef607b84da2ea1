import CSaccadeKernels

/// Every sample to mean 0 and variance 1 over its last axes, then scaled and shifted element by element.
/// Ba, Kiros and Hinton, "Layer Normalization" (2016).
///
/// - Parameters:
///   - x: `[…, D…]`.
///   - scale: `[D…]`: the last axes of `x`, over which is normalised.
///   - shift: The same shape.
///   - epsilon: Added to the variance; positive.
/// - Returns: A tensor in `x`'s shape.
/// - Precondition: `x`'s shape ends with the shape of `scale`, which has elements.
public func layerNorm(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5) -> Tensor {
    let results = LayerNorm(epsilon: epsilon).results(of: [x, scale, shift])
    let (means, deviations) = (results[1], results[2])
    return results[0].recorded(from: [x, scale, shift]) { dy, _ in
        LayerNormGradient().results(of: [x, scale, means, deviations, dy])
    }
}

/// Inputs: `[…, D…]`, scale, shift. Results: the same shape, and for each row its mean and the reciprocal of its
/// standard deviation.
struct LayerNorm: Operation {
    let epsilon: Float

    var name: String { "layerNorm" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let (x, scale) = (inputs[0].dimensions, inputs[1].dimensions)
        guard x.suffix(scale.count) == scale[...], inputs[1].elementCount > 0, inputs[2] == inputs[1] else {
            throw ShapeError(
                "layerNorm: an input \(inputs[0]) does not end with a scale's \(inputs[1]) and a shift's \(inputs[2])")
        }
        let rows = Shape(Array(x.dropLast(scale.count)))
        return [inputs[0], rows, rows]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (rows, length, epsilon) = (
            request.results[1].elementCount, request.inputs[1].shape.elementCount, epsilon
        )
        return [
            Kernel(request) { at in
                sk_layer_norm(rows, length, epsilon, at[0], at[1], at[2], at[3], at[4], at[5])
            }
        ]
    }
}

/// Inputs: `[…, D…]`, scale, means, reciprocal deviations, output gradient. Results: gradients of input, scale
/// and shift.
struct LayerNormGradient: Operation {
    var name: String { "layerNorm gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0], inputs[1], inputs[1]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (rows, length) = (request.inputs[2].shape.elementCount, request.inputs[1].shape.elementCount)
        return [
            Kernel(request) { at in
                sk_layer_norm_gradient(rows, length, at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7])
            }
        ]
    }
}
