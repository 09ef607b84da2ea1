public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// A random change that leaves an image's meaning as it was, applied anew whenever the image is learnt from.
///
/// One list of them serves every task: what moves an image moves its boxes, masks, keypoints and classes of pixels too
/// (``apply(to:target:rules:using:)-(AnnotatedImage,_,_,_)``). They work on 8-bit images before normalisation, and
/// each but ``mixUp(alpha:probability:)`` and ``cutMix(alpha:probability:)``, which mix the images of a batch,
/// changes one image on its own.
///
/// Each kind is one file, with its parameters, what recipes call them, and what it does.
public struct Augmentation: Sendable {
    let kind: any AugmentationKind

    init(_ kind: some AugmentationKind) { self.kind = kind }

    /// All kinds, in the order in which they are listed to users.
    static let kinds: [any AugmentationKind.Type] = [
        HorizontalFlip.self, VerticalFlip.self, RandomCrop.self, Shift.self, RandomResizedCrop.self, ScaleJitter.self,
        Tile.self, LetterboxKind.self, Rotation.self, RandomAffine.self, RandomPerspective.self, Elastic.self,
        ElasticGrid.self, Blur.self,
        GaussianNoise.self, ColorJitter.self, Grayscale.self, CutOut.self, RandomErasing.self, MixUp.self, CutMix.self,
    ]

    /// One of each kind, strong enough to be seen: what to show of what there is.
    public static let examples: [Augmentation] = [
        .horizontalFlip(), .verticalFlip(), .randomCrop(padding: 40), .shift(fraction: 0.2), .randomResizedCrop(),
        .scaleJitter(), .tile(margin: 40), .letterbox(), .rotate(degrees: 30),
        .affine(degrees: 15, shift: 0.1, scale: 0.7...1.2, shear: 20), .perspective(probability: 1),
        .elastic(alpha: 400, sigma: 16), .elasticGrid(sigma: 20), .blur(sigma: 0.5...4, probability: 1),
        .noise(sigma: 0.05...0.25, probability: 1),
        .colorJitter(brightness: 0.5, contrast: 0.5, saturation: 0.5, hue: 0.1), .grayscale(probability: 0.5),
        .cutOut(), .randomErasing(probability: 1), .mixUp(alpha: 1), .cutMix(),
    ]

    /// What an image is to become where an augmentation decides its size.
    public struct Target: Sendable, Hashable {
        /// Nil leaves each image the size that it has.
        public var size: PixelSize?
        /// How new pixels are made of old ones.
        public var filter: ResizeFilter

        public init(size: PixelSize? = nil, filter: ResizeFilter = .bilinear) {
            (self.size, self.filter) = (size, filter)
        }
    }

    /// What recipes call it.
    public var name: String { type(of: kind).name }

    /// What is wrong with values that come from outside; nil where all is well.
    public var problem: String? { kind.problem }

    /// Whether it brings images of any size to the size of the target: it takes the place of other resizing.
    public var resizes: Bool { (kind as? any ImageAugmentation)?.resizes ?? false }

    /// Whether it mixes the images of a batch rather than changing one.
    public var isBatchLevel: Bool { kind is any BatchAugmentation }

    /// The changed image. Its size is that of the target if this is a resizing augmentation, and else stays.
    ///
    /// One number is drawn from the generator, whatever the augmentation makes of it, so that the changes after this one
    /// do not depend on it. Those that mix batches leave a single image as it is.
    ///
    /// - Precondition: ``problem`` is nil.
    public func apply(
        to image: Image, target: Target = Target(), using generator: inout some RandomNumberGenerator
    ) -> Image {
        drawn(for: image.size, target, using: &generator).changed(image)
    }

    /// The changed image with everything that is known about it, moved together.
    ///
    /// - Throws: `GeometryError` when a mask becomes too large.
    /// - Precondition: ``problem`` is nil.
    public func apply(
        to annotated: AnnotatedImage, target: Target = Target(), rules: Annotations.Rules = Annotations.Rules(),
        using generator: inout some RandomNumberGenerator
    ) throws(GeometryError) -> AnnotatedImage {
        let change = drawn(for: annotated.image.size, target, using: &generator)
        let annotations =
            if let transform = change.transform {
                try annotated.annotations.moved(by: transform, rules)
            } else {
                annotated.annotations
            }
        return try AnnotatedImage(change.changed(annotated.image), annotations)
    }

    private func drawn(
        for size: PixelSize, _ target: Target, using generator: inout some RandomNumberGenerator
    ) -> SampledTransform {
        require(problem == nil, "Augmentation: \(problem ?? "")")
        var own = SplitMix64(seed: generator.next())
        guard let kind = kind as? any ImageAugmentation else { return .none }
        return kind.draw(for: size, target, using: &own)
    }
}

extension Augmentation: Equatable, CustomStringConvertible {
    public static func == (a: Augmentation, b: Augmentation) -> Bool { a.kind.isEqual(to: b.kind) }

    public var description: String { "\(kind)" }
}

extension [Augmentation] {
    /// What is wrong with a list from outside; nil where all is well.
    public var problem: String? {
        if let problem = lazy.compactMap(\.problem).first { return problem }
        if let late = dropFirst().first(where: \.resizes) {
            return "\(late.name) must be the first augmentation, for it takes the place of the other resizing"
        }
        if let early = dropLast(count { $0.isBatchLevel }).first(where: \.isBatchLevel) {
            return "\(early.name) must be the last augmentation, for it mixes images that are finished"
        }
        return nil
    }
}
