import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Mirrors top and bottom with this probability, 0...1.
    public static func verticalFlip(probability: Double = 0.5) -> Augmentation {
        Augmentation(VerticalFlip(probability: probability))
    }
}

/// `{kind: verticalFlip, probability: 0.5}`
struct VerticalFlip: ImageAugmentation {
    static let name = "verticalFlip"
    static var parameters: [AugmentationParameter<Self>] { [.number("probability", \.probability, 0...1)] }

    var probability = 0.5

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let map = Homography.affine(1, 0, 0, 0, -1, Double(size.height))
        return SampledTransform(GeometricTransform(map, from: size, to: size)) { $0.flippedVertically() }
    }
}
