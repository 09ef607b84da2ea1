import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Pulls the image about at the points of a coarse grid, by cubic curves in between: U-Net's elastic deformation, with
    /// a grid of 3×3 points and 10 pixels (Ronneberger et al., 2015, section 3.1).
    ///
    /// - Parameters:
    ///   - sigma: The standard deviation of a point's displacement in pixels, 0...1000.
    ///   - grid: Points along each side, 2 to 64.
    ///   - probability: 0...1.
    public static func elasticGrid(
        sigma: Double = 10, grid: Int = 3, probability: Double = 1, fill: Fill = .mirrored
    ) -> Augmentation {
        Augmentation(ElasticGrid(sigma: sigma, grid: grid, probability: probability, fill: fill))
    }
}

/// `{kind: elasticGrid, sigma: 10, grid: 3, probability: 1, fill: mirrored}`
struct ElasticGrid: ImageAugmentation {
    static let name = "elasticGrid"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("sigma", \.sigma, 0...1000), .whole("grid", \.grid, 2...64),
            .number("probability", \.probability, 0...1), .choice("fill", \.fill),
        ]
    }

    var sigma = 10.0
    var grid = 3
    var probability = 1.0
    var fill = Augmentation.Fill.mirrored

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let field = DisplacementField.random(
            width: size.width, height: size.height, grid: grid, sigma: sigma, using: &generator)
        return SampledTransform(GeometricTransform(field)) { image in
            image.warped(by: field, paddingMode: fill.paddingMode(channels: image.channels))
        }
    }
}
