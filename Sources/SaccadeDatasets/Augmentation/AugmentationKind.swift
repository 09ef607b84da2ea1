import SaccadeImages
import SaccadePrelude

/// One kind of augmentation: what its parameters are, what recipes call them, and which values make sense.
protocol AugmentationKind: Sendable, Equatable {
    /// What recipes call it.
    static var name: String { get }
    static var parameters: [AugmentationParameter<Self>] { get }
    /// Every parameter as it is where a recipe does not say.
    init()
}

extension AugmentationKind {
    /// What is wrong with the parameters; nil where all is well.
    var problem: String? { Self.parameters.lazy.compactMap { $0.problem(self) }.first }

    func isEqual(to other: any AugmentationKind) -> Bool { other as? Self == self }
}

/// A kind that changes one image.
protocol ImageAugmentation: AugmentationKind {
    /// Whether the result has the target's size, whatever the image's is.
    var resizes: Bool { get }

    /// Makes every random choice, for an image of this size. It may draw as many numbers as it likes: the generator is
    /// its own.
    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
}

extension ImageAugmentation {
    var resizes: Bool { false }
}

/// A kind that mixes the images of a batch.
protocol BatchAugmentation: AugmentationKind {
    /// How likely a batch is mixed, 0...1.
    var probability: Double { get }

    /// Makes every random choice, for images of this size.
    func draw(for size: PixelSize, using generator: inout SplitMix64) -> BatchMix
}

/// A change of an image in which nothing is random any more.
struct SampledTransform {
    /// What becomes of the pixels.
    let changed: (Image) -> Image
    /// Where everything goes; nil where it stays.
    let transform: GeometricTransform?

    init(_ transform: GeometricTransform? = nil, _ changed: @escaping (Image) -> Image) {
        (self.changed, self.transform) = (changed, transform)
    }

    /// Nothing changes.
    static var none: SampledTransform { SampledTransform { $0 } }
}

extension SplitMix64 {
    /// True with this probability; it always draws one number.
    mutating func happens(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// A number in the interval, each as likely.
    mutating func number(in interval: ClosedRange<Double>) -> Double { Double.random(in: interval, using: &self) }

    /// A number between the negative and the positive bound.
    mutating func number(upTo bound: Double) -> Double { number(in: -bound...bound) }
}
