public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A classifier of the zoo that sees what there is, and a decoder that says where: the encoder–decoder of the lecture.
///
/// The decoder doubles height and width again and again, each time by a block in the style of VGG, GoogLeNet or ResNet,
/// and joins the encoder's map of the new size to the result. Where the encoder does not halve exactly, maps are brought
/// to half of the next size before, bilinearly, so that images of any size will do that the encoder can take.
public struct EncoderDecoder: Model {
    /// The settings of a recipe: `network: {encoder-decoder: {encoder: resnet-18, decoder: googlenet}}`.
    public struct Configuration: Sendable, Hashable {
        /// How a block of the decoder enlarges.
        public enum Style: String, Sendable, Hashable, CaseIterable {
            /// Unpooling and three 3×3 convolutions.
            case vgg
            /// 1×1, 3×3, transposed-convolution and unpooling branches, concatenated.
            case googlenet
            /// A 3×3 transposed convolution plus a 1×1 transposed shortcut, summed.
            case resnet
        }

        /// A published network, or a recipe with layers.
        public var encoder = "resnet-18"
        public var decoder = Style.resnet
        /// The most channels of the decoder's maps, 4 to 4096; fewer where the encoder has fewer.
        public var width = 256
        /// Whether the encoder's maps of several levels reach the decoder.
        public var skips = true
        /// Rows of the image for each row of the decoder's last map, from which scores are enlarged bilinearly: 1, 2, 4 or
        /// 8.
        public var stride = 1
        /// The chance of an element in front of the last layer to become zero while training, in `0..<1`.
        public var dropout = 0.0

        public init() {}
    }

    let encoder: Network
    let decoder: [DecoderLevel]
    let head: Conv2D
    private let dropout: Dropout
    /// The layers of the encoder whose maps are read, from fine to coarse.
    private let ends: [Int]
    private let usesSkips: Bool
    private let stride: Int
    private let encoderName: String
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["head"] }
    public var ancestors: [Ancestor] { [Ancestor(encoderName, names: names(ofPart: "encoder"))] }

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - classifier: On images; its layers up to the last map are the encoder.
    ///   - classes: Channels of the result.
    /// - Precondition: The classifier has a convolution, and a map at most 1 / `stride` as high as the image.
    init(
        _ configuration: Configuration, _ classifier: ResolvedNetwork, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "EncoderDecoder: \(configuration.problem ?? "")")
        let found = ImageEncoder(classifier)
        let levels = found.levels.filter { $0.stride >= configuration.stride }
        guard let deepest = levels.last, let finest = levels.first else {
            wrongProgram("EncoderDecoder: \(classifier.name) has no maps")
        }
        (encoder, encoderName, stride) = (found.network, classifier.name, configuration.stride)
        (usesSkips, ends) = (configuration.skips, levels.map(\.end))
        inputs = found.network.inputs.map { ModelInput("image", $0.lengths) }
        var channels = deepest.channels
        var decoder: [DecoderLevel] = []
        for level in levels.dropLast().reversed() {
            let width = min(level.channels, configuration.width)
            decoder.append(
                DecoderLevel(
                    configuration.decoder, from: channels, beside: level.channels, to: width, fuses: usesSkips,
                    using: &generator))
            channels = width
        }
        // From the encoder's finest map on to the image there is nothing to join.
        var left = finest.stride / configuration.stride
        while left > 1 {
            let width = max(8, min(channels, configuration.width) / 2)
            decoder.append(
                DecoderLevel(
                    configuration.decoder, from: channels, beside: nil, to: width, fuses: false, using: &generator))
            (channels, left) = (width, left / 2)
        }
        self.decoder = decoder
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
        head = Conv2D(in: channels, out: classes, kernel: 1, using: &generator)
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let size = Pair(inputs[0].shape[2], inputs[0].shape[3])
        let maps = Trace.scope("encoder") { encoder.features(inputs[0], endingAt: ends) }
        var x = maps[maps.count - 1]
        for (index, level) in decoder.enumerated() {
            if index < maps.count - 1 {
                x = level(x, beside: maps[maps.count - 2 - index])
            } else {
                // Halvings that are still to be undone.
                let halvings = decoder.count - 1 - index
                let step = stride << halvings
                x = level(x, to: Pair((size.height + step - 1) / step, (size.width + step - 1) / step))
            }
        }
        let scores = head(dropout(x))
        return [Pair(scores.shape[2], scores.shape[3]) == size ? scores : scores.resized(to: size)]
    }
}

/// One doubling of the decoder, with the encoder's map of the new size beside it.
struct DecoderLevel: Module {
    /// 1×1, where the encoder's map has more channels than the decoder's is to have.
    let lateral: ConvBlock?
    let block: any DecoderBlock
    /// 3×3, over the block's result and the encoder's map.
    let fuse: ConvBlock?

    init(
        _ style: EncoderDecoder.Configuration.Style, from inputs: Int, beside encoder: Int?, to outputs: Int,
        fuses: Bool, using generator: inout some RandomNumberGenerator
    ) {
        lateral = encoder.flatMap {
            $0 == outputs ? nil : .normalized($0, outputs, kernel: 1, using: &generator)
        }
        block =
            switch style {
            case .vgg: VGGDecoderBlock(inputs, outputs, using: &generator)
            case .googlenet: GoogLeNetDecoderBlock(inputs, outputs, using: &generator)
            case .resnet: ResNetDecoderBlock(inputs, outputs, using: &generator)
            }
        fuse = fuses ? .normalized(2 * outputs, outputs, using: &generator) : nil
    }

    /// - Parameter map: The encoder's, `[N, E, H, W]`.
    /// - Returns: `[N, outputs, H, W]`.
    func callAsFunction(_ x: Tensor, beside map: Tensor) -> Tensor {
        let size = Pair(map.shape[2], map.shape[3])
        let unpools = type(of: block).unpools
        // A style without unpooling that joins nothing needs only the size.
        guard fuse != nil || unpools else { return self(x, to: size) }
        let map = lateral?(map) ?? map
        let indices = unpools ? maxPool2DWithIndices(map, kernel: 2, ceilMode: true).indices : nil
        let y = block(Self.halved(x, of: size), to: size, indices: indices)
        return fuse.map { $0(concatenated([y, map], axis: 1)) } ?? y
    }

    /// Where there is no map of the encoder.
    func callAsFunction(_ x: Tensor, to size: Pair) -> Tensor {
        block(Self.halved(x, of: size), to: size, indices: nil)
    }

    /// In half of a size, rounded up.
    private static func halved(_ x: Tensor, of size: Pair) -> Tensor {
        let half = Pair((size.height + 1) / 2, (size.width + 1) / 2)
        return Pair(x.shape[2], x.shape[3]) == half ? x : x.resized(to: half)
    }
}

extension EncoderDecoder.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        guard (4...4096).contains(width) else { return "width must be 4 to 4096 channels, not \(width)" }
        guard [1, 2, 4, 8].contains(stride) else { return "stride must be 1, 2, 4 or 8, not \(stride)" }
        guard (0..<1).contains(dropout) else { return "dropout must be at least 0 and below 1, not \(dropout)" }
        return nil
    }
}

extension EncoderDecoder.Configuration: SegmentationConfiguration {
    private enum Keys: String, CodingKey, CaseIterable { case encoder, decoder, width, skips, stride, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        encoder = try values.decodeIfPresent(String.self, forKey: .encoder) ?? encoder
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        skips = try values.decodeIfPresent(Bool.self, forKey: .skips) ?? skips
        stride = try values.decodeIfPresent(Int.self, forKey: .stride) ?? stride
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        if let word = try values.decodeIfPresent(String.self, forKey: .decoder) {
            guard let style = Style(rawValue: word) else {
                throw decoder.unknown(word, Keys.decoder, among: Style.allCases.map(\.rawValue))
            }
            self.decoder = style
        }
        try decoder.refuse(problem)
    }

    func network(
        for image: ImageShape, classes: Int, using generator: inout SplitMix64
    ) throws(RecipeError) -> EncoderDecoder {
        let architecture = try Architecture(fileOrName: encoder)
        if let structure = architecture.structure {
            throw RecipeError("\(structure.key) is no classifier; give one as encoder", at: structure.location)
        }
        let input = InputSize.image(height: image.height, width: image.width, channels: image.channels)
        let classifier = try architecture.resolved(input: input, seed: generator.next())
        guard let deepest = ImageEncoder(classifier).levels.last, deepest.stride >= max(2, stride) else {
            throw RecipeError(
                "encoder \(encoder) has no map that is smaller than the image by \(max(2, stride)); choose another, or a "
                    + "smaller stride", at: Location(file: architecture.source))
        }
        return EncoderDecoder(self, classifier, classes: classes, using: &generator)
    }
}
