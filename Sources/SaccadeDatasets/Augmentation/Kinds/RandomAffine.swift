import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Leans, scales and turns the image around its middle and moves it, each drawn anew, as torchvision's
    /// `RandomAffine` does.
    ///
    /// - Parameters:
    ///   - degrees: It turns by up to this angle either way, 0...180.
    ///   - shift: It moves by up to this fraction of its width and height, 0...1.
    ///   - scale: Factors of its size, 0.01...100.
    ///   - shear: It leans by up to this angle either way, along both axes, 0...44 degrees, for at 45 along both the image is a line.
    public static func affine(
        degrees: Double = 0, shift: Double = 0, scale: ClosedRange<Double> = 1...1, shear: Double = 0,
        fill: Fill = .black
    ) -> Augmentation {
        Augmentation(RandomAffine(degrees: degrees, shift: shift, scale: Interval(scale), shear: shear, fill: fill))
    }
}

/// `{kind: affine, degrees: 10, shift: 0.1, scale: [0.9, 1.1], shear: 5, fill: black}`
struct RandomAffine: ImageAugmentation {
    static let name = "affine"
    static var parameters: [AugmentationParameter<Self>] {
        [
            .number("degrees", \.degrees, 0...180), .number("shift", \.shift, 0...1),
            .interval("scale", \.scale, 0.01...100), .number("shear", \.shear, 0...44), .choice("fill", \.fill),
        ]
    }

    var degrees = 0.0
    var shift = 0.0
    var scale = Interval(1, 1)
    var shear = 0.0
    var fill = Augmentation.Fill.black

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let angle = generator.number(upTo: degrees)
        let x = generator.number(upTo: shift * Double(size.width)).rounded()
        let y = generator.number(upTo: shift * Double(size.height)).rounded()
        let factor = generator.number(in: scale.range)
        let lean = Homography.shearing(
            degreesX: generator.number(upTo: shear), degreesY: generator.number(upTo: shear))
        let map = lean.then(.scaling(factor, factor)).then(.rotation(degrees: angle)).around(size.center)
        return SampledTransform(warp: map.then(.translation(x, y)), of: size, fill: fill)
    }
}
