public import SaccadeDatasets
public import SaccadeFiles
public import SaccadeImages
public import SaccadePrelude
public import SaccadeTensors

/// How grey becomes black or white.
public enum Binarization: String, Sendable, Hashable, Codable, CaseIterable {
    /// A pixel is white with a chance of as much as it is light, anew each time (Salakhutdinov and Murray, "On the
    /// Quantitative Analysis of Deep Belief Networks", 2008).
    case sampled
    /// A pixel is white where it is lighter than half.
    case threshold
}

/// An image whose every number is black or white.
public struct BinarizedImage: Sendable {
    /// Its number in the data set.
    public let index: Int
    /// Of the preprocessing's size and channels; 0 or 255 each.
    public let image: Image
    /// Of the random numbers that a network needs for it: they belong to the sample, whatever others are in its batch.
    public let seed: UInt64
}

/// The images of a data set in black and white.
public struct BinarizedImages: SampleSource {
    public let dataset: ClassificationDataset
    /// The size and the channels of images; what it says of normalisation does not count, for black is 0 and white 1.
    public let preprocessing: Preprocessing
    public let binarization: Binarization
    /// Random changes of images while they are grey, applied in this order; none for evaluation.
    public let augmentations: [Augmentation]

    /// - Parameter augmentations: A list without a `problem`.
    public init(
        _ dataset: ClassificationDataset, _ preprocessing: Preprocessing, _ binarization: Binarization,
        _ augmentations: [Augmentation] = []
    ) {
        require(augmentations.problem == nil, "BinarizedImages: \(augmentations.problem ?? "")")
        (self.dataset, self.preprocessing, self.binarization) = (dataset, preprocessing, binarization)
        self.augmentations = augmentations
    }

    public var count: Int { dataset.count }

    public func name(at index: Int) -> String { dataset.name(at: index) }

    public func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> BinarizedImage {
        let grey = preprocessing.prepared(try dataset.image(at: index), augmentations, using: &generator)
        let pixels = grey.pixels.map { value -> UInt8 in
            switch binarization {
            case .sampled: UInt8.random(in: 0..<255, using: &generator) < value ? 255 : 0
            case .threshold: value > 127 ? 255 : 0
            }
        }
        return BinarizedImage(
            index: index,
            image: Image(width: grey.width, height: grey.height, channels: grey.channels, pixels: pixels),
            seed: generator.next())
    }

    /// The numbers of images, `[N, C, H, W]`: 0 or 1 each.
    public func tensor(of samples: [BinarizedImage]) -> Tensor {
        let (area, channels) = (preprocessing.height * preprocessing.width, preprocessing.channels)
        return Tensor(shape: Shape([samples.count] + preprocessing.shape)) { buffer in
            for (position, sample) in samples.enumerated() {
                for (index, value) in sample.image.pixels.enumerated() {
                    let (pixel, channel) = (index / channels, index % channels)
                    buffer[(position * channels + channel) * area + pixel] = value > 127 ? 1 : 0
                }
            }
        }
    }
}
