public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A ResNet whose last two stages are dilated instead of strided, and one convolution that scores its map: torchvision's
/// `fcn_resnet50` and `fcn_resnet101`, with their names.
///
/// The dilation is that of Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions" (2016); the auxiliary
/// head over the third stage, for training alone, that of Zhao et al., "Pyramid Scene Parsing Network" (2017), section 3.3.
public struct FCNResNet: Model {
    /// The settings of a recipe, `network: {fcn-resnet-50: {auxiliary: false}}`.
    public struct Configuration: Sendable, Hashable {
        public var depth = ResNetDepth.fifty
        /// Whether there is the head for training.
        public var auxiliary = true
        /// The chance of an element in front of the last layer to become zero while training, in `0..<1`.
        public var dropout = 0.1

        public init() {}
    }

    let backbone: Network
    let classifier: FCNHead
    private(set) var auxClassifier: FCNHead?
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["classifier.4"] + auxiliaryNames.map { "\($0).4" } }
    public var auxiliaryNames: [String] { auxClassifier == nil ? [] : ["aux_classifier"] }
    public var ancestors: [Ancestor] { [Ancestor(backbone.name, names: names(ofPart: "backbone"))] }

    public var forInference: FCNResNet {
        var network = self
        network.auxClassifier = nil
        return network
    }

    /// - Parameters:
    ///   - classifier: A dilated ResNet, with all of its layers.
    ///   - classes: Channels of the result.
    init(
        _ configuration: Configuration, _ classifier: ResolvedNetwork, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "FCNResNet: \(configuration.problem ?? "")")
        let encoder = ImageEncoder(classifier)
        guard let last = encoder.levels.last else { wrongProgram("FCNResNet: \(classifier.name) has no maps") }
        backbone = encoder.network
        inputs = backbone.inputs.map { ModelInput("image", $0.lengths) }
        self.classifier = FCNHead(last.channels, classes: classes, configuration, using: &generator)
        auxClassifier =
            configuration.auxiliary
            ? FCNHead(last.channels / 2, classes: classes, configuration, using: &generator) : nil
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let map = Trace.scope("backbone") { backbone(inputs[0]) }
        return [classifier(map).resized(to: Pair(inputs[0].shape[2], inputs[0].shape[3]))]
    }

    public func trainingResults(_ inputs: [Tensor]) -> TrainingResults {
        guard let auxClassifier else { return TrainingResults(self(inputs), auxiliary: []) }
        let size = Pair(inputs[0].shape[2], inputs[0].shape[3])
        let maps = Trace.scope("backbone") { backbone.features(inputs[0], of: ["layer3", "layer4"]) }
        return TrainingResults(
            [classifier(maps[1]).resized(to: size)],
            auxiliary: [.init(auxClassifier(maps[0]).resized(to: size), weight: 0.5)])
    }
}

/// A 3×3 convolution to a quarter of the channels with batch norm and ReLU, and a 1×1 that scores.
struct FCNHead: Layer {
    private let conv: ConvBlock
    private let dropout: Dropout
    private let score: Conv2D

    init(
        _ channels: Int, classes: Int, _ configuration: FCNResNet.Configuration,
        using generator: inout some RandomNumberGenerator
    ) {
        conv = ConvBlock(
            Conv2D(in: channels, out: channels / 4, kernel: 3, padding: 1, bias: false, using: &generator),
            BatchNorm2D(channels / 4), activation: .relu)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
        score = Conv2D(in: channels / 4, out: classes, kernel: 1, using: &generator)
    }

    /// By the numbers that torchvision's list of layers has.
    var children: [(name: String, value: Any)] {
        [("0", conv.conv), ("1", conv.bn as Any), ("3", dropout), ("4", score)]
    }

    func callAsFunction(_ x: Tensor) -> Tensor { score(dropout(conv(x))) }
}

extension FCNResNet.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        (0..<1).contains(dropout) ? nil : "dropout must be at least 0 and below 1, not \(dropout)"
    }
}

/// As an object with the names of the properties but the depth, which is that of the network's name; a key that is not
/// known, or an invalid value, is refused.
extension FCNResNet.Configuration: SegmentationConfiguration {
    private enum Keys: String, CodingKey, CaseIterable { case auxiliary, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        auxiliary = try values.decodeIfPresent(Bool.self, forKey: .auxiliary) ?? auxiliary
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        try decoder.refuse(problem)
    }

    func network(
        for image: ImageShape, classes: Int, using generator: inout SplitMix64
    ) throws(RecipeError) -> FCNResNet {
        let input = InputSize.image(height: image.height, width: image.width, channels: image.channels)
        let classifier = try Architecture.resNet(depth, dilated: true).resolved(input: input, seed: generator.next())
        return FCNResNet(self, classifier, classes: classes, using: &generator)
    }
}
