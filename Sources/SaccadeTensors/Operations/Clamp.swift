import SaccadePrelude

/// The nearest number between two bounds, elementwise. The gradient is 1 between the bounds, 0 at them and beyond.
///
/// - Precondition: `lower` is not above `upper`.
public func clamp(_ x: Tensor, _ lower: Float, _ upper: Float) -> Tensor {
    require(lower <= upper, "clamp: the lower bound \(lower) is above the upper one, \(upper)")
    return UnaryMap(unary: .clamp(lower: lower, upper: upper), name: "clamp")(x).recorded(pullbacks: [
        x: { dy in
            dy * Binary.less(Tensor([lower], shape: []), x) * Binary.less(x, Tensor([upper], shape: []))
        }
    ])
}
