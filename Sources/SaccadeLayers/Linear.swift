public import SaccadeTensors

/// A learned fully connected layer: `[…, in]` to `[…, out]`, `x · weightᵀ + bias`.
public struct Linear: Layer {
    public package(set) var weight: Parameter  // [out, in]
    public package(set) var bias: Parameter?  // [out]
    public package(set) var activation: Activation?

    /// Creates a layer whose first weights are distributed as PyTorch's.
    ///
    /// - Parameters:
    ///   - inputs: Elements of the input's last axis, `in` above.
    ///   - outputs: Elements of the output's last axis, `out` above.
    ///   - bias: Whether a learned number is added to each output.
    ///   - activation: A function applied to the result in the same pass over memory.
    ///   - initializer: Where the weights come from; `nil` is PyTorch's default.
    ///   - generator: Where the seeds of weights and bias come from; pass a seeded one to repeat a run.
    public init(
        in inputs: Int, out outputs: Int, bias: Bool = true, activation: Activation? = nil,
        initializer: Initializer? = nil, using generator: inout some RandomNumberGenerator
    ) {
        let shape: Shape = [outputs, inputs]
        weight = (initializer ?? .torchDefault).parameter(shape, using: &generator)
        self.bias =
            bias ? Initializer.torchDefaultBias(forWeights: shape).parameter([outputs], using: &generator) : nil
        self.activation = activation
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        linear(x, weight.value, bias: bias?.value, activation: activation)
    }
}
