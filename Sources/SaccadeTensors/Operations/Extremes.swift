/// The largest element over `axes`, or over all of them. Equals share the gradient (`amax` in PyTorch).
///
/// - Parameters:
///   - axes: Counted from the front, or from the back when negative; `nil` means every axis.
///   - keepingAxes: Whether the axes stay, with length 1.
/// - Precondition: There are elements to choose from.
public func max(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    extreme(.largest, x, axes, keepingAxes)
}

/// The smallest element over `axes`, or over all of them. Equals share the gradient (`amin` in PyTorch).
///
/// - Parameters:
///   - axes: Counted from the front, or from the back when negative; `nil` means every axis.
///   - keepingAxes: Whether the axes stay, with length 1.
/// - Precondition: There are elements to choose from.
public func min(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    extreme(.smallest, x, axes, keepingAxes)
}

private func extreme(_ kind: ReductionKind, _ x: Tensor, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let axes = Reduction.resolved(axes, x.shape)
    let reduction = Reduction(kind: kind, axes: axes, keepsAxes: keepingAxes)
    let kept = reduction.keptShape(x.shape)
    let y = reduction(x)
    return y.recorded(pullbacks: [
        x: { dy in
            let isExtreme = Binary.equal(x, y.reshaped(to: kept))
            let shares = dy.reshaped(to: kept) / Reduction(kind: .sum, axes: axes, keepsAxes: true)(isExtreme)
            return isExtreme * shares
        }
    ])
}
