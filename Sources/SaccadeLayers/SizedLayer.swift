package import SaccadeTensors

/// A layer that says what it makes of a shape without computing it, so that sizes from outside can be tried.
package protocol SizedLayer: Layer {
    /// - Throws: `ShapeError` with the arithmetic that does not work out.
    func resultShape(for input: Shape) throws(ShapeError) -> Shape
}

extension SizedLayer {
    /// That of an operation on the input and on tensors of the layer's own.
    fileprivate func resultShape(
        of form: OperationForm, _ input: Shape, _ own: Shape...
    ) throws(ShapeError) -> Shape { try form.cost(for: [input] + own).results[0] }
}

extension Conv2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try resultShape(
            of: .convolution(stride: stride, padding: padding, dilation: dilation, groups: groups), input, weight.shape)
    }
}

extension ConvTranspose2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try resultShape(
            of: .transposedConvolution(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation, groups: groups),
            input, weight.shape)
    }
}

extension MaxPool2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try input.pooled(kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

extension AveragePool2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try input.pooled(kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
    }
}

extension AdaptiveAveragePool2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try input.requirePlanes(for: "adaptiveAveragePool2D")
        return [input[0], input[1], size.height, size.width]
    }
}

extension GlobalAveragePool2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try input.requirePlanes(for: "globalAveragePool2D")
        return [input[0], input[1], 1, 1]
    }
}

extension PadChannels2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try input.requirePlanes(for: "padChannels2D")
        guard input[1] <= channels else {
            throw ShapeError("padChannels2D: zeros cannot make \(channels) channels of \(input[1])")
        }
        return [input[0], channels, (input[2] - 1) / stride.height + 1, (input[3] - 1) / stride.width + 1]
    }
}

extension Flatten: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        guard axis < input.rank else { throw ShapeError("flatten: \(input) has no axis \(axis)") }
        return Shape(input.dimensions[..<axis] + [input.dimensions[axis...].reduce(1, *)])
    }
}

extension Linear: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try resultShape(of: .linear(), input, weight.shape)
    }
}

extension BatchNorm2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        let channels = weight.shape
        return try resultShape(of: .batchNorm(epsilon: epsilon), input, channels, channels, channels, channels)
    }
}

extension FrozenBatchNorm2D: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        let channels = weight.value.shape
        return try resultShape(of: .batchNorm(epsilon: epsilon), input, channels, channels, channels, channels)
    }
}

extension LayerNorm: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try resultShape(of: .layerNorm(epsilon: epsilon), input, weight.shape, bias.shape)
    }
}

extension LocalResponseNorm: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape {
        try resultShape(of: .localResponseNorm(size: size, alpha: alpha, beta: beta, k: k), input)
    }
}

extension Dropout: SizedLayer {
    package func resultShape(for input: Shape) throws(ShapeError) -> Shape { input }
}

extension Shape {
    fileprivate func requirePlanes(for name: String) throws(ShapeError) {
        guard rank == 4, self[2] >= 1, self[3] >= 1 else {
            throw ShapeError("\(name): the input must be [N, C, H, W] with H and W at least 1, got \(self)")
        }
    }
}
