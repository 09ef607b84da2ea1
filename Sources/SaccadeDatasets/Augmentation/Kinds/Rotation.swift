import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Turns the image around its middle by up to `degrees` either way, 0...180, within its frame.
    public static func rotate(degrees: Double, fill: Fill = .black) -> Augmentation {
        Augmentation(Rotation(degrees: degrees, fill: fill))
    }
}

/// `{kind: rotate, degrees: 10, fill: black}`
struct Rotation: ImageAugmentation {
    static let name = "rotate"
    static var parameters: [AugmentationParameter<Self>] {
        [.number("degrees", \.degrees, 0...180, isRequired: true), .choice("fill", \.fill)]
    }

    var degrees = 10.0
    var fill = Augmentation.Fill.black

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let turn = Homography.rotation(degrees: generator.number(upTo: degrees))
        return SampledTransform(warp: turn.around(size.center), of: size, fill: fill)
    }
}

extension SampledTransform {
    /// A map of the plane within the image's frame.
    init(warp map: Homography, of size: PixelSize, fill: Augmentation.Fill) {
        self.init(GeometricTransform(map, from: size, to: size)) { image in
            image.warped(by: map, paddingMode: fill.paddingMode(channels: image.channels))
        }
    }
}

extension PixelSize {
    /// The middle of the image.
    var center: Point { Point(Double(width) / 2, Double(height) / 2) }
}
