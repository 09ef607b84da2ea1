import SaccadeTensors

/// How many layers with weights a ResNet for CIFAR-10 has: 6n + 2.
public enum CIFARResNetDepth: Int, Sendable, CaseIterable {
    case twenty = 20
    case thirtyTwo = 32
    case fortyFour = 44
    case fiftySix = 56
    case hundredTen = 110

    /// The paper's n: blocks of each of the three stages.
    var blocks: Int { (rawValue - 2) / 6 }
}

extension Architecture {
    /// The ResNets for 32×32 images: He et al., "Deep Residual Learning for Image Recognition" (2015), section 4.2,
    /// with shortcuts without parameters (option A). The names are those of github.com/akamaster/pytorch_resnet_cifar10.
    public static func cifarResNet(_ depth: CIFARResNetDepth) -> Architecture {
        var layers: [LayerSpecification] = [
            .conv(16, kernel: 3, padding: 1, bias: false, name: "conv1"), .batchNorm(name: "bn1"), .relu,
        ]
        for (stage, width) in [16, 32, 64].enumerated() {
            for block in 0..<depth.blocks {
                let isFirst = stage > 0 && block == 0
                layers.append(
                    .residual(
                        basicBlock(width, isFirst ? 2 : 1),
                        shortcut: isFirst ? [.padChannels(to: width, stride: 2)] : [], activation: .relu,
                        name: "layer\(stage + 1).\(block)"))
            }
        }
        layers += [.globalAveragePool, .flatten, .classifier(name: "linear")]
        return Architecture(
            name: "CIFAR ResNet-\(depth.rawValue)", source: "cifar-resnet-\(depth.rawValue)",
            input: .image(height: 32, width: 32, channels: 3), layers: layers, classes: 10,
            preprocessing: .imageNet)
    }
}
