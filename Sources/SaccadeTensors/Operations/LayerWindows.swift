// The shape rules of operations with windows, for whoever wants to know why a network cannot exist before it traps.
extension Window {
    /// The window of ``maxPool2D(_:kernel:stride:padding:dilation:ceilMode:)`` and of averages over images
    /// `[N, C, H, W]`.
    package static func pooling(
        kernel: Pair, stride: Pair, padding: Padding, ceilMode: Bool, over images: Shape
    ) throws(ShapeError) -> Window {
        try Pooling(
            kind: .maximum, kernel: kernel, stride: stride, padding: padding, dilation: 1, ceilMode: ceilMode
        ).window(over: images)
    }
}

extension Shape {
    /// What ``maxPool2D(_:kernel:stride:padding:dilation:ceilMode:)`` makes of images of this shape, and averages with
    /// the same windows too.
    package func pooled(
        kernel: Pair, stride: Pair, padding: Padding, dilation: Pair = 1, ceilMode: Bool
    ) throws(ShapeError) -> Shape {
        try Pooling(
            kind: .maximum, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode
        ).resultShapes([self])[0]
    }

    /// What ``convTranspose2D(_:_:bias:stride:padding:outputPadding:dilation:groups:activation:)`` makes of images
    /// of this shape.
    package func transposedConvolution(
        channels: Int, kernel: Pair, stride: Pair, padding: Pair, outputPadding: Pair, dilation: Pair, groups: Int
    ) throws(ShapeError) -> Shape {
        try Convolution(
            kernel: kernel, stride: stride, padding: .pixels(padding), dilation: dilation, groups: groups,
            hasBias: false, transposedOutputPadding: outputPadding
        ).resultShapes([self, [dimensions[1], channels / groups, kernel.height, kernel.width]])[0]
    }
}
