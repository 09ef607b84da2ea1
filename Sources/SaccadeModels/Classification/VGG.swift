import SaccadeTensors

/// How many layers with weights a VGG has: the columns A, B, D and E of the paper's table 1.
public enum VGGDepth: Int, Sendable, CaseIterable {
    case eleven = 11
    case thirteen = 13
    case sixteen = 16
    case nineteen = 19

    /// Convolutions of each stage.
    var convolutions: [Int] {
        switch self {
        case .eleven: [1, 1, 2, 2, 2]
        case .thirteen: [2, 2, 2, 2, 2]
        case .sixteen: [2, 2, 3, 3, 3]
        case .nineteen: [2, 2, 4, 4, 4]
        }
    }
}

extension Architecture {
    /// VGG: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014),
    /// table 1, with torchvision's names.
    ///
    /// - Parameter batchNorm: Whether each convolution has a batch norm behind it, which the paper did not know yet.
    public static func vgg(_ depth: VGGDepth, batchNorm: Bool = false) -> Architecture {
        let suffix = batchNorm ? "-bn" : ""
        var layers: [LayerSpecification] = []
        // Torchvision numbers what has weights and what has none alike.
        var index = 0
        for (width, count) in zip([64, 128, 256, 512, 512], depth.convolutions) {
            for _ in 0..<count {
                layers.append(.conv(width, kernel: 3, padding: 1, name: "features.\(index)"))
                if batchNorm { layers.append(.batchNorm(name: "features.\(index + 1)")) }
                layers.append(.relu)
                index += batchNorm ? 3 : 2
            }
            layers.append(.maxPool(2, stride: 2))
            index += 1
        }
        layers += [
            .adaptiveAveragePool(7), .flatten,
            .linear(4096, name: "classifier.0"), .relu, .dropout(0.5),
            .linear(4096, name: "classifier.3"), .relu, .dropout(0.5),
            .classifier(name: "classifier.6"),
        ]
        return Architecture(
            name: "VGG-\(depth.rawValue)\(suffix.uppercased())", source: "vgg-\(depth.rawValue)\(suffix)",
            input: .image(height: 224, width: 224, channels: 3), layers: layers, classes: 1000,
            preprocessing: .imageNet)
    }
}
