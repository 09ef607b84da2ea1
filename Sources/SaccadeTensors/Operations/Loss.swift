/// How the losses of many elements become one.
public enum LossReduction: Hashable, Sendable, CaseIterable {
    /// Their mean. Weights of elements do not change what is divided by; weights of classes do, as in PyTorch.
    case mean
    case sum
    /// They are returned one by one.
    case none

    func callAsFunction(_ losses: Tensor) -> Tensor {
        switch self {
        case .mean: SaccadeTensors.mean(losses)
        case .sum: SaccadeTensors.sum(losses)
        case .none: losses
        }
    }
}
