import SaccadePrelude
public import SaccadeTensors

/// Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it: `[N, C, H, W]` to the same
/// shape. Also takes `[N, C]` and `[N, C, L]`.
///
/// While training it uses the batch's mean and variance, and keeps running averages of both; when predicting it uses
/// those. Ioffe and Szegedy, "Batch Normalization" (2015).
public struct BatchNorm2D: Layer {
    public let weight: Parameter  // [C], γ in the paper
    public let bias: Parameter  // [C], β in the paper
    public let runningMean: Buffer  // [C]
    public let runningVar: Buffer  // [C], the unbiased variance
    public let numBatchesTracked: Buffer  // a scalar
    /// The share of the running averages that each batch replaces.
    public let momentum: Float
    /// Added to the variance, against division by zero.
    public let epsilon: Float
    /// Whether the running averages are used, and left as they are, also while training: for networks whose weights
    /// come from elsewhere and whose batches are too small to measure.
    public let isFrozen: Bool

    /// - Parameters:
    ///   - channels: `C` above.
    ///   - momentum: The share of the running averages that each batch replaces, in `0...1`.
    ///   - epsilon: Added to the variance; positive.
    ///   - isFrozen: Whether the running averages are used while training too.
    public init(_ channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5, isFrozen: Bool = false) {
        require((0...1).contains(momentum), "BatchNorm2D: momentum must be in 0...1, got \(momentum)")
        require(epsilon > 0, "BatchNorm2D: epsilon must be positive, got \(epsilon)")
        weight = Parameter(Tensor(filledWith: 1, shape: [channels]))
        bias = Parameter(Tensor(filledWith: 0, shape: [channels]))
        runningMean = Buffer(Tensor(filledWith: 0, shape: [channels]))
        runningVar = Buffer(Tensor(filledWith: 1, shape: [channels]))
        numBatchesTracked = Buffer(Tensor([0], shape: []))
        self.momentum = momentum
        self.epsilon = epsilon
        self.isFrozen = isFrozen
    }

    /// Whether the batch decides mean and variance. A part of a network that is not to learn, because its parameters are
    /// held constant, keeps its running averages as well.
    private var measures: Bool { Phase.current == .training && !isFrozen && !weight.isHeldConstant }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard measures else {
            return batchNorm(
                x, scale: weight.value, shift: bias.value, mean: runningMean.value, variance: runningVar.value,
                epsilon: epsilon)
        }
        let (y, mean, variance) = batchNorm(x, scale: weight.value, shift: bias.value, epsilon: epsilon)
        track(mean, variance, of: x)
        return y
    }

    /// `activation(self(x) + addend)`; with ReLU it is one operation while training, with fewer passes over memory:
    ///
    ///     let y = bn2(conv2(x), adding: shortcut, activation: .relu)
    ///
    /// - Parameters:
    ///   - x: `[N, C, H, W]`, `[N, C]` or `[N, C, L]`.
    ///   - addend: Of the same shape; nil adds nothing.
    ///   - activation: Nil leaves the sum as it is.
    public func callAsFunction(_ x: Tensor, adding addend: Tensor? = nil, activation: Activation?) -> Tensor {
        // When predicting, a plan folds the batch norm into the convolution before it, and the rest behind it.
        guard activation == .relu, measures, x.shape.rank == 4 else {
            let y = self(x)
            let sum = addend.map { y + $0 } ?? y
            return activation?(sum) ?? sum
        }
        let (y, mean, variance) = fusedBatchNormReLU(
            x, scale: weight.value, shift: bias.value, addend: addend, epsilon: epsilon)
        track(mean, variance, of: x)
        return y
    }

    /// Lets the running averages follow a batch.
    private func track(_ mean: Tensor, _ variance: Tensor, of x: Tensor) {
        // While a network is traced there is no batch yet whose mean could be kept.
        guard !mean.isTraced else { return }
        let count = x.shape.elementCount / max(x.shape[1], 1)
        // Of a single element there is no unbiased variance; the biased one, 0, stands in.
        let unbiased = Float(count) / Float(max(count - 1, 1))
        runningMean.assign(runningMean.value * (1 - momentum) + mean * momentum)
        runningVar.assign(runningVar.value * (1 - momentum) + variance * (momentum * unbiased))
        numBatchesTracked.assign(numBatchesTracked.value + 1)
    }
}
