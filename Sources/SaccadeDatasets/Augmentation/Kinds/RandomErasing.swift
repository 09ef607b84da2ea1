import SaccadeImages
import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Augmentation {
    /// Paints over a rectangle of random area and proportions, which lies wholly on the image (Zhong et al., "Random
    /// Erasing Data Augmentation", 2017), drawn as torchvision's `RandomErasing` does.
    ///
    /// What is known about the image stays as it is.
    ///
    /// - Parameters:
    ///   - probability: 0...1.
    ///   - scale: The rectangle's fraction of the image's area, within 0...1.
    ///   - ratio: Its height over its width, positive.
    public static func randomErasing(
        probability: Double = 0.5, scale: ClosedRange<Double> = 0.02...0.33, ratio: ClosedRange<Double> = 0.3...3.3,
        paint: Paint = .noise
    ) -> Augmentation {
        Augmentation(
            RandomErasing(probability: probability, scale: Interval(scale), ratio: Interval(ratio), paint: paint))
    }
}

/// `{kind: randomErasing, probability: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3], paint: noise}`
struct RandomErasing: ImageAugmentation {
    static let name = "randomErasing"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("probability", \.probability, 0...1), .interval("scale", \.scale, 0...1),
            .interval("ratio", \.ratio, 0.01...100), .choice("paint", \.paint),
        ]
    }

    var probability = 0.5
    var scale = Interval(0.02, 0.33)
    var ratio = Interval(0.3, 3.3)
    var paint = Augmentation.Paint.noise

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let area = Double(size.width) * Double(size.height)
        for _ in 0..<10 {
            let wanted = area * generator.number(in: scale.range)
            let proportions = exp(generator.number(in: log(ratio.least)...log(ratio.most)))
            let height = Int((wanted * proportions).squareRoot().rounded(.toNearestOrEven))
            let width = Int((wanted / proportions).squareRoot().rounded(.toNearestOrEven))
            guard width < size.width, height < size.height else { continue }
            let x = Int.random(in: 0...size.width - width, using: &generator)
            let y = Int.random(in: 0...size.height - height, using: &generator)
            return SampledTransform(painting: (x, y, width, height), paint, using: generator)
        }
        return .none
    }
}
