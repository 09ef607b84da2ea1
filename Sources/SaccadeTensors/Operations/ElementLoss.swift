import CSaccadeKernels
import SaccadePrelude

/// A loss of each element and its target. Inputs: predictions, targets.
struct ElementLoss: Operation {
    enum Kind: Sendable {
        case binaryCrossEntropy, binaryCrossEntropyOfLogits, squared, absolute, smooth, hinge, squaredHinge
    }

    let kind: Kind
    /// Where a smooth loss goes from a parabola to a line.
    var beta: Float = 1
    let name: String

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0] == inputs[1] else {
            throw ShapeError("\(name): predictions \(inputs[0]) for targets \(inputs[1])")
        }
        return [inputs[0]]
    }

    fileprivate var code: sk_loss {
        switch kind {
        case .binaryCrossEntropy: SK_BINARY_CROSS_ENTROPY
        case .binaryCrossEntropyOfLogits: SK_BINARY_CROSS_ENTROPY_OF_LOGITS
        case .squared: SK_SQUARED
        case .absolute: SK_ABSOLUTE
        case .smooth: SK_SMOOTH
        case .hinge: SK_HINGE
        case .squaredHinge: SK_SQUARED_HINGE
        }
    }

    /// Whether the loss is one of the difference alone: then the target's gradient is the opposite one.
    private var isOfDifference: Bool { kind == .squared || kind == .absolute || kind == .smooth }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (code, beta, count) = (code, beta, request.results[0].elementCount)
        return [Kernel(request) { at in sk_losses(code, beta, count, at[0], at[1], at[2]) }]
    }

    func applied(_ x: Tensor, _ target: Tensor, weights: Tensor?, _ reduction: LossReduction) -> Tensor {
        let inputs = isOfDifference ? [x, target] : [x]
        let losses = self(x, target).recorded(from: inputs) { dy, wanted in
            let dx = ElementLossGradient(forward: self)(x, target, dy)
            return [dx] + wanted.dropFirst().map { $0 ? -dx : nil }
        }
        guard let weights else { return reduction(losses) }
        let weighted = losses * weights.detached
        require(weighted.shape == x.shape, "\(name): weights \(weights.shape) for predictions \(x.shape)")
        return reduction(weighted)
    }
}

/// Inputs: predictions, targets, the gradient of each loss.
struct ElementLossGradient: Operation {
    let forward: ElementLoss

    var name: String { "\(forward.name) gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (code, beta, count) = (forward.code, forward.beta, request.results[0].elementCount)
        return [
            Kernel(request, inPlace: 2) { at in sk_loss_gradients(code, beta, count, at[0], at[1], at[2], at[3]) }
        ]
    }
}
