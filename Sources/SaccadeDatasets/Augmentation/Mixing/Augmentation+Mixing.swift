public import SaccadeImages
public import SaccadePrelude

extension Augmentation {
    /// An image mixed with another one, and how much of it is left, 0...1.
    ///
    /// Training mixes whole batches, and only finished images; this shows what they look like.
    ///
    /// - Returns: The image itself where this augmentation does not mix, or chance has it that it does not.
    /// - Precondition: ``problem`` is nil, and both images have one size and as many channels.
    public func mixing(
        _ image: Image, with other: Image, using generator: inout SplitMix64
    ) -> (image: Image, lambda: Float) {
        require(problem == nil, "Augmentation: \(problem ?? "")")
        require(
            image.size == other.size && image.channels == other.channels,
            "mixing: \(image.size) of \(image.channels) channels with \(other.size) of \(other.channels)")
        guard let kind = kind as? any BatchAugmentation, generator.happens(kind.probability) else { return (image, 1) }
        let mix = kind.draw(for: image.size, using: &generator)
        var numbers = (other.pixels + image.pixels).map { Float($0) }
        numbers.withUnsafeMutableBufferPointer {
            mix.ofInterleaved(channels: image.channels)
                .apply(to: $0, count: 2, channels: 1, height: image.height, width: image.width * image.channels)
        }
        let mixed = numbers.suffix(image.pixels.count).map { UInt8($0.rounded()) }
        return (
            Image(width: image.width, height: image.height, channels: image.channels, pixels: mixed),
            mix.lambda(of: image.size)
        )
    }
}

extension BatchMix {
    /// The same mix of images whose channels lie side by side, as if they were one channel of more columns.
    fileprivate func ofInterleaved(channels: Int) -> BatchMix {
        guard case .paste(let x, let y) = self else { return self }
        return .paste(x: x.lowerBound * channels..<x.upperBound * channels, y: y)
    }
}

extension [Augmentation] {
    /// How a batch is mixed; nil where it is not.
    package func mix(for size: PixelSize, using generator: inout SplitMix64) -> BatchMix? {
        let mixing = compactMap { $0.kind as? any BatchAugmentation }
        guard let kind = mixing.randomElement(using: &generator), generator.happens(kind.probability) else {
            return nil
        }
        return kind.draw(for: size, using: &generator)
    }
}
