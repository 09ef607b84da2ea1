import SaccadePrelude
public import SaccadeTensors

/// The shortcut without parameters between two stages of a residual network: every `stride`-th place of `[N, C, H, W]`,
/// and channels of zeros before and after until there are `channels`.
///
/// He et al., "Deep Residual Learning for Image Recognition" (2015), section 3.3, option A. Where an odd number of
/// channels is missing, the one more comes behind.
public struct PadChannels2D: Layer {
    public let channels: Int
    public let stride: Pair

    /// - Parameters:
    ///   - channels: Of the result; at least as many as those of the input.
    ///   - stride: Elements between neighbouring places.
    public init(to channels: Int, stride: Pair = 1) {
        require(channels > 0, "PadChannels2D: channels must be at least 1, got \(channels)")
        self.channels = channels
        self.stride = stride
    }

    /// - Returns: `[N, channels, (H − 1) / stride + 1, (W − 1) / stride + 1]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        require(
            x.shape.rank == 4 && x.shape[1] <= channels,
            "PadChannels2D: \(x.shape) cannot be given \(channels) channels by adding some")
        let missing = channels - x.shape[1]
        var y = x
        for (axis, step) in zip(2..., stride.both) where step > 1 {
            y = y.sliced(axis: axis, 0..<y.shape[axis], step: step)
        }
        return missing == 0 ? y : y.padded(axis: 1, before: missing / 2, after: missing - missing / 2)
    }
}
