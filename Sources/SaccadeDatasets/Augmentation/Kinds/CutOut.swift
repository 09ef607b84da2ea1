import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// What takes the place of what is cut out.
    public enum Paint: String, Sendable, Codable, CaseIterable {
        case black
        /// The middle of the scale: near zero after the usual normalisation.
        case grey
        /// Every sample drawn evenly.
        case noise
    }

    /// Paints over a square anywhere (DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with
    /// Cutout", 2017). Its middle may be any pixel, so that a part of it often lies outside.
    ///
    /// What is known about the image stays as it is: that something is hidden does not move it.
    ///
    /// - Parameter size: The square's side as a fraction of the image's shorter one, 0...2; there 1/2 for CIFAR-10.
    public static func cutOut(size: Double = 0.5, paint: Paint = .grey) -> Augmentation {
        Augmentation(CutOut(size: size, paint: paint))
    }
}

/// `{kind: cutOut, size: 0.5, paint: grey}`
struct CutOut: ImageAugmentation {
    static let name = "cutOut"
    static var parameters: [AugmentationParameter<Self>] {
        [.number("size", \.size, 0...2), .choice("paint", \.paint)]
    }

    var size = 0.5
    var paint = Augmentation.Paint.grey

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let side = Int((Double(min(size.width, size.height)) * self.size).rounded())
        let x = Int.random(in: 0..<size.width, using: &generator) - side / 2
        let y = Int.random(in: 0..<size.height, using: &generator) - side / 2
        let (left, top) = (max(x, 0), max(y, 0))
        let (right, bottom) = (min(x + side, size.width), min(y + side, size.height))
        return SampledTransform(
            painting: (left, top, max(right - left, 0), max(bottom - top, 0)), paint, using: generator)
    }
}

extension SampledTransform {
    /// A rectangle of the image painted over.
    init(
        painting place: (x: Int, y: Int, width: Int, height: Int), _ paint: Augmentation.Paint,
        using generator: SplitMix64
    ) {
        self.init { image in
            switch paint {
            case .black, .grey:
                let color = [UInt8](repeating: paint == .black ? 0 : 128, count: image.channels)
                return image.painted(x: place.x, y: place.y, width: place.width, height: place.height, color)
            case .noise:
                var generator = generator
                return image.paintedWithNoise(
                    x: place.x, y: place.y, width: place.width, height: place.height, using: &generator)
            }
        }
    }
}
