public import SaccadeTensors

/// The largest element of each window: `[N, C, H, W]` to `[N, C, H′, W′]`.
public struct MaxPool2D: Layer {
    public let kernel: Pair
    public let stride: Pair
    public let padding: Padding
    public let dilation: Pair
    /// Whether a last window that only partly fits counts (`ceil_mode` in PyTorch).
    public let ceilMode: Bool

    /// - Parameters:
    ///   - kernel: Height and width of the window, in elements.
    ///   - stride: Elements between neighbouring windows; `nil` puts them side by side.
    ///   - padding: Elements around the input that never win, at most half of the kernel.
    ///   - dilation: Elements between neighbours in the window; 1 is dense.
    ///   - ceilMode: Whether a last window that only partly fits counts.
    public init(
        kernel: Pair, stride: Pair? = nil, padding: Padding = 0, dilation: Pair = 1, ceilMode: Bool = false
    ) {
        self.kernel = kernel
        self.stride = stride ?? kernel
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        maxPool2D(x, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The mean of each window: `[N, C, H, W]` to `[N, C, H′, W′]`.
public struct AveragePool2D: Layer {
    public let kernel: Pair
    public let stride: Pair
    public let padding: Padding
    /// Whether the padding's zeros count as elements (`count_include_pad` in PyTorch).
    public let countIncludePad: Bool
    /// Whether a last window that only partly fits counts (`ceil_mode` in PyTorch).
    public let ceilMode: Bool

    /// - Parameters:
    ///   - kernel: Height and width of the window, in elements.
    ///   - stride: Elements between neighbouring windows; `nil` puts them side by side.
    ///   - padding: Zeros around the input, at most half of the kernel.
    ///   - countIncludePad: Whether those zeros count as elements.
    ///   - ceilMode: Whether a last window that only partly fits counts.
    public init(
        kernel: Pair, stride: Pair? = nil, padding: Padding = 0, countIncludePad: Bool = true, ceilMode: Bool = false
    ) {
        self.kernel = kernel
        self.stride = stride ?? kernel
        self.padding = padding
        self.countIncludePad = countIncludePad
        self.ceilMode = ceilMode
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        averagePool2D(
            x, kernel: kernel, stride: stride, padding: padding, countIncludePad: countIncludePad, ceilMode: ceilMode)
    }
}

/// The means of windows spread evenly, so that the output has a fixed size: `[N, C, H, W]` to
/// `[N, C, size.height, size.width]`.
public struct AdaptiveAveragePool2D: Layer {
    public let size: Pair

    /// - Parameter size: Height and width of the result.
    public init(to size: Pair) { self.size = size }

    public func callAsFunction(_ x: Tensor) -> Tensor { adaptiveAveragePool2D(x, to: size) }
}

/// The mean of each plane: `[N, C, H, W]` to `[N, C, 1, 1]`.
public struct GlobalAveragePool2D: Layer {
    public init() {}

    public func callAsFunction(_ x: Tensor) -> Tensor { globalAveragePool2D(x) }
}
