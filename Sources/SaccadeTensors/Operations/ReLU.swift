/// `max(x, 0)`, elementwise. At exactly zero the gradient is zero.
public func relu(_ x: Tensor) -> Tensor { Activation.relu(x) }

/// `x` where it is positive, `slope · x` elsewhere.
///
/// - Parameter slope: At least 0; PyTorch's default is 0.01.
public func leakyReLU(_ x: Tensor, slope: Float = 0.01) -> Tensor { Activation.leakyReLU(slope: slope)(x) }
