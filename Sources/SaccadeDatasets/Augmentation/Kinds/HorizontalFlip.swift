import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Mirrors left and right with this probability, 0...1.
    public static func horizontalFlip(probability: Double = 0.5) -> Augmentation {
        Augmentation(HorizontalFlip(probability: probability))
    }
}

/// `{kind: horizontalFlip, probability: 0.5}`
struct HorizontalFlip: ImageAugmentation {
    static let name = "horizontalFlip"
    static var parameters: [AugmentationParameter<Self>] { [.number("probability", \.probability, 0...1)] }

    var probability = 0.5

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let map = Homography.affine(-1, 0, Double(size.width), 0, 1, 0)
        return SampledTransform(GeometricTransform(map, from: size, to: size)) { $0.flippedHorizontally() }
    }
}
