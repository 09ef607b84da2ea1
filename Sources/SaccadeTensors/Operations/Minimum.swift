/// The smaller of two elements; axes of length 1, and missing leading axes, are repeated.
///
/// Where they are equal each gets half of the gradient.
public func minimum(_ x: Tensor, _ y: Tensor) -> Tensor {
    Binary.minimum(x, y).recorded(pullbacks: [
        x: { dy in (dy * preference(x, over: y)).summed(to: x.shape) },
        y: { dy in (dy * preference(y, over: x)).summed(to: y.shape) },
    ])
}

/// The larger of two elements; axes of length 1, and missing leading axes, are repeated.
///
/// Where they are equal each gets half of the gradient.
public func maximum(_ x: Tensor, _ y: Tensor) -> Tensor {
    Binary.maximum(x, y).recorded(pullbacks: [
        x: { dy in (dy * preference(y, over: x)).summed(to: x.shape) },
        y: { dy in (dy * preference(x, over: y)).summed(to: y.shape) },
    ])
}

/// 1 where `x` is smaller than `y`, ½ where they are equal, 0 elsewhere.
private func preference(_ x: Tensor, over y: Tensor) -> Tensor {
    Binary.less(x, y) + Binary.equal(x, y) * 0.5
}
