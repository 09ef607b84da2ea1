public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// The U-Net: a contracting path that sees what there is, an expanding one that says where.
///
/// Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation" (2015), figure 1. Its
/// convolutions are valid, so 572 pixels become 388, and maps are cropped before they cross to the expanding path.
public struct UNet: Model {
    /// The settings of a recipe, `network: {unet: {width: 32}}`; all of the paper where nothing is said.
    public struct Configuration: Sendable, Hashable {
        /// Channels of the first level; each further one has twice as many.
        public var width = 64
        /// Resolutions, 2 to 8.
        public var levels = 5
        /// The chance of an element at the end of the contracting path to become zero while training, in `0..<1`.
        public var dropout = 0.5
        /// `valid`, or `same`, with which maps keep their size and need no crop.
        public var padding = Padding.valid

        public init() {}
    }

    let contracting: [TwoConvolutions]
    let expanding: [Expansion]
    let head: Conv2D
    private let dropout: Dropout
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["head"] }

    /// - Parameters:
    ///   - channels: Of the image.
    ///   - size: The usual height and width of the image, which ``Configuration/sizes(usual:)`` allows.
    ///   - classes: Channels of the result.
    public init(
        _ configuration: Configuration = Configuration(), channels: Int, size: Pair, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "UNet: \(configuration.problem ?? "")")
        let widths = (0..<configuration.levels).map { configuration.width << $0 }
        contracting = zip([channels] + widths, widths).map {
            TwoConvolutions($0, $1, configuration.padding, using: &generator)
        }
        expanding = widths.dropLast().reversed().map { Expansion($0, configuration.padding, using: &generator) }
        head = Conv2D(in: widths[0], out: classes, kernel: 1, initializer: .kaimingNormal(), using: &generator)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
        let (height, width) = (configuration.sizes(usual: size.height), configuration.sizes(usual: size.width))
        inputs = [ModelInput("image", [.batch, .fixed(channels), .free(height), .free(width)])]
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H′, W′]`: of the image's middle where padding is valid.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        var x = inputs[0]
        var skips: [Tensor] = []
        for (level, convolutions) in contracting.enumerated() {
            if level > 0 { x = maxPool2D(x, kernel: 2, stride: 2) }
            x = convolutions(x)
            // The maps of the lowest two levels, as the authors' own network has it.
            if level >= contracting.count - 2 { x = dropout(x) }
            skips.append(x)
        }
        for (expansion, skip) in zip(expanding, skips.dropLast().reversed()) { x = expansion(x, skip) }
        return [head(x)]
    }
}

/// Two 3×3 convolutions, each with ReLU.
struct TwoConvolutions: Layer {
    let conv1: Conv2D
    let conv2: Conv2D

    init(_ inputs: Int, _ outputs: Int, _ padding: Padding, using generator: inout some RandomNumberGenerator) {
        func conv(_ inputs: Int) -> Conv2D {
            // √(2 / N) of section 3: He's, so that each map has about unit variance.
            Conv2D(
                in: inputs, out: outputs, kernel: 3, padding: padding, activation: .relu,
                initializer: .kaimingNormal(), using: &generator)
        }
        (conv1, conv2) = (conv(inputs), conv(outputs))
    }

    func callAsFunction(_ x: Tensor) -> Tensor { conv2(conv1(x)) }
}

/// A 2×2 transposed convolution (the paper's up-convolution) that halves the channels, the middle of a map of the
/// contracting path beside it, and two convolutions.
struct Expansion: Module {
    let up: ConvTranspose2D
    let convolutions: TwoConvolutions

    init(_ width: Int, _ padding: Padding, using generator: inout some RandomNumberGenerator) {
        up = ConvTranspose2D(
            in: 2 * width, out: width, kernel: 2, stride: 2, initializer: .kaimingNormal(), using: &generator)
        convolutions = TwoConvolutions(2 * width, width, padding, using: &generator)
    }

    func callAsFunction(_ x: Tensor, _ skip: Tensor) -> Tensor {
        let y = up(x)
        let middle = skip.cropped(to: Pair(y.shape[2], y.shape[3]))
        return convolutions(concatenated([middle, y], axis: 1))
    }
}

extension UNet.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        guard (1...4096).contains(width) else { return "width must be 1 to 4096 channels, not \(width)" }
        guard (2...8).contains(levels) else { return "levels must be 2 to 8, not \(levels)" }
        guard (0..<1).contains(dropout) else { return "dropout must be at least 0 and below 1, not \(dropout)" }
        return nil
    }

    /// Which heights and widths an image may have: those that every pooling halves without a rest ("to allow a seamless
    /// tiling of the output", section 2).
    public func sizes(usual: Int) -> FreeLength {
        let step = 1 << (levels - 1)
        guard padding == .valid else { return FreeLength(usual: usual, multipleOf: step, least: step) }
        // Each level loses 4 pixels on its way down; what is left at the bottom must outlast those on the way up.
        let lost = 4 * (step - 1)
        let bottom = lost / step + 1
        return FreeLength(usual: usual, multipleOf: step, plus: lost % step, least: step * (bottom + 4) + lost)
    }
}

/// As an object with the names of the properties; a key that is not known, or an invalid value, is refused.
extension UNet.Configuration: SegmentationConfiguration {
    private enum Keys: String, CodingKey, CaseIterable { case width, levels, dropout, padding }
    private enum Words: String { case valid, same }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        levels = try values.decodeIfPresent(Int.self, forKey: .levels) ?? levels
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        if let word = try values.decodeIfPresent(String.self, forKey: .padding) {
            guard let known = Words(rawValue: word) else {
                throw decoder.unknown(word, Keys.padding, among: ["valid", "same"])
            }
            padding = known == .valid ? .valid : .same
        }
        try decoder.refuse(problem)
    }

    func network(for image: ImageShape, classes: Int, using generator: inout SplitMix64) -> UNet {
        UNet(
            self, channels: image.channels, size: Pair(image.height, image.width), classes: classes,
            using: &generator)
    }
}
