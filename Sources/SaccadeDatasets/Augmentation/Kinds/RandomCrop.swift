import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Surrounds the image with `padding` pixels on each side and cuts the original size out anywhere: each offset is
    /// as likely. From 0 to 65 536.
    public static func randomCrop(padding: Int, fill: Fill = .black) -> Augmentation {
        Augmentation(RandomCrop(padding: padding, fill: fill))
    }
}

/// `{kind: randomCrop, padding: 4, fill: black}`
struct RandomCrop: ImageAugmentation {
    static let name = "randomCrop"
    static var parameters: [AugmentationParameter<Self>] {
        [.whole("padding", \.padding, 0...65536, isRequired: true), .choice("fill", \.fill)]
    }

    var padding = 4
    var fill = Augmentation.Fill.black

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let x = Int.random(in: -padding...padding, using: &generator)
        let y = Int.random(in: -padding...padding, using: &generator)
        return SampledTransform(shift: (x, y), of: size, fill: fill)
    }
}

extension SampledTransform {
    /// Moves by whole pixels within the frame.
    init(shift: (x: Int, y: Int), of size: PixelSize, fill: Augmentation.Fill) {
        self.init(GeometricTransform(.translation(Double(shift.x), Double(shift.y)), from: size, to: size)) { image in
            image.shifted(x: shift.x, y: shift.y, paddingMode: fill.paddingMode(channels: image.channels))
        }
    }
}
