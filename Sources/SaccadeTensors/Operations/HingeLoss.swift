/// `max(0, 1 − target · score)`, the loss of a support vector machine.
///
/// - Parameters:
///   - scores: Any shape.
///   - targets: The same shape: 1 or −1; constants.
///   - isSquared: Whether each loss is squared.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in the shape of `scores`.
public func hingeLoss(
    _ scores: Tensor, _ targets: Tensor, isSquared: Bool = false, weights: Tensor? = nil,
    reduction: LossReduction = .mean
) -> Tensor {
    ElementLoss(kind: isSquared ? .squaredHinge : .hinge, name: "hingeLoss")
        .applied(scores, targets, weights: weights, reduction)
}
