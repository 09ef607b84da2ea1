public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// SegNet: the convolutions of VGG-16 and their mirror image, which knows where each maximum was.
///
/// Badrinarayanan, Kendall and Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation"
/// (2017), section 3. All convolutions have a bias and, but for the last, batch norm and ReLU, as the authors' network has
/// them: 29 449 355 parameters with 11 classes.
public struct SegNet: Model {
    /// The settings of a recipe, `network: {segnet: {width: 32}}`.
    public struct Configuration: Sendable, Hashable {
        /// Channels of the first stage, 1 to 256; the others have two, four and eight times as many.
        public var width = 64

        public init() {}
    }

    let stages: MirroredStages
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { [Self.head] }
    public var ancestors: [Ancestor] { [Ancestor("VGG-16-BN", names: stages.encoder.torchvisionNames)] }
    public var children: [(name: String, value: Any)] { stages.children }

    private static let head = "conv1_1_D"

    /// - Parameters:
    ///   - image: The usual one.
    ///   - classes: Channels of the result.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "SegNet: \(configuration.problem ?? "")")
        let width = configuration.width
        var decoder: [ConvolutionStage] = []
        let levels = [ConvolutionStage].vgg16(width: width)
        for stage in levels.indices.reversed() {
            let (count, channels) = levels[stage]
            let parts = (1...count).reversed().map { number -> ConvolutionStage.Part in
                let name = "conv\(stage + 1)_\(number)_D"
                let isHead = name == Self.head
                let outputs = isHead ? classes : number > 1 || stage == 0 ? channels : levels[stage - 1].channels
                let conv = Conv2D(
                    in: channels, out: outputs, kernel: 3, padding: 1, initializer: .kaimingNormal(), using: &generator)
                return .init(name, conv.withoutFirstBias, isHead ? nil : BatchNorm2D(outputs))
            }
            decoder.append(ConvolutionStage(parts: parts))
        }
        stages = MirroredStages(
            encoder: .init(
                vgg16Of: image.channels, width: width, hasBatchNorm: true, initializer: .kaimingNormal(),
                using: &generator),
            decoder: decoder)
        inputs = configuration.inputs(for: image)
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [stages(inputs[0])] }
}

extension SegNet.Configuration: WidthConfiguration {
    func network(for image: ImageShape, classes: Int, using generator: inout SplitMix64) -> SegNet {
        SegNet(self, image: image, classes: classes, using: &generator)
    }
}

/// SegNet-Basic: four stages of one 7×7 convolution each, and their mirror image.
///
/// The same paper's section 3.2, with what the authors' network has beside the text: the image's brightness is evened
/// out by local response normalisation, and the decoder has batch norm but no ReLU.
public struct SegNetBasic: Model {
    /// The settings of a recipe, `network: {segnet-basic: {width: 32}}`.
    public struct Configuration: Sendable, Hashable {
        /// Channels of all maps, 1 to 256.
        public var width = 64

        public init() {}
    }

    let stages: MirroredStages
    let classifier: Conv2D
    public let inputs: [ModelInput]
    private let norm = LocalResponseNorm(size: 5, alpha: 1e-4, beta: 0.75)

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["conv_classifier"] }
    public var children: [(name: String, value: Any)] { stages.children + [("conv_classifier", classifier)] }

    /// - Parameters:
    ///   - image: The usual one.
    ///   - classes: Channels of the result.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "SegNetBasic: \(configuration.problem ?? "")")
        let width = configuration.width
        func stage(_ name: String, _ inputs: Int, _ activation: Activation?) -> ConvolutionStage {
            let conv = Conv2D(
                in: inputs, out: width, kernel: 7, padding: 3, initializer: .kaimingNormal(), using: &generator)
            return ConvolutionStage(
                parts: [.init(name, conv.withoutFirstBias, BatchNorm2D(width), activation: activation)])
        }
        stages = MirroredStages(
            encoder: (1...4).map { stage("conv\($0)", $0 == 1 ? image.channels : width, .relu) },
            decoder: (1...4).reversed().map { stage("conv_decode\($0)", width, nil) })
        classifier =
            Conv2D(in: width, out: classes, kernel: 1, initializer: .kaimingNormal(), using: &generator)
            .withoutFirstBias
        inputs = configuration.inputs(for: image)
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [classifier(stages(norm(inputs[0])))] }
}

extension SegNetBasic.Configuration: WidthConfiguration {
    func network(for image: ImageShape, classes: Int, using generator: inout SplitMix64) -> SegNetBasic {
        SegNetBasic(self, image: image, classes: classes, using: &generator)
    }
}
