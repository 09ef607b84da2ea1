public import SaccadeImages
import SaccadeTensors

/// A random change that leaves a picture's class as it was, applied anew whenever the picture is learnt from.
///
/// It works on the picture as the network sees it, after resizing and before normalisation, and keeps its size.
public enum Augmentation: Sendable, Equatable {
    /// What fills the pixels that a moved picture leaves bare.
    public enum Fill: String, Sendable, Codable, CaseIterable {
        /// Black: torchvision's `RandomCrop` with padding.
        case black
        /// The nearest pixel of the picture.
        case edge
    }

    /// Mirrors left and right with this probability, 0...1.
    case horizontalFlip(probability: Double = 0.5)
    /// Surrounds the picture with `padding` pixels of black on each side and cuts the original size out anywhere: each
    /// offset is as likely. From 0 to 65 536.
    case randomCrop(padding: Int, fill: Fill = .black)
    /// Moves the picture by up to this share of its width and of its height either way, 0...1, in whole pixels.
    case shift(fraction: Double, fill: Fill = .edge)

    /// What is wrong with values that come from outside; nil where all is well.
    public var problem: String? {
        switch self {
        case .horizontalFlip(let probability) where !(0...1).contains(probability):
            "the probability of a flip must be 0 to 1, not \(probability)"
        case .randomCrop(let padding, _) where !(0...65536).contains(padding):
            "the padding of a random crop must be 0 to 65536 pixels, not \(padding)"
        case .shift(let fraction, _) where !(0...1).contains(fraction):
            "a shift must be a share of the picture from 0 to 1, not \(fraction)"
        default: nil
        }
    }

    /// The changed picture, of the same size.
    ///
    /// Draws the same amount of random numbers whatever they turn out to be, so that the changes after this one do not
    /// depend on it.
    ///
    /// - Precondition: ``problem`` is nil.
    public func apply(to image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        require(problem == nil, "Augmentation: \(problem ?? "")")
        switch self {
        case .horizontalFlip(let probability):
            return Double.random(in: 0..<1, using: &generator) < probability ? image.flippedHorizontally() : image
        case .randomCrop(let padding, let fill):
            let x = Int.random(in: -padding...padding, using: &generator)
            let y = Int.random(in: -padding...padding, using: &generator)
            return image.moved(x: x, y: y, fill: fill)
        case .shift(let fraction, let fill):
            let (most, highest) = (Int(Double(image.width) * fraction), Int(Double(image.height) * fraction))
            let x = Int.random(in: -most...most, using: &generator)
            let y = Int.random(in: -highest...highest, using: &generator)
            return image.moved(x: x, y: y, fill: fill)
        }
    }
}

extension Image {
    /// The picture moved right by `x` and down by `y` pixels within its frame; negative ones move left and up.
    func moved(x: Int, y: Int, fill: Augmentation.Fill) -> Image {
        if x == 0, y == 0 { return self }
        // The columns of the result that show a part of the picture.
        let visible = min(max(x, 0), width)..<max(min(width + x, width), min(max(x, 0), width))
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                count = source.count
                target.initialize(repeating: 0)
                for row in 0..<height where fill == .edge || (0..<height).contains(row - y) {
                    let from = source.baseAddress! + min(max(row - y, 0), height - 1) * width * channels
                    let to = target.baseAddress! + row * width * channels
                    if !visible.isEmpty {
                        (to + visible.lowerBound * channels).update(
                            from: from + (visible.lowerBound - x) * channels, count: visible.count * channels)
                    }
                    guard fill == .edge else { continue }
                    for column in 0..<visible.lowerBound {
                        (to + column * channels).update(from: from, count: channels)
                    }
                    for column in visible.upperBound..<width {
                        (to + column * channels).update(from: from + (width - 1) * channels, count: channels)
                    }
                }
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}
