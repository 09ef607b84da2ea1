import SaccadePrelude
public import SaccadeTensors

/// Batch normalisation that never changes: `(x − running mean) / √(running variance + ε) · weight + bias`, `[N, C, H,
/// W]` to the same shape.
///
/// Detectors whose backbone was trained elsewhere freeze its statistics, scales and shifts, for their batches are too
/// small to measure. A plan folds it into the convolution before it. As torchvision's `FrozenBatchNorm2d`: all four
/// numbers of a channel are buffers, which no optimizer moves, and a checkpoint of a ``BatchNorm2D`` can be loaded.
public struct FrozenBatchNorm2D: Layer {
    public let weight: Buffer  // [C]
    public let bias: Buffer  // [C]
    public let runningMean: Buffer  // [C]
    public let runningVar: Buffer  // [C]
    /// Added to the variance, against division by zero; 0 where every variance is known to be positive.
    public let epsilon: Float

    /// - Parameters:
    ///   - channels: `C` above.
    ///   - epsilon: Added to the variance; not negative.
    public init(_ channels: Int, epsilon: Float = 1e-5) {
        require(epsilon >= 0, "FrozenBatchNorm2D: epsilon must not be negative, got \(epsilon)")
        weight = Buffer(Tensor(filledWith: 1, shape: [channels]))
        bias = Buffer(Tensor(filledWith: 0, shape: [channels]))
        runningMean = Buffer(Tensor(filledWith: 0, shape: [channels]))
        runningVar = Buffer(Tensor(filledWith: 1, shape: [channels]))
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        batchNorm(
            x, scale: weight.value, shift: bias.value, mean: runningMean.value, variance: runningVar.value,
            epsilon: epsilon)
    }

    /// `activation(self(x) + addend)`, as ``BatchNorm2D`` has it.
    ///
    /// - Parameters:
    ///   - x: `[N, C, H, W]`.
    ///   - addend: Of the same shape; nil adds nothing.
    ///   - activation: Nil leaves the sum as it is.
    public func callAsFunction(_ x: Tensor, adding addend: Tensor? = nil, activation: Activation?) -> Tensor {
        let y = self(x)
        let sum = addend.map { y + $0 } ?? y
        return activation?(sum) ?? sum
    }
}
