public import SaccadeTensors

/// A learned transposed convolution: `[N, in, H, W]` to `[N, out, H′, W′]`, usually larger.
///
/// H′ and W′ are given by
/// ``SaccadeTensors/convTranspose2D(_:_:bias:stride:padding:outputPadding:dilation:groups:activation:)``.
public struct ConvTranspose2D: Layer {
    public package(set) var weight: Parameter  // [in, out / groups, KH, KW]
    public package(set) var bias: Parameter?  // [out]
    public let stride: Pair
    public let padding: Pair
    public let outputPadding: Pair
    public let dilation: Pair
    public let groups: Int
    public package(set) var activation: Activation?

    /// Creates a transposed convolution whose first weights are distributed as PyTorch's.
    ///
    /// - Parameters:
    ///   - inputChannels: Channels of the input, `in` above; a multiple of `groups`.
    ///   - outputChannels: Channels of the output, `out` above; a multiple of `groups`.
    ///   - kernel: Height and width of the kernel, in elements.
    ///   - stride: Output elements between the copies of neighbouring input elements.
    ///   - padding: Elements cut off from each side of the output.
    ///   - outputPadding: Elements added to the bottom and the right.
    ///   - dilation: Output elements between neighbouring kernel elements.
    ///   - groups: Parts that the channels are cut into, each with kernels of its own.
    ///   - bias: Whether a learned number is added to each output channel.
    ///   - activation: A function applied to the result in the same pass over memory.
    ///   - initializer: Where the weights come from, ``Initializer/bilinear`` for instance; `nil` is PyTorch's
    ///     default.
    ///   - generator: Where the seeds of weights and bias come from; pass a seeded one to repeat a run.
    public init(
        in inputChannels: Int, out outputChannels: Int, kernel: Pair, stride: Pair = 1, padding: Pair = 0,
        outputPadding: Pair = 0, dilation: Pair = 1, groups: Int = 1, bias: Bool = true,
        activation: Activation? = nil, initializer: Initializer? = nil,
        using generator: inout some RandomNumberGenerator
    ) {
        requireGroups(groups, inputChannels, outputChannels, "ConvTranspose2D")
        let shape: Shape = [inputChannels, outputChannels / groups, kernel.height, kernel.width]
        weight = (initializer ?? .torchDefault).parameter(shape, using: &generator)
        self.bias =
            bias ? Initializer.torchDefaultBias(forWeights: shape).parameter([outputChannels], using: &generator) : nil
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilation = dilation
        self.groups = groups
        self.activation = activation
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        convTranspose2D(
            x, weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups, activation: activation)
    }

    /// The result in one of the sizes that share an input size, as PyTorch's `output_size` has it.
    ///
    /// - Parameter size: Height and width of the result; what they are beyond the usual size is added to the bottom and
    ///   the right, less than the stride or the dilation.
    public func callAsFunction(_ x: Tensor, to size: Pair) -> Tensor {
        func least(_ length: Int, _ stride: Int, _ padding: Int, _ dilation: Int, _ kernel: Int) -> Int {
            (length - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
        }
        let kernel = Pair(weight.shape[2], weight.shape[3])
        return convTranspose2D(
            x, weight.value, bias: bias?.value, stride: stride, padding: padding,
            outputPadding: Pair(
                size.height - least(x.shape[2], stride.height, padding.height, dilation.height, kernel.height),
                size.width - least(x.shape[3], stride.width, padding.width, dilation.width, kernel.width)),
            dilation: dilation, groups: groups, activation: activation)
    }
}
