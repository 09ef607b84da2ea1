import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Blends each image of a batch with another one, and their classes alike (Zhang et al., "mixup: Beyond Empirical
    /// Risk Minimization", 2017). For classifiers.
    ///
    /// Of several mixing augmentations one is drawn for each batch, each as likely.
    ///
    /// - Parameters:
    ///   - alpha: λ is drawn from Beta(alpha, alpha), 0.01...100; there 0.2 for ImageNet, 1 for CIFAR-10.
    ///   - probability: How likely a batch is mixed, 0...1.
    public static func mixUp(alpha: Double = 0.2, probability: Double = 1) -> Augmentation {
        Augmentation(MixUp(alpha: alpha, probability: probability))
    }
}

/// `{kind: mixUp, alpha: 0.2, probability: 1}`
struct MixUp: BatchAugmentation {
    static let name = "mixUp"
    static var parameters: [AugmentationParameter<Self>] {
        [.number("alpha", \.alpha, 0.01...100), .number("probability", \.probability, 0...1)]
    }

    var alpha = 0.2
    var probability = 1.0

    func draw(for size: PixelSize, using generator: inout SplitMix64) -> BatchMix {
        .blend(lambda: Float(beta(alpha, using: &generator)))
    }
}
