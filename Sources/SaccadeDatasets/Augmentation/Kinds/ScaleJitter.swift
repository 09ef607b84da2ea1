import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Scales the image at random, its proportions kept, and cuts the target's size out of it anywhere, or surrounds it
    /// with black: large scale jittering (Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method for
    /// Instance Segmentation", 2020), for detection and segmentation.
    ///
    /// It takes the place of other resizing, and so must come first.
    ///
    /// - Parameter scale: Factors of the size at which the image just fits, from 0.01 to 10.
    public static func scaleJitter(scale: ClosedRange<Double> = 0.1...2) -> Augmentation {
        Augmentation(ScaleJitter(scale: Interval(scale)))
    }
}

/// `{kind: scaleJitter, scale: [0.1, 2]}`
struct ScaleJitter: ImageAugmentation {
    static let name = "scaleJitter"
    static var parameters: [AugmentationParameter<Self>] { [.interval("scale", \.scale, 0.01...10)] }

    var scale = Interval(0.1, 2)

    var resizes: Bool { true }

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let new = target.size ?? size
        let fitting = min(Double(new.width) / Double(size.width), Double(new.height) / Double(size.height))
        let factor = fitting * generator.number(in: scale.range)
        func side(_ old: Int) -> Int { max(1, Int((Double(old) * factor).rounded())) }
        let scaled = PixelSize(width: side(size.width), height: side(size.height))
        // A larger image shows a part of itself, anywhere; a smaller one stands anywhere.
        func place(_ room: Int) -> Int { Int.random(in: min(room, 0)...max(room, 0), using: &generator) }
        let (x, y) = (place(new.width - scaled.width), place(new.height - scaled.height))
        let map = Homography.scaling(
            Double(scaled.width) / Double(size.width), Double(scaled.height) / Double(size.height)
        ).then(.translation(Double(x), Double(y)))
        return SampledTransform(GeometricTransform(map, from: size, to: new)) { image in
            image.resized(width: scaled.width, height: scaled.height, filter: target.filter)
                .framed(x: x, y: y, new, [UInt8](repeating: 0, count: image.channels))
        }
    }
}
