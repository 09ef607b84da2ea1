package import SaccadeTensors

// Layers with the weights of others. A parameter has identity: whoever holds the same one shares its value and its
// gradient.

extension Conv2D {
    /// The same convolution with parameters that exist already.
    ///
    /// - Precondition: The weight has this one's shape.
    package func using(weight: Parameter, bias: Parameter?) -> Conv2D {
        precondition(weight.shape == self.weight.shape, "Conv2D: weights of \(weight.shape) for \(self.weight.shape)")
        return Conv2D(copying: self, weight, bias)
    }

    private init(copying other: Conv2D, _ weight: Parameter, _ bias: Parameter?) {
        self.weight = weight
        self.bias = bias
        stride = other.stride
        padding = other.padding
        dilation = other.dilation
        groups = other.groups
        activation = other.activation
    }
}

extension ConvTranspose2D {
    /// The same up-convolution with parameters that exist already.
    ///
    /// - Precondition: The weight has this one's shape.
    package func using(weight: Parameter, bias: Parameter?) -> ConvTranspose2D {
        precondition(
            weight.shape == self.weight.shape, "ConvTranspose2D: weights of \(weight.shape) for \(self.weight.shape)")
        return ConvTranspose2D(copying: self, weight, bias)
    }

    private init(copying other: ConvTranspose2D, _ weight: Parameter, _ bias: Parameter?) {
        self.weight = weight
        self.bias = bias
        stride = other.stride
        padding = other.padding
        outputPadding = other.outputPadding
        dilation = other.dilation
        groups = other.groups
        activation = other.activation
    }
}

extension Linear {
    /// The same layer with parameters that exist already.
    ///
    /// - Precondition: The weight has this one's shape.
    package func using(weight: Parameter, bias: Parameter?) -> Linear {
        precondition(weight.shape == self.weight.shape, "Linear: weights of \(weight.shape) for \(self.weight.shape)")
        return Linear(copying: self, weight, bias)
    }

    private init(copying other: Linear, _ weight: Parameter, _ bias: Parameter?) {
        self.weight = weight
        self.bias = bias
        activation = other.activation
    }
}
