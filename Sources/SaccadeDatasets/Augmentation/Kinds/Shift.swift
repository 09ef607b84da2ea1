import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Moves the image by up to this fraction of its width and of its height either way, 0...1, in whole pixels.
    public static func shift(fraction: Double, fill: Fill = .edge) -> Augmentation {
        Augmentation(Shift(fraction: fraction, fill: fill))
    }
}

/// `{kind: shift, fraction: 0.1, fill: edge}`
struct Shift: ImageAugmentation {
    static let name = "shift"
    static var parameters: [AugmentationParameter<Self>] {
        [.number("fraction", \.fraction, 0...1, isRequired: true), .choice("fill", \.fill)]
    }

    var fraction = 0.1
    var fill = Augmentation.Fill.edge

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let (most, highest) = (Int(Double(size.width) * fraction), Int(Double(size.height) * fraction))
        let x = Int.random(in: -most...most, using: &generator)
        let y = Int.random(in: -highest...highest, using: &generator)
        return SampledTransform(shift: (x, y), of: size, fill: fill)
    }
}
