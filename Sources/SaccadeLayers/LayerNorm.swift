public import SaccadeTensors

/// Every sample to mean 0 and variance 1 over its last axes, then scaled and shifted by learned numbers. Ba, Kiros and
/// Hinton, "Layer Normalization" (2016).
public struct LayerNorm: Layer {
    public let weight: Parameter  // the normalised axes, γ in the paper
    public let bias: Parameter  // the normalised axes, β in the paper
    public let epsilon: Float

    /// Creates a norm that begins with scale 1 and shift 0.
    ///
    /// - Parameters:
    ///   - shape: The last axes of the input, which are normalised together.
    ///   - epsilon: Added to the variance; positive.
    public init(_ shape: Shape, epsilon: Float = 1e-5) {
        precondition(epsilon > 0, "LayerNorm: epsilon must be positive, got \(epsilon)")
        weight = Parameter(shape, seed: 0) { shape, _ in Tensor(filledWith: 1, shape: shape) }
        bias = Parameter(shape, seed: 0) { shape, _ in Tensor(filledWith: 0, shape: shape) }
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        layerNorm(x, scale: weight.value, shift: bias.value, epsilon: epsilon)
    }
}
