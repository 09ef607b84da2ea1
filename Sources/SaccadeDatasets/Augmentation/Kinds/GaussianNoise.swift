import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Adds normally distributed noise of random strength to every sample.
    ///
    /// - Parameters:
    ///   - sigma: Its standard deviation, as a fraction of the way from black to white, 0...1.
    ///   - probability: 0...1.
    public static func noise(sigma: ClosedRange<Double> = 0...0.1, probability: Double = 0.5) -> Augmentation {
        Augmentation(GaussianNoise(sigma: Interval(sigma), probability: probability))
    }
}

/// `{kind: noise, sigma: [0, 0.1], probability: 0.5}`
struct GaussianNoise: ImageAugmentation {
    static let name = "noise"
    static var parameters: [AugmentationParameter<Self>] {
        [.interval("sigma", \.sigma, 0...1), .number("probability", \.probability, 0...1)]
    }

    var sigma = Interval(0, 0.1)
    var probability = 0.5

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let deviation = generator.number(in: sigma.range) * 255
        let own = generator
        return SampledTransform { image in
            var own = own
            return image.withNoise(deviation: deviation, using: &own)
        }
    }
}
