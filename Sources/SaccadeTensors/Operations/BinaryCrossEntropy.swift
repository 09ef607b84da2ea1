/// `−t · log p − (1 − t) · log(1 − p)` for each probability `p` and its target `t`.
///
/// Logarithms are held above −100, as in PyTorch, so that a wrong certainty costs much and not everything. From
/// logits, ``binaryCrossEntropyWithLogits(_:_:weights:positiveWeights:reduction:)`` is the exact way.
///
/// - Parameters:
///   - probabilities: Any shape, in `0...1`.
///   - targets: The same shape, in `0...1`; constants.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in the shape of `probabilities`.
public func binaryCrossEntropy(
    _ probabilities: Tensor, _ targets: Tensor, weights: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
    ElementLoss(kind: .binaryCrossEntropy, name: "binaryCrossEntropy")
        .applied(probabilities, targets, weights: weights, reduction)
}

/// ``binaryCrossEntropy(_:_:weights:reduction:)`` of `sigmoid(logits)`, without rounding any probability to 0 or 1.
///
/// - Parameters:
///   - logits: Any shape.
///   - targets: The same shape, in `0...1`; constants.
///   - weights: A factor for each loss; axes of length 1, and missing leading ones, are repeated.
///   - positiveWeights: A factor for the part of a loss that comes from its target, to make rare positives count
///     (`pos_weight` in PyTorch); repeated in the same way.
///   - reduction: What becomes of the losses; a mean is over all elements, whatever their weights.
/// - Returns: A scalar, or with no reduction a tensor in the shape of `logits`.
public func binaryCrossEntropyWithLogits(
    _ logits: Tensor, _ targets: Tensor, weights: Tensor? = nil, positiveWeights: Tensor? = nil,
    reduction: LossReduction = .mean
) -> Tensor {
    let loss = ElementLoss(kind: .binaryCrossEntropyOfLogits, name: "binaryCrossEntropyWithLogits")
    guard let positiveWeights else { return loss.applied(logits, targets, weights: weights, reduction) }
    // (1 − t) · x + (1 + (w − 1) · t) · log(1 + exp(−x)), whose last factor is the loss for a target of 1.
    let targets = targets.detached
    let ofPositives = loss.applied(logits, Tensor(filledWith: 1, shape: logits.shape), weights: nil, .none)
    let losses = (1 - targets) * logits + ((positiveWeights.detached - 1) * targets + 1) * ofPositives
    return reduction(weights.map { losses * $0.detached } ?? losses)
}
