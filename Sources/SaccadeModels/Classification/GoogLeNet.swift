import SaccadeTensors

extension Architecture {
    /// GoogLeNet: Szegedy et al., "Going Deeper with Convolutions" (2014), table 1, with torchvision's names.
    ///
    /// Like torchvision's it has batch norms in place of biases, 3×3 convolutions where the paper has 5×5, and auxiliary
    /// heads, whose losses count 0.3 while training (section 5). Torchvision's weights expect brightness from −1 to 1;
    /// its `transform_input` makes that of images prepared for other networks, and here the images are prepared so
    /// from the start.
    public static var googLeNet: Architecture {
        Architecture(
            name: "GoogLeNet", source: "googlenet", input: .image(height: 224, width: 224, channels: 3),
            layers: [
                unit(64, kernel: 7, stride: 2, "conv1"),
                pool(3),
                unit(64, kernel: 1, "conv2"),
                unit(192, kernel: 3, "conv3"),
                pool(3),
                //               1×1   3×3 reduced  5×5 reduced  pooled
                inception("3a", 64, (96, 128), (16, 32), 32),
                inception("3b", 128, (128, 192), (32, 96), 64),
                pool(3),
                inception("4a", 192, (96, 208), (16, 48), 64),
                auxiliaryHead("aux1"),
                inception("4b", 160, (112, 224), (24, 64), 64),
                inception("4c", 128, (128, 256), (24, 64), 64),
                inception("4d", 112, (144, 288), (32, 64), 64),
                auxiliaryHead("aux2"),
                inception("4e", 256, (160, 320), (32, 128), 128),
                pool(2),
                inception("5a", 256, (160, 320), (32, 128), 128),
                inception("5b", 384, (192, 384), (48, 128), 128),
                [.globalAveragePool, .flatten, .dropout(0.2), .classifier(name: "fc")],
            ].flatMap { $0 }, classes: 1000, preprocessing: .symmetric)
    }

    /// A convolution that keeps the size unless it strides, batch norm, ReLU.
    private static func unit(
        _ channels: Int, kernel: Int, stride: Int = 1, _ name: String
    ) -> [LayerSpecification] {
        [
            .conv(
                channels, kernel: Pair(kernel), stride: Pair(stride), padding: .pixels(Pair(kernel / 2)), bias: false,
                name: "\(name).conv"),
            .batchNorm(epsilon: 1e-3, name: "\(name).bn"), .relu,
        ]
    }

    private static func pool(_ kernel: Int) -> [LayerSpecification] {
        [.maxPool(Pair(kernel), stride: 2, ceilMode: true)]
    }

    /// The paper's figure 2(b): the numbers are channels.
    private static func inception(
        _ name: String, _ one: Int, _ three: (reduced: Int, Int), _ five: (reduced: Int, Int), _ pooled: Int
    ) -> [LayerSpecification] {
        [
            .parallel(
                unit(one, kernel: 1, "branch1"),
                unit(three.reduced, kernel: 1, "branch2.0") + unit(three.1, kernel: 3, "branch2.1"),
                unit(five.reduced, kernel: 1, "branch3.0") + unit(five.1, kernel: 3, "branch3.1"),
                [.maxPool(3, stride: 1, padding: 1, ceilMode: true)] + unit(pooled, kernel: 1, "branch4.1"),
                name: "inception\(name)")
        ]
    }

    /// The paper's section 5; 4×4 means are what its 5×5 windows of stride 3 make of 14×14.
    private static func auxiliaryHead(_ name: String) -> [LayerSpecification] {
        let logits: [LayerSpecification] = [
            .flatten, .linear(1024, name: "fc1"), .relu, .dropout(0.7), .classifier(name: "fc2"),
        ]
        return [.auxiliary([.adaptiveAveragePool(4)] + unit(128, kernel: 1, "conv") + logits, weight: 0.3, name: name)]
    }
}
