import SaccadePrelude
import SaccadeTensors

/// How many layers with weights a ResNet has: the columns of the paper's table 1.
public enum ResNetDepth: Int, Sendable, CaseIterable {
    case eighteen = 18
    case thirtyFour = 34
    case fifty = 50
    case hundredOne = 101
    case hundredFiftyTwo = 152

    /// Blocks of each stage.
    var blocks: [Int] {
        switch self {
        case .eighteen: [2, 2, 2, 2]
        case .thirtyFour, .fifty: [3, 4, 6, 3]
        case .hundredOne: [3, 4, 23, 3]
        case .hundredFiftyTwo: [3, 8, 36, 3]
        }
    }

    /// Whether a block is 1×1, 3×3, 1×1 and widens fourfold, in place of two 3×3.
    var isBottleneck: Bool { rawValue >= 50 }
}

extension Architecture {
    /// ResNet: He et al., "Deep Residual Learning for Image Recognition" (2015), table 1, with torchvision's names, and
    /// like there ("v1.5") with a bottleneck's stride in its 3×3 convolution.
    ///
    /// - Parameter dilated: Whether the last two stages keep the size of the map, and reach as far by dilation: as the
    ///   backbone of networks that score each place. A first block still reaches as far as the stage before it.
    /// - Precondition: Only bottlenecks are dilated.
    public static func resNet(_ depth: ResNetDepth, dilated: Bool = false) -> Architecture {
        require(depth.isBottleneck || !dilated, "resNet: only bottlenecks are dilated, not ResNet-\(depth.rawValue)")
        var layers: [LayerSpecification] = [
            .conv(64, kernel: 7, stride: 2, padding: 3, bias: false, name: "conv1"), .batchNorm(name: "bn1"), .relu,
            .maxPool(3, stride: 2, padding: 1),
        ]
        var (channels, dilation) = (64, 1)
        for (stage, (width, count)) in zip([64, 128, 256, 512], depth.blocks).enumerated() {
            for block in 0..<count {
                let isDilated = dilated && stage >= 2
                let stride: Pair = stage > 0 && block == 0 && !isDilated ? 2 : 1
                let result = depth.isBottleneck ? 4 * width : width
                layers.append(
                    .residual(
                        depth.isBottleneck ? bottleneck(width, stride, dilation) : basicBlock(width, stride),
                        shortcut: stride == 1 && channels == result ? [] : projection(result, stride),
                        activation: .relu, name: "layer\(stage + 1).\(block)"))
                channels = result
                if isDilated, block == 0 { dilation *= 2 }
            }
        }
        layers += [.globalAveragePool, .flatten, .classifier(name: "fc")]
        return Architecture(
            name: "ResNet-\(depth.rawValue)", source: "resnet-\(depth.rawValue)",
            input: .image(height: 224, width: 224, channels: 3), layers: layers, classes: 1000,
            preprocessing: .imageNet)
    }

    /// The paper's figure 5, left.
    static func basicBlock(_ width: Int, _ stride: Pair) -> [LayerSpecification] {
        [
            .conv(width, kernel: 3, stride: stride, padding: 1, bias: false, name: "conv1"), .batchNorm(name: "bn1"),
            .relu,
            .conv(width, kernel: 3, padding: 1, bias: false, name: "conv2"), .batchNorm(name: "bn2"),
        ]
    }

    /// The paper's figure 5, right.
    private static func bottleneck(_ width: Int, _ stride: Pair, _ dilation: Int) -> [LayerSpecification] {
        [
            .conv(width, kernel: 1, bias: false, name: "conv1"), .batchNorm(name: "bn1"), .relu,
            .conv(
                width, kernel: 3, stride: stride, padding: .pixels(Pair(dilation)), dilation: Pair(dilation),
                bias: false,
                name: "conv2"),
            .batchNorm(name: "bn2"), .relu,
            .conv(4 * width, kernel: 1, bias: false, name: "conv3"), .batchNorm(name: "bn3"),
        ]
    }

    /// The shortcut where a stage begins: option B.
    private static func projection(_ channels: Int, _ stride: Pair) -> [LayerSpecification] {
        [
            .conv(channels, kernel: 1, stride: stride, bias: false, name: "downsample.0"),
            .batchNorm(name: "downsample.1"),
        ]
    }
}
