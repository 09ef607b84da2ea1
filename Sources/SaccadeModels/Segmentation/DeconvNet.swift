public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// DeconvNet: VGG-16 with its fully connected layers, and the mirror image of all of it in transposed convolutions and
/// unpoolings.
///
/// Noh, Hong and Han, "Learning Deconvolution Network for Semantic Segmentation" (2015), figure 2, with the layers of the
/// authors' network. Every convolution but the last has batch norm and ReLU. The fully connected layers are convolutions,
/// so that larger images will do as well.
public struct DeconvNet: Model {
    /// The settings of a recipe, `network: {deconvnet: {width: 32}}`.
    public struct Configuration: Sendable, Hashable {
        /// Channels of the first stage, 1 to 256; the others have two, four and eight times as many, and the fully
        /// connected layers 64 times as many.
        public var width = 64

        public init() {}
    }

    let stages: MirroredStages
    /// `fc6` and `fc7`, and `fc6_deconv`, which makes 7×7 of 1×1 again.
    let turn: ConvolutionStage
    let score: Conv2D
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["seg_score"] }
    public var ancestors: [Ancestor] {
        let fullyConnected = [("fc6", "classifier.0"), ("fc7", "classifier.3")].flatMap { name, theirs in
            ["weight", "bias"].map { ("\(name).\($0)", "\(theirs).\($0)") }
        }
        return [Ancestor("VGG-16-BN", names: stages.encoder.torchvisionNames.merging(fullyConnected) { $1 })]
    }
    public var children: [(name: String, value: Any)] {
        stages.children + turn.children + [("seg_score", score)]
    }

    /// - Parameters:
    ///   - image: The usual one, in a size that ``Configuration/sizes(usual:)`` allows.
    ///   - classes: Channels of the result.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "DeconvNet: \(configuration.problem ?? "")")
        let levels = [ConvolutionStage].vgg16(width: configuration.width)
        let (top, wide) = (levels[4].channels, 64 * configuration.width)
        // The authors' first weights of what VGG has not.
        let initializer = Initializer.normal(deviation: 0.01)
        func transposed(_ name: String, _ inputs: Int, _ outputs: Int, kernel: Int, padding: Int)
            -> ConvolutionStage.Part
        {
            let conv = ConvTranspose2D(
                in: inputs, out: outputs, kernel: Pair(kernel), padding: Pair(padding), initializer: initializer,
                using: &generator)
            return .init(name, conv.withoutFirstBias, BatchNorm2D(outputs))
        }
        func fullyConnected(_ name: String, _ inputs: Int, kernel: Int) -> ConvolutionStage.Part {
            let conv = Conv2D(
                in: inputs, out: wide, kernel: Pair(kernel), initializer: initializer, using: &generator)
            return .init(name, conv.withoutFirstBias, BatchNorm2D(wide))
        }
        turn = ConvolutionStage(parts: [
            fullyConnected("fc6", top, kernel: 7), fullyConnected("fc7", wide, kernel: 1),
            transposed("fc6_deconv", wide, top, kernel: 7, padding: 0),
        ])
        let decoder = levels.indices.reversed().map { stage in
            let (count, channels) = levels[stage]
            let parts = (1...count).map { number in
                let isLast = number == count && stage > 0
                return transposed(
                    "deconv\(stage + 1)_\(number)", channels, isLast ? levels[stage - 1].channels : channels,
                    kernel: 3, padding: 1)
            }
            return ConvolutionStage(parts: parts)
        }
        stages = MirroredStages(
            encoder: .init(
                vgg16Of: image.channels, width: configuration.width, hasBatchNorm: true,
                initializer: .kaimingNormal(fan: .output), using: &generator),
            decoder: decoder)
        score =
            Conv2D(in: levels[0].channels, out: classes, kernel: 1, initializer: initializer, using: &generator)
            .withoutFirstBias
        inputs = configuration.inputs(for: image)
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        [score(stages(inputs[0]) { turn($0) })]
    }
}

extension DeconvNet.Configuration: WidthConfiguration {
    /// Which heights and widths an image may have: those of which five halvings, rounded up, leave the 7 places that
    /// `fc6` spans. The paper has 224.
    public func sizes(usual: Int) -> FreeLength { FreeLength(usual: usual, least: 6 * 32 + 1) }

    func network(for image: ImageShape, classes: Int, using generator: inout SplitMix64) -> DeconvNet {
        DeconvNet(self, image: image, classes: classes, using: &generator)
    }
}
