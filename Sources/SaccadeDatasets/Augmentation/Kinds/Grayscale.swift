import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Takes the colours away with this probability, 0...1; three channels stay three.
    public static func grayscale(probability: Double = 0.1) -> Augmentation {
        Augmentation(Grayscale(probability: probability))
    }
}

/// `{kind: grayscale, probability: 0.1}`
struct Grayscale: ImageAugmentation {
    static let name = "grayscale"
    static var parameters: [AugmentationParameter<Self>] { [.number("probability", \.probability, 0...1)] }

    var probability = 0.1

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        return SampledTransform { $0.grey().converted(toChannels: $0.channels) }
    }
}
