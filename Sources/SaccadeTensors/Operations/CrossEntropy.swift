import CSaccadeKernels
import SaccadePrelude

/// The cross entropy between the softmax of `logits` and the right classes: `−log softmax(logits)[label]`.
///
/// Computed from the logits in one pass, so that no probability rounds to zero on the way.
///
/// - Parameters:
///   - logits: `[N, C]`, or `[N, C, …]` with a class for each place, such as `[N, C, H, W]`.
///   - labels: `[N]` or `[N, …]`: whole numbers in `0..<C`, or `ignoredLabel`.
///   - classWeights: `[C]`, a factor for each right class. The mean divides by the sum of those used, as in PyTorch.
///   - elementWeights: A factor for each label, in the shape of `labels`. The mean does not divide by them.
///   - ignoredLabel: A label that costs nothing and counts nothing; `nil` is none. PyTorch's default is −100.
///   - labelSmoothing: The part of the truth that is spread over all classes, in `0...1`.
///   - reduction: What becomes of the losses. The mean of no losses is not a number.
/// - Returns: A scalar, or with no reduction a tensor in the shape of `labels`.
/// - Precondition: Shapes fit, and every label is a class or ignored.
public func crossEntropy(
    _ logits: Tensor, _ labels: Tensor, classWeights: Tensor? = nil, elementWeights: Tensor? = nil,
    ignoredLabel: Int? = nil, labelSmoothing: Float = 0, reduction: LossReduction = .mean
) -> Tensor {
    require((0...1).contains(labelSmoothing), "crossEntropy: label smoothing is in 0...1, got \(labelSmoothing)")
    let settings = CrossEntropy(
        hasClassWeights: classWeights != nil, hasElementWeights: elementWeights != nil, ignoredLabel: ignoredLabel,
        smoothing: labelSmoothing)
    // Row by row, which the loss and its gradient both want them.
    let logits = logits.rowMajor
    let weights = [classWeights, elementWeights].compactMap { $0?.detached }
    let results = settings.results(of: [logits, labels] + weights)
    let losses = results[0].recorded(pullbacks: [
        logits: { dy in CrossEntropyGradient(forward: settings).results(of: [logits, labels] + weights + [dy])[0] }
    ])
    guard reduction == .mean else { return reduction(losses) }
    return sum(losses) / sum(results[1])
}

/// ``crossEntropy(_:_:classWeights:elementWeights:ignoredLabel:labelSmoothing:reduction:)`` of labels that are
/// plain numbers, one for each row of `logits`, `[N, C]`.
public func crossEntropy(
    _ logits: Tensor, _ labels: [Int], classWeights: Tensor? = nil, elementWeights: Tensor? = nil,
    ignoredLabel: Int? = nil, labelSmoothing: Float = 0, reduction: LossReduction = .mean
) -> Tensor {
    crossEntropy(
        logits, Tensor(labels), classWeights: classWeights, elementWeights: elementWeights,
        ignoredLabel: ignoredLabel, labelSmoothing: labelSmoothing, reduction: reduction)
}

/// Inputs: logits, labels, then the weights there are. Results: losses, and what each adds to the divisor of
/// their mean.
struct CrossEntropy: Operation {
    let hasClassWeights: Bool
    let hasElementWeights: Bool
    let ignoredLabel: Int?
    let smoothing: Float

    var name: String { "crossEntropy" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let (logits, labels) = (inputs[0], inputs[1])
        guard logits.rank >= 2, logits[1] >= 1 else {
            throw ShapeError("crossEntropy: logits must be [N, C] or [N, C, …] with a class, got \(logits)")
        }
        guard logits.dimensions.prefix(1) + logits.dimensions.dropFirst(2) == labels.dimensions[...] else {
            throw ShapeError("crossEntropy: logits \(logits) do not fit labels \(labels)")
        }
        if hasClassWeights && inputs[2] != [logits[1]] {
            throw ShapeError("crossEntropy: weights \(inputs[2]) for \(logits[1]) classes")
        }
        if hasElementWeights && inputs[hasClassWeights ? 3 : 2] != labels {
            throw ShapeError("crossEntropy: weights \(inputs[hasClassWeights ? 3 : 2]) for labels \(labels)")
        }
        return [labels, labels]
    }

    /// What the loops in C take, after a look at the labels.
    fileprivate func problem(_ logits: Shape, _ at: Addresses) -> sk_cross_entropy {
        let (outer, inner) = logits.around(1)
        let problem = sk_cross_entropy(
            outer: outer, classes: logits[1], inner: inner, ignored: ignoredLabel.map(Float.init) ?? .nan,
            smoothing: smoothing, labels: at[1], class_weights: hasClassWeights ? UnsafePointer(at[2]) : nil,
            element_weights: hasElementWeights ? UnsafePointer(at[hasClassWeights ? 3 : 2]) : nil)
        let wrong = sk_cross_entropy_first_wrong(problem)
        require(
            wrong < 0, "crossEntropy: the label \(at[1][max(wrong, 0)]) is not a class in 0..<\(logits[1])")
        return problem
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (logits, first) = (request.inputs[0].shape, request.inputs.count)
        return [
            Kernel(request) { at in
                sk_cross_entropy_losses(problem(logits, at), at[0], at[first], at[first + 1])
            }
        ]
    }
}

/// Inputs: those of the loss, then the gradient of each loss. Result: the gradient of the logits.
struct CrossEntropyGradient: Operation {
    let forward: CrossEntropy

    var name: String { "crossEntropy gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (logits, last) = (request.inputs[0].shape, request.inputs.count - 1)
        return [
            Kernel(request) { at in
                sk_cross_entropy_gradient(forward.problem(logits, at), at[0], at[last], at[last + 1])
            }
        ]
    }
}
