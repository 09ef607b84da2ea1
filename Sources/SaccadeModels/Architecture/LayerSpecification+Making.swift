public import SaccadeTensors

// Layers as the files of models write them: what a recipe says in YAML, in Swift.
extension LayerSpecification {
    /// - Parameters:
    ///   - channels: Of the result.
    ///   - padding: `nil` is that of the whole network.
    public static func conv(
        _ channels: Int, kernel: Pair, stride: Pair = 1, padding: Padding? = .valid, dilation: Pair = 1,
        bias: Bool = true, name: String? = nil
    ) -> LayerSpecification {
        conv(
            .count(channels), kernel: kernel, stride: stride, padding: padding, dilation: dilation, bias: bias,
            name: name)
    }

    /// A convolution with as many channels as there are classes to tell apart, for instance, which judges each place.
    public static func conv(
        _ channels: OutputCount, kernel: Pair, stride: Pair = 1, padding: Padding? = .valid, dilation: Pair = 1,
        bias: Bool = true, name: String? = nil
    ) -> LayerSpecification {
        var conv = ConvolutionSpecification(channels: channels, kernel: kernel)
        conv.stride = stride
        conv.padding = padding
        conv.dilation = dilation
        conv.bias = bias
        return LayerSpecification(.convolution(conv), name: name)
    }

    public static func batchNorm(epsilon: Float = 1e-5, name: String? = nil) -> LayerSpecification {
        LayerSpecification(.batchNorm(epsilon: epsilon, momentum: 0.1), name: name)
    }

    public static let relu = LayerSpecification(.activation(.relu))
    public static let tanh = LayerSpecification(.activation(.tanh))
    public static let flatten = LayerSpecification(.flatten)
    /// The mean of every channel.
    public static let globalAveragePool = LayerSpecification(.globalAveragePool)

    /// - Parameter ceilMode: Whether a last window that only partly fits counts.
    public static func maxPool(
        _ kernel: Pair, stride: Pair, padding: Padding = .valid, ceilMode: Bool = false, name: String? = nil
    ) -> LayerSpecification {
        pool(.maximum, kernel, stride, padding, ceilMode, name)
    }

    public static func averagePool(
        _ kernel: Pair, stride: Pair, padding: Padding = .valid, name: String? = nil
    ) -> LayerSpecification {
        pool(.average, kernel, stride, padding, false, name)
    }

    private static func pool(
        _ kind: PoolSpecification.Kind, _ kernel: Pair, _ stride: Pair, _ padding: Padding, _ ceilMode: Bool,
        _ name: String?
    ) -> LayerSpecification {
        var pool = PoolSpecification(kind, kernel: kernel, stride: stride)
        pool.padding = padding
        pool.ceilMode = ceilMode
        return LayerSpecification(.pool(pool), name: name)
    }

    /// The means of as many windows as the result has places.
    public static func adaptiveAveragePool(_ size: Pair) -> LayerSpecification {
        LayerSpecification(.adaptiveAveragePool(size))
    }

    public static func padChannels(to channels: Int, stride: Pair = 1) -> LayerSpecification {
        LayerSpecification(.padChannels(channels, stride: stride))
    }

    public static func dropout(_ probability: Float) -> LayerSpecification {
        LayerSpecification(.dropout(probability))
    }

    public static func linear(_ units: Int, name: String? = nil) -> LayerSpecification {
        LayerSpecification(.linear(LinearSpecification(.count(units))), name: name)
    }

    /// A linear layer with as many outputs as there are classes to tell apart.
    public static func classifier(name: String? = nil) -> LayerSpecification {
        LayerSpecification(.linear(LinearSpecification(.classes)), name: name)
    }

    /// - Parameter shortcut: Empty for the input itself.
    public static func residual(
        _ body: [LayerSpecification], shortcut: [LayerSpecification] = [], activation: ActivationSpecification?,
        name: String? = nil
    ) -> LayerSpecification {
        LayerSpecification(.residual(body: body, shortcut: shortcut, activation: activation), name: name)
    }

    public static func parallel(_ branches: [LayerSpecification]..., name: String? = nil) -> LayerSpecification {
        LayerSpecification(.parallel(branches), name: name)
    }

    /// - Parameter weight: What its loss counts beside that of the network's own result.
    public static func auxiliary(
        _ layers: [LayerSpecification], weight: Float, name: String? = nil
    ) -> LayerSpecification {
        LayerSpecification(.auxiliary(layers, weight: weight), name: name)
    }
}
