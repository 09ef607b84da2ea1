package import SaccadeLayers
import SaccadePrelude
package import SaccadeSettings
import SaccadeTensors

/// The networks that give each pixel a class and are no lists of layers, by the names that recipes have for them.
public enum SegmentationNetwork: String, Sendable, CaseIterable {
    case encoderDecoder = "encoder-decoder"
    case unet
    case unetPadded = "unet-padded"

    /// As its paper has it: the recipe that a bare name stands for.
    public var recipe: String {
        let (name, input, classes) =
            switch self {
            case .encoderDecoder: ("Encoder-decoder", "224x224x3", 21)
            case .unet: ("U-Net", "572x572x1", 2)
            case .unetPadded: ("U-Net, padded", "512x512x1", 2)
            }
        return "name: \(name)\ntask: segment\nnetwork: {\(rawValue): {}}\ninput: \(input)\nclasses: \(classes)\n"
    }

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
        return try configuration.network(for: image, classes: classes, using: &generator)
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
}
