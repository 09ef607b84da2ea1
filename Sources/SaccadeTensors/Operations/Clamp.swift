import SaccadeOneDNN

/// The nearest number between two bounds, elementwise. At the bounds the gradient is 1, beyond them 0.
///
/// - Precondition: `lower` is not above `upper`.
public func clamp(_ x: Tensor, _ lower: Float, _ upper: Float) -> Tensor {
    precondition(lower <= upper, "clamp: the lower bound \(lower) is above the upper one, \(upper)")
    return UnaryMap(unary: .clamp(lower: lower, upper: upper), name: "clamp")(x).recorded(pullbacks: [
        x: { dy in
            let below = Binary.less(x, Tensor([lower], shape: []))
            let above = Binary.less(Tensor([upper], shape: []), x)
            return dy * (1 - below - above)
        }
    ])
}
