package import SaccadeImages
import SaccadePrelude

/// A mix of the images of a batch, each with the one before it and the first with the last, in which nothing is random
/// any more. In a shuffled batch that is as good a partner as any.
package enum BatchMix: Equatable {
    /// Every pixel a mean of two images', the image's own counting this much.
    case blend(lambda: Float)
    /// A rectangle of one image pasted into another.
    case paste(x: Range<Int>, y: Range<Int>)

    /// The mixing weight λ: the fraction of a mixed image that is its own, for images of this size.
    package func lambda(of size: PixelSize) -> Float {
        switch self {
        case .blend(let lambda): lambda
        case .paste(let x, let y): 1 - Float(x.count * y.count) / Float(size.width * size.height)
        }
    }

    /// Mixes normalised images, `[N, C, H, W]`, in place.
    package func apply(to images: UnsafeMutableBufferPointer<Float>, count: Int, channels: Int, height: Int, width: Int)
    {
        let size = channels * height * width
        require(images.count == count * size, "BatchMix: \(images.count) numbers for \(count) images of \(size)")
        guard count > 1, let start = images.baseAddress else { return }
        // From the last to the first, each still finds the one before it unmixed; only the last must be kept.
        let last = Array(images[(count - 1) * size..<count * size])
        last.withUnsafeBufferPointer { last in
            for index in stride(from: count - 1, through: 0, by: -1) {
                let own = start + index * size
                let other = index > 0 ? UnsafePointer(own - size) : last.baseAddress!
                switch self {
                case .blend(let lambda):
                    for i in 0..<size { own[i] = lambda * own[i] + (1 - lambda) * other[i] }
                case .paste(let x, let y):
                    for row in 0..<channels * height where y.contains(row % height) {
                        let from = row * width + x.lowerBound
                        (own + from).update(from: other + from, count: x.count)
                    }
                }
            }
        }
    }
}

/// Which second class each image of a mixed batch has, and how much the first still counts.
public struct LabelMixture: Sendable, Equatable {
    /// The classes of the images mixed in, `[N]`.
    public let partnerLabels: [Int]
    /// The mixing weight λ of mixup and CutMix, 0...1: how much each image's own class counts; the other one counts 1 − λ.
    public let lambda: Float

    public init(partnerLabels: [Int], lambda: Float) { (self.partnerLabels, self.lambda) = (partnerLabels, lambda) }

    /// Each label of a batch with that of the image before it, as ``BatchMix`` mixes them.
    package init(_ labels: [Int], lambda: Float) {
        self.init(partnerLabels: labels.suffix(1) + labels.dropLast(), lambda: lambda)
    }
}
