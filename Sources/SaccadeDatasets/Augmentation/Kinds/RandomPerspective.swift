import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Tilts the image: each corner moves towards the middle by its own random amount, as in torchvision's
    /// `RandomPerspective`.
    ///
    /// - Parameters:
    ///   - distortion: How far corners may move, as a fraction of half the image's sides, 0...0.6: from 2/3 on a corner
    ///     could pass the line between its neighbours, which would fold the image.
    ///   - probability: 0...1.
    public static func perspective(
        distortion: Double = 0.5, probability: Double = 0.5, fill: Fill = .black
    ) -> Augmentation {
        Augmentation(RandomPerspective(distortion: distortion, probability: probability, fill: fill))
    }
}

/// `{kind: perspective, distortion: 0.5, probability: 0.5, fill: black}`
struct RandomPerspective: ImageAugmentation {
    static let name = "perspective"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("distortion", \.distortion, 0...0.6), .number("probability", \.probability, 0...1),
            .choice("fill", \.fill),
        ]
    }

    var distortion = 0.5
    var probability = 0.5
    var fill = Augmentation.Fill.black

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        guard generator.happens(probability) else { return .none }
        let (w, h) = (Double(size.width), Double(size.height))
        let corners = [Point(0, 0), Point(w, 0), Point(w, h), Point(0, h)]
        let moved = corners.map { corner in
            let x = generator.number(in: 0...distortion * w / 2)
            let y = generator.number(in: 0...distortion * h / 2)
            return Point(corner.x == 0 ? x : w - x, corner.y == 0 ? y : h - y)
        }
        guard let map = Homography(taking: corners, to: moved) else { return .none }
        return SampledTransform(warp: map, of: size, fill: fill)
    }
}
