import SaccadeLayers
import SaccadeTensors

/// Convolutions of one resolution, one after another, by the names that their paper has for them.
struct ConvolutionStage: Layer {
    /// A convolution, transposed or not, and its batch norm.
    struct Part: Layer {
        let name: String
        let conv: any Layer
        let bn: BatchNorm2D?
        /// What comes last where there is a batch norm; without one the convolution applies its own.
        let activation: Activation?

        init(_ name: String, _ conv: any Layer, _ bn: BatchNorm2D? = nil, activation: Activation? = .relu) {
            (self.name, self.conv, self.bn, self.activation) = (name, conv, bn, activation)
        }

        var children: [(name: String, value: Any)] {
            [(name, conv)] + (bn.map { [("\(name)_bn", $0)] } ?? [])
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let y = conv(x)
            return bn.map { $0(y, activation: activation) } ?? y
        }
    }

    let parts: [Part]

    var children: [(name: String, value: Any)] { parts.flatMap(\.children) }

    func callAsFunction(_ x: Tensor) -> Tensor { parts.reduce(x) { $1($0) } }
}

// The convolutions of VGG-16, which three networks begin with.
extension [ConvolutionStage] {
    /// Convolutions and channels of each stage of VGG-16.
    ///
    /// - Parameter width: Channels of the first stage, 64 in the paper.
    static func vgg16(width: Int) -> [(convolutions: Int, channels: Int)] {
        zip(VGGDepth.sixteen.convolutions, [1, 2, 4, 8, 8]).map { ($0, $1 * width) }
    }

    /// The stages `conv1_1`, `conv1_2` to `conv5_3`, 3×3 each.
    ///
    /// - Parameters:
    ///   - channels: Of the image.
    ///   - width: Channels of the first stage.
    ///   - border: Zeros around the image.
    ///   - hasBatchNorm: Whether each convolution has one.
    ///   - initializer: Where the first weights come from.
    init(
        vgg16Of channels: Int, width: Int, border: Int = 1, hasBatchNorm: Bool, initializer: Initializer,
        using generator: inout some RandomNumberGenerator
    ) {
        self = []
        var inputs = channels
        for (stage, (count, outputs)) in Self.vgg16(width: width).enumerated() {
            var parts: [ConvolutionStage.Part] = []
            for number in 1...count {
                let conv = Conv2D(
                    in: inputs, out: outputs, kernel: 3,
                    padding: .pixels(Pair(stage == 0 && number == 1 ? border : 1)),
                    activation: hasBatchNorm ? nil : .relu, initializer: initializer, using: &generator)
                parts.append(
                    .init(
                        "conv\(stage + 1)_\(number)", conv.withoutFirstBias,
                        hasBatchNorm ? BatchNorm2D(outputs) : nil))
                inputs = outputs
            }
            append(ConvolutionStage(parts: parts))
        }
    }

    /// What all weights are called in torchvision's VGG-16, where what has no weights is numbered as well.
    var torchvisionNames: [String: String] {
        var (names, index) = ([String: String](), 0)
        for stage in self {
            for part in stage.parts {
                for name in part.storedShapes.map(\.name) {
                    let isNorm = name.hasPrefix("\(part.name)_bn.")
                    let last = name.split(separator: ".").last ?? ""
                    names[name] = "features.\(isNorm ? index + 1 : index).\(last)"
                }
                index += part.bn == nil ? 2 : 3
            }
            index += 1
        }
        return names
    }
}

extension Conv2D {
    /// The same, its bias zero, as Caffe begins.
    var withoutFirstBias: Conv2D {
        bias?.clear()
        return self
    }
}

extension ConvTranspose2D {
    /// The same, its bias zero, as Caffe begins.
    var withoutFirstBias: ConvTranspose2D {
        bias?.clear()
        return self
    }
}

extension Parameter {
    fileprivate func clear() { assign(Tensor(filledWith: 0, shape: shape)) }
}
