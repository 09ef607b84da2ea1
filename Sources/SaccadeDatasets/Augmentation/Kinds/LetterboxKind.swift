import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Scales the image to fit into the target's size, its proportions kept, with black bars: nothing random, so that
    /// lists for detection can end in the size that their network expects.
    ///
    /// It takes the place of other resizing, and so must come first.
    public static func letterbox() -> Augmentation { Augmentation(LetterboxKind()) }
}

/// `{kind: letterbox}`
struct LetterboxKind: ImageAugmentation {
    static let name = "letterbox"
    static var parameters: [AugmentationParameter<Self>] { [] }

    var resizes: Bool { true }

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let letterbox = Letterbox(size, in: target.size ?? size)
        return SampledTransform(letterbox.transform) { letterbox.apply(to: $0, filter: target.filter) }
    }
}
