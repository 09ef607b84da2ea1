import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Pulls the image about as if it were of rubber (Simard, Steinkraus and Platt, 2003); what U-Net learnt from 30
    /// images with (Ronneberger et al., 2015).
    ///
    /// - Parameters:
    ///   - alpha: How strongly, in pixels, 0...10 000. The typical displacement is 0.16 alpha / sigma.
    ///   - sigma: How smoothly: the width of the bell curve that averages displacements, in pixels, 0.1...100.
    ///   - probability: 0...1.
    public static func elastic(
        alpha: Double = 34, sigma: Double = 4, probability: Double = 1, fill: Fill = .edge
    ) -> Augmentation {
        Augmentation(Elastic(alpha: alpha, sigma: sigma, probability: probability, fill: fill))
    }
}

/// `{kind: elastic, alpha: 34, sigma: 4, probability: 1, fill: edge}`
struct Elastic: ImageAugmentation {
    static let name = "elastic"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("alpha", \.alpha, 0...10_000), .number("sigma", \.sigma, 0.1...100),
            .number("probability", \.probability, 0...1), .choice("fill", \.fill),
        ]
    }

    var alpha = 34.0
    var sigma = 4.0
    var probability = 1.0
    var fill = Augmentation.Fill.edge

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let field = DisplacementField.random(
            width: size.width, height: size.height, alpha: alpha, sigma: sigma, using: &generator)
        return SampledTransform(GeometricTransform(field)) { image in
            image.warped(by: field, paddingMode: fill.paddingMode(channels: image.channels))
        }
    }
}
