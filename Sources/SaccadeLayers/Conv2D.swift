import SaccadePrelude
public import SaccadeTensors

/// A learned 2-D convolution: `[N, in, H, W]` to `[N, out, H′, W′]`.
///
/// H′ and W′ are given by ``SaccadeTensors/conv2D(_:_:bias:stride:padding:dilation:groups:activation:)``.
public struct Conv2D: Layer {
    public package(set) var weight: Parameter  // [out, in / groups, KH, KW]
    public package(set) var bias: Parameter?  // [out]
    public let stride: Pair
    public let padding: Padding
    public let dilation: Pair
    public let groups: Int
    public package(set) var activation: Activation?

    /// Creates a convolution whose first weights are distributed as PyTorch's.
    ///
    /// - Parameters:
    ///   - inputChannels: Channels of the input, `in` above; a multiple of `groups`.
    ///   - outputChannels: Channels of the output, `out` above; a multiple of `groups`.
    ///   - kernel: Height and width of the kernel, in elements.
    ///   - stride: Elements between neighbouring kernel positions.
    ///   - padding: Zeros around the input.
    ///   - dilation: Elements between neighbouring kernel elements; 1 is a dense kernel.
    ///   - groups: Parts that the channels are cut into, each with kernels of its own.
    ///   - bias: Whether a learned number is added to each output channel.
    ///   - activation: A function applied to the result in the same pass over memory.
    ///   - initializer: Where the weights come from; `nil` is PyTorch's default.
    ///   - generator: Where the seeds of weights and bias come from; pass a seeded one to repeat a run.
    public init(
        in inputChannels: Int, out outputChannels: Int, kernel: Pair, stride: Pair = 1, padding: Padding = 0,
        dilation: Pair = 1, groups: Int = 1, bias: Bool = true, activation: Activation? = nil,
        initializer: Initializer? = nil, using generator: inout some RandomNumberGenerator
    ) {
        requireGroups(groups, inputChannels, outputChannels, "Conv2D")
        let shape: Shape = [outputChannels, inputChannels / groups, kernel.height, kernel.width]
        weight = (initializer ?? .torchDefault).parameter(shape, using: &generator)
        self.bias =
            bias ? Initializer.torchDefaultBias(forWeights: shape).parameter([outputChannels], using: &generator) : nil
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.activation = activation
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        conv2D(
            x, weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups,
            activation: activation)
    }
}

/// Traps unless the channels can be cut into `groups`.
func requireGroups(_ groups: Int, _ inputs: Int, _ outputs: Int, _ layer: StaticString) {
    require(
        groups >= 1 && inputs >= 1 && outputs >= 1 && inputs % groups == 0 && outputs % groups == 0,
        "\(layer): \(inputs) input and \(outputs) output channels cannot be cut into \(groups) groups")
}
