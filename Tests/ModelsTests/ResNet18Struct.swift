import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// ResNet-18 as a struct of layers, written and named as in torchvision's resnet.py: He et al., "Deep Residual Learning
/// for Image Recognition" (2015), table 1.
struct ResNet18Struct: Model {
    let conv1: Conv2D
    let bn1: BatchNorm2D
    let maxpool = MaxPool2D(kernel: 3, stride: 2, padding: 1)
    let layer1: Sequential
    let layer2: Sequential
    let layer3: Sequential
    let layer4: Sequential
    let avgpool = GlobalAveragePool2D()
    let fc: Linear

    init(classes: Int, using generator: inout SplitMix64) {
        conv1 = Conv2D(in: 3, out: 64, kernel: 7, stride: 2, padding: 3, bias: false, using: &generator)
        bn1 = BatchNorm2D(64)
        func layer(_ inputs: Int, _ outputs: Int, stride: Pair) -> Sequential {
            Sequential {
                BasicBlock(in: inputs, out: outputs, stride: stride, using: &generator)
                BasicBlock(in: outputs, out: outputs, using: &generator)
            }
        }
        layer1 = layer(64, 64, stride: 1)
        layer2 = layer(64, 128, stride: 2)
        layer3 = layer(128, 256, stride: 2)
        layer4 = layer(256, 512, stride: 2)
        fc = Linear(in: 512, out: classes, using: &generator)
    }

    var inputs: [ModelInput] {
        let side = ModelInput.Length.free(FreeLength(usual: 224))
        return [ModelInput("image", [.batch, .fixed(3), side, side])]
    }
    var outputs: [String] { ["logits"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        var x = ConvBlock(conv1, bn1, activation: .relu, pool: maxpool)(inputs[0])  // [N, 64, H/4, W/4]
        x = layer1(x)
        x = layer2(x)
        x = layer3(x)
        x = layer4(x)  // [N, 512, H/32, W/32]
        return [fc(avgpool(x).flattened(from: 1))]
    }
}

/// The paper's figure 5, left.
struct BasicBlock: Layer {
    let conv1: Conv2D
    let bn1: BatchNorm2D
    let conv2: Conv2D
    let bn2: BatchNorm2D
    let downsample: Sequential?  // only where the shape changes

    init(in inputs: Int, out outputs: Int, stride: Pair = 1, using generator: inout SplitMix64) {
        conv1 = Conv2D(in: inputs, out: outputs, kernel: 3, stride: stride, padding: 1, bias: false, using: &generator)
        bn1 = BatchNorm2D(outputs)
        conv2 = Conv2D(in: outputs, out: outputs, kernel: 3, padding: 1, bias: false, using: &generator)
        bn2 = BatchNorm2D(outputs)
        downsample =
            stride == 1 && inputs == outputs
            ? nil
            : Sequential {
                Conv2D(in: inputs, out: outputs, kernel: 1, stride: stride, bias: false, using: &generator)
                BatchNorm2D(outputs)
            }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let y = ConvBlock(conv1, bn1, activation: .relu)(x)
        return bn2(conv2(y), adding: downsample?(x) ?? x, activation: .relu)
    }
}
