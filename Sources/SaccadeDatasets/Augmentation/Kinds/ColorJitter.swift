import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Changes brightness, contrast, saturation and hue in random order, as torchvision's `ColorJitter` does.
    ///
    /// - Parameters:
    ///   - brightness: The factor is drawn from 1 ± this, never below 0; from 0 to 10, and so for the next two.
    ///   - hue: The hues move by up to this fraction of the circle of colours either way, 0...0.5.
    public static func colorJitter(
        brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0
    ) -> Augmentation {
        Augmentation(
            ColorJitter(brightness: brightness, contrast: contrast, saturation: saturation, hue: hue))
    }
}

/// `{kind: colorJitter, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1}`
struct ColorJitter: ImageAugmentation {
    static let name = "colorJitter"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("brightness", \.brightness, 0...10), .number("contrast", \.contrast, 0...10),
            .number("saturation", \.saturation, 0...10), .number("hue", \.hue, 0...0.5),
        ]
    }

    var brightness = 0.0
    var contrast = 0.0
    var saturation = 0.0
    var hue = 0.0

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let order = Array(0..<4).shuffled(using: &generator)
        func factor(_ strength: Double) -> Double { generator.number(in: max(0, 1 - strength)...1 + strength) }
        let factors = [factor(brightness), factor(contrast), factor(saturation)]
        let shift = generator.number(upTo: hue)
        return SampledTransform { image in
            order.reduce(image) { image, step in
                switch step {
                case 0: brightness == 0 ? image : image.withBrightness(factors[0])
                case 1: contrast == 0 ? image : image.withContrast(factors[1])
                case 2: saturation == 0 ? image : image.withSaturation(factors[2])
                default: hue == 0 ? image : image.withHue(shiftedBy: shift)
                }
            }
        }
    }
}
