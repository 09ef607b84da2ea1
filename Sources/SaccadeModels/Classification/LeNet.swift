import SaccadeTensors

extension Architecture {
    /// LeNet-5: LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998), figure 2, with every map
    /// of S2 connected to every map of C3 and a linear layer in place of the radial basis functions, as it is taught
    /// today.
    public static var leNet5: Architecture {
        Architecture(
            name: "LeNet-5", source: "lenet-5", input: .image(height: 32, width: 32, channels: 1),
            layers: [
                .conv(6, kernel: 5, padding: nil, name: "c1"), .tanh,
                .averagePool(2, stride: 2, name: "s2"),
                .conv(16, kernel: 5, padding: nil, name: "c3"), .tanh,
                .averagePool(2, stride: 2, name: "s4"),
                .conv(120, kernel: 5, padding: nil, name: "c5"), .tanh,
                .flatten,
                .linear(84, name: "f6"), .tanh,
                .classifier(name: "output"),
            ], classes: 10)
    }
}
