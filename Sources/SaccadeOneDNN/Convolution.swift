import CSaccadeOneDNN

/// How a kernel moves over an image. Pairs are (height, width), in elements.
package struct WindowParameters: Hashable, Sendable {
    private let stride: [Int]
    /// Distance between neighbouring kernel elements: 1 is dense, as in PyTorch.
    private let dilation: [Int]
    private let paddingBefore: [Int]
    private let paddingAfter: [Int]

    package init(stride: [Int], dilation: [Int], paddingBefore: [Int], paddingAfter: [Int]) {
        self.stride = stride
        self.dilation = dilation
        self.paddingBefore = paddingBefore
        self.paddingAfter = paddingAfter
    }

    var bridged: sdnn_window {
        func pair(_ values: [Int]) -> (Int64, Int64) { (Int64(values[0]), Int64(values[1])) }
        return sdnn_window(
            stride: pair(stride), dilation: pair(dilation), padding_before: pair(paddingBefore),
            padding_after: pair(paddingAfter))
    }
}

/// How a convolution is computed. The winner depends on shape and direction: time them.
package enum ConvolutionAlgorithm: String, Hashable, Sendable, CaseIterable {
    case direct
    /// Winograd's minimal filtering, 3 × 3 and stride 1 only; absent in oneDNN 3.
    case winograd

    var bridged: sdnn_algorithm { self == .direct ? SDNN_DIRECT : SDNN_WINOGRAD }
}

extension Descriptor {
    /// A convolution, or with `transposed` the map that is its gradient.
    ///
    /// In a backward pass `source`, `weights`, `bias` and `destination` are the layouts of the gradients. Where the
    /// gradient that it writes is not of the type that the forward pass reads, that is `gradient`.
    package static func convolution(
        _ pass: Pass, _ algorithm: ConvolutionAlgorithm, transposed: Bool = false, source: Layout, weights: Layout,
        bias: Layout?, destination: Layout, gradient: Layout? = nil, window: WindowParameters, fused: Fused = Fused()
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_convolution") {
            var (window, fused) = (window.bridged, fused.bridged)
            return sdnn_convolution(
                &$0, pass.bridged, algorithm.bridged, transposed ? 1 : 0, source.pointer, weights.pointer,
                bias?.pointer, destination.pointer, gradient?.pointer, &window, &fused)
        }
    }
}
