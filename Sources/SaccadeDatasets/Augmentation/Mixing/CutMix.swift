import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Pastes a rectangle of another image into each image of a batch; their classes count by area (Yun et al.,
    /// "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", 2019). For classifiers.
    ///
    /// - Parameters:
    ///   - alpha: λ is drawn from Beta(alpha, alpha), 0.01...100; 1 there.
    ///   - probability: How likely a batch is mixed, 0...1.
    public static func cutMix(alpha: Double = 1, probability: Double = 1) -> Augmentation {
        Augmentation(CutMix(alpha: alpha, probability: probability))
    }
}

/// `{kind: cutMix, alpha: 1, probability: 1}`
struct CutMix: BatchAugmentation {
    static let name = "cutMix"
    static var parameters: [AugmentationParameter<Self>] {
        [.number("alpha", \.alpha, 0.01...100), .number("probability", \.probability, 0...1)]
    }

    var alpha = 1.0
    var probability = 1.0

    /// The rectangle has the image's proportions and its middle anywhere; what lies outside is cut off, and the share
    /// that counts is the one that is left (section 3.1 of the paper and its program).
    func draw(for size: PixelSize, using generator: inout SplitMix64) -> BatchMix {
        let side = (1 - beta(alpha, using: &generator)).squareRoot()
        func span(_ length: Int) -> Range<Int> {
            let half = Int(side * Double(length) / 2)
            let middle = Int.random(in: 0..<length, using: &generator)
            return max(middle - half, 0)..<min(middle + half, length)
        }
        let x = span(size.width)
        return .paste(x: x, y: span(size.height))
    }
}
