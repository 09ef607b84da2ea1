package import SaccadeLayers
import SaccadePrelude
package import SaccadeSettings
import SaccadeTensors

/// The networks that give each pixel a class and are no lists of layers, by the names that recipes have for them.
public enum SegmentationNetwork: String, Sendable, CaseIterable {
    case encoderDecoder = "encoder-decoder"
    case unet
    case unetPadded = "unet-padded"
    case fcn32s = "fcn-32s"
    case fcn16s = "fcn-16s"
    case fcn8s = "fcn-8s"
    case fcnResNet50 = "fcn-resnet-50"
    case fcnResNet101 = "fcn-resnet-101"
    case deconvNet = "deconvnet"
    case segNet = "segnet"
    case segNetBasic = "segnet-basic"

    /// As its paper has it: the recipe that a bare name stands for.
    public var recipe: String {
        let (name, input, classes) =
            switch self {
            case .encoderDecoder: ("Encoder-decoder", "224x224x3", 21)
            case .unet: ("U-Net", "572x572x1", 2)
            case .unetPadded: ("U-Net, padded", "512x512x1", 2)
            case .fcn32s: ("FCN-32s", "500x500x3", 21)
            case .fcn16s: ("FCN-16s", "500x500x3", 21)
            case .fcn8s: ("FCN-8s", "500x500x3", 21)
            case .fcnResNet50: ("FCN-ResNet-50", "520x520x3", 21)
            case .fcnResNet101: ("FCN-ResNet-101", "520x520x3", 21)
            case .deconvNet: ("DeconvNet", "224x224x3", 21)
            case .segNet: ("SegNet", "360x480x3", 11)
            case .segNetBasic: ("SegNet-Basic", "360x480x3", 11)
            }
        return "name: \(name)\ntask: segment\nnetwork: {\(rawValue): {}}\ninput: \(input)\nclasses: \(classes)\n"
            + (beginsWithImageNet ? Self.imageNetPreprocessing : "")
    }

    /// Whether its encoder is one that torchvision has weights of, which are for images prepared in this way.
    private var beginsWithImageNet: Bool {
        switch self {
        case .fcn32s, .fcn16s, .fcn8s, .fcnResNet50, .fcnResNet101, .deconvNet, .segNet: true
        case .encoderDecoder, .unet, .unetPadded, .segNetBasic: false
        }
    }

    private static let imageNetPreprocessing =
        "preprocessing: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}\n"

    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: What the recipe says behind the name.
    ///   - image: The usual one.
    ///   - classes: At least 1.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: `RecipeError` at the setting that cannot be.
    package func model(
        _ settings: Setting.Entry, image: ImageShape, classes: Int, seed: UInt64
    ) throws(RecipeError) -> any Model {
        func decoded<Configuration: SegmentationConfiguration>(
            _ type: Configuration.Type
        ) throws(RecipeError) -> Configuration {
            try settings.value.isEmpty ? Configuration() : settings.value.decoded()
        }
        switch self {
        case .encoderDecoder:
            return try made(decoded(EncoderDecoder.Configuration.self), settings, image, classes, seed)
        case .unet: return try made(decoded(UNet.Configuration.self), settings, image, classes, seed)
        case .unetPadded:
            var configuration = try decoded(UNet.Configuration.self)
            configuration.padding = .same
            return try made(configuration, settings, image, classes, seed)
        case .fcn32s, .fcn16s, .fcn8s:
            var configuration = try decoded(FCN.Configuration.self)
            configuration.stride = self == .fcn32s ? .thirtyTwo : self == .fcn16s ? .sixteen : .eight
            return try made(configuration, settings, image, classes, seed)
        case .fcnResNet50, .fcnResNet101:
            var configuration = try decoded(FCNResNet.Configuration.self)
            configuration.depth = self == .fcnResNet50 ? .fifty : .hundredOne
            return try made(configuration, settings, image, classes, seed)
        case .deconvNet: return try made(decoded(DeconvNet.Configuration.self), settings, image, classes, seed)
        case .segNet: return try made(decoded(SegNet.Configuration.self), settings, image, classes, seed)
        case .segNetBasic: return try made(decoded(SegNetBasic.Configuration.self), settings, image, classes, seed)
        }
    }

    private func made(
        _ configuration: some SegmentationConfiguration, _ settings: Setting.Entry, _ image: ImageShape,
        _ classes: Int, _ seed: UInt64
    ) throws(RecipeError) -> any Model {
        for length in [image.height, image.width] {
            guard let problem = configuration.sizes(usual: length).problem(with: length) else { continue }
            throw RecipeError("input \(image.height)x\(image.width): \(problem)", at: settings.location)
        }
        var generator = SplitMix64(seed: seed)
        do throws(RecipeError) {
            return try configuration.network(for: image, classes: classes, using: &generator)
        } catch {
            // What is wrong with an encoder is the fault of the line that names it.
            guard let place = error.location, place.file != settings.location.file else { throw error }
            throw RecipeError(
                "\(settings.key) with \(place.file), where a classifier’s recipe belongs: \(error.message)",
                at: settings.location)
        }
    }
}

/// Channels, height and width of an image.
public struct ImageShape: Sendable, Hashable {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        (self.channels, self.height, self.width) = (channels, height, width)
    }
}

/// The settings of a network for segmentation, decoded strictly: a key that is not known, or an invalid value, is refused.
protocol SegmentationConfiguration: Sendable, Decodable {
    associatedtype Network: Model

    /// As the paper has it.
    init()
    /// Which heights and widths an image may have.
    func sizes(usual: Int) -> FreeLength
    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - image: The usual one, in a size that ``sizes(usual:)`` allows.
    ///   - classes: Channels of the result.
    func network(
        for image: ImageShape, classes: Int, using generator: inout SplitMix64
    ) throws(RecipeError) -> Network
}

extension SegmentationConfiguration {
    func sizes(usual: Int) -> FreeLength { FreeLength(usual: usual) }

    /// One image in any size that ``sizes(usual:)`` allows.
    func inputs(for image: ImageShape) -> [ModelInput] {
        let lengths = [image.height, image.width].map { ModelInput.Length.free(sizes(usual: $0)) }
        return [ModelInput("image", [.batch, .fixed(image.channels)] + lengths)]
    }
}
