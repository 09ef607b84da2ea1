import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Augmentation {
    /// Cuts out a part of random area and proportions and brings it to the target's size: GoogLeNet's way (Szegedy et
    /// al., "Going Deeper with Convolutions", 2014), drawn as torchvision's `RandomResizedCrop` does.
    ///
    /// It takes the place of other resizing, and so must come first.
    ///
    /// - Parameters:
    ///   - scale: The part's fraction of the image's area, within 0...1.
    ///   - ratio: Its width over its height, positive.
    public static func randomResizedCrop(
        scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 0.75...4.0 / 3
    ) -> Augmentation {
        Augmentation(RandomResizedCrop(scale: Interval(scale), ratio: Interval(ratio)))
    }
}

/// `{kind: randomResizedCrop, scale: [0.08, 1], ratio: [0.75, 1.3333]}`
struct RandomResizedCrop: ImageAugmentation {
    static let name = "randomResizedCrop"
    static var parameters: [AugmentationParameter<Self>] {
        [.interval("scale", \.scale, 0...1), .interval("ratio", \.ratio, 0.01...100)]
    }

    var scale = Interval(0.08, 1)
    var ratio = Interval(0.75, 4.0 / 3)

    var resizes: Bool { true }

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let part = region(of: size, using: &generator)
        let new = target.size ?? size
        let map = Homography.translation(-Double(part.x), -Double(part.y)).then(
            .scaling(Double(new.width) / Double(part.width), Double(new.height) / Double(part.height)))
        return SampledTransform(GeometricTransform(map, from: size, to: new)) { image in
            image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
                .resized(width: new.width, height: new.height, filter: target.filter)
        }
    }

    typealias Region = (x: Int, y: Int, width: Int, height: Int)

    /// Ten tries; if none fits into the image, the middle of it, as large as the proportions allow.
    func region(of size: PixelSize, using generator: inout SplitMix64) -> Region {
        let area = Double(size.width) * Double(size.height)
        for _ in 0..<10 {
            let wanted = area * generator.number(in: scale.range)
            // Proportions and their inverses are as likely.
            let proportions = exp(generator.number(in: log(ratio.least)...log(ratio.most)))
            let width = Int((wanted * proportions).squareRoot().rounded(.toNearestOrEven))
            let height = Int((wanted / proportions).squareRoot().rounded(.toNearestOrEven))
            if width > 0, height > 0, width <= size.width, height <= size.height {
                return (
                    Int.random(in: 0...size.width - width, using: &generator),
                    Int.random(in: 0...size.height - height, using: &generator), width, height
                )
            }
        }
        let proportions = Double(size.width) / Double(size.height)
        var (width, height) = (size.width, size.height)
        if proportions < ratio.least {
            height = max(1, Int((Double(width) / ratio.least).rounded(.toNearestOrEven)))
        } else if proportions > ratio.most {
            width = max(1, Int((Double(height) * ratio.most).rounded(.toNearestOrEven)))
        }
        return ((size.width - width) / 2, (size.height - height) / 2, width, height)
    }
}
