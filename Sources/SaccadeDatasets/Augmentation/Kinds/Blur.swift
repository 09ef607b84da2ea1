import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Puts the image out of focus, by a bell curve of random width.
    ///
    /// - Parameters:
    ///   - sigma: The curve's standard deviation in pixels, 0.01...100.
    ///   - probability: 0...1.
    public static func blur(sigma: ClosedRange<Double> = 0.1...2, probability: Double = 0.5) -> Augmentation {
        Augmentation(Blur(sigma: Interval(sigma), probability: probability))
    }
}

/// `{kind: blur, sigma: [0.1, 2], probability: 0.5}`
struct Blur: ImageAugmentation {
    static let name = "blur"
    static var parameters: [AugmentationParameter<Self>] {
        [.interval("sigma", \.sigma, 0.01...100), .number("probability", \.probability, 0...1)]
    }

    var sigma = Interval(0.1, 2)
    var probability = 0.5

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let sigma = generator.number(in: sigma.range)
        return SampledTransform { $0.blurred(sigma: sigma) }
    }
}
