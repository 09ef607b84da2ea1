import SaccadePrelude

/// Sets elements to zero at random and scales the others so that the mean stays.
///
/// Srivastava et al., "Dropout" (2014). To be used while training only; the layer knows when that is.
///
/// - Parameters:
///   - probability: Of an element to become zero, in `0...1`.
///   - generator: Where the choice comes from; two elements share one number.
/// - Returns: A tensor in `x`'s shape.
public func dropout(_ x: Tensor, probability: Float, using generator: inout some RandomNumberGenerator) -> Tensor {
    require((0...1).contains(probability), "dropout: a probability is in 0...1, got \(probability)")
    guard probability > 0 else { return x }
    // 2³² · probability of the 2³² numbers mean zero.
    let threshold = UInt64((Double(probability) * 0x1p32).rounded())
    let kept = probability < 1 ? 1 / (1 - probability) : 0
    let mask = Tensor(shape: x.shape) { elements in
        var bits: UInt64 = 0
        for index in elements.indices {
            bits = index % 2 == 0 ? generator.next() : bits >> 32
            elements[index] = bits & 0xFFFF_FFFF < threshold ? 0 : kept
        }
    }
    // In the order of what it multiplies, now and once more for the gradient.
    return x * mask.arranged(x.operand.blocks?.arrangement(x.shape))
}
