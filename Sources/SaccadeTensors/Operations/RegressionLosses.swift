import SaccadePrelude

/// `(x − target)²`.
///
/// - Parameters:
///   - target: `x`'s shape.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in `x`'s shape.
public func meanSquaredError(
    _ x: Tensor, _ target: Tensor, weights: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
    ElementLoss(kind: .squared, name: "meanSquaredError").applied(x, target, weights: weights, reduction)
}

/// `|x − target|`. Where they are equal the gradient is zero.
///
/// - Parameters:
///   - target: `x`'s shape.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in `x`'s shape.
public func l1Loss(
    _ x: Tensor, _ target: Tensor, weights: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
    ElementLoss(kind: .absolute, name: "l1Loss").applied(x, target, weights: weights, reduction)
}

/// Of the difference `d = x − target`: `d² / (2 · beta)` where |d| is smaller than `beta`, `|d| − beta / 2`
/// elsewhere. Girshick, "Fast R-CNN" (2015), equation 3.
///
/// - Parameters:
///   - target: `x`'s shape.
///   - beta: Where the parabola becomes a line; not negative, and 0 is ``l1Loss(_:_:weights:reduction:)``.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in `x`'s shape.
public func smoothL1Loss(
    _ x: Tensor, _ target: Tensor, beta: Float = 1, weights: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
    require(beta >= 0, "smoothL1Loss: beta cannot be negative, got \(beta)")
    return ElementLoss(kind: beta > 0 ? .smooth : .absolute, beta: beta, name: "smoothL1Loss")
        .applied(x, target, weights: weights, reduction)
}
