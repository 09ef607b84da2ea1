public import SaccadeDatasets
public import SaccadeFiles
public import SaccadeImages
public import SaccadePrelude
public import SaccadeTensors

/// A canvas as a network shall see it but for its normalisation.
public struct PreparedCanvas: Sendable {
    /// Its number in the data set.
    public let index: Int
    /// Of the preprocessing's size and channels.
    public let image: Image
    /// The classes of what is on it, from left to right.
    public let labels: [Int]
    /// Of the random numbers that a network needs to look at it: they belong to the sample, whatever others are in its
    /// batch.
    public let seed: UInt64
}

/// Canvases of the size of a network's input, with images on them, prepared and augmented.
public struct PreparedCanvases: SampleSource {
    public let dataset: ImageCanvases
    /// How canvases become numbers; they are made in its size.
    public let preprocessing: Preprocessing
    /// Random changes of whole canvases, applied in this order; none for evaluation.
    public let augmentations: [Augmentation]

    /// - Parameter augmentations: A list without a `problem`.
    public init(_ dataset: ImageCanvases, _ preprocessing: Preprocessing, _ augmentations: [Augmentation] = []) {
        require(augmentations.problem == nil, "PreparedCanvases: \(augmentations.problem ?? "")")
        (self.dataset, self.preprocessing, self.augmentations) = (dataset, preprocessing, augmentations)
    }

    public var count: Int { dataset.count }

    public func name(at index: Int) -> String { dataset.name(at: index) }

    public func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> PreparedCanvas {
        let (canvas, labels) = try dataset.canvas(
            at: index, size: preprocessing.size, channels: preprocessing.channels, using: &generator)
        let image = preprocessing.prepared(canvas, augmentations, using: &generator)
        return PreparedCanvas(index: index, image: image, labels: labels, seed: generator.next())
    }

    /// The numbers of canvases, `[N, C, H, W]`.
    public func tensor(of samples: [PreparedCanvas]) -> Tensor { preprocessing.tensor(of: samples.map(\.image)) }
}

extension Preprocessing {
    /// The numbers of fitted images, `[N, C, H, W]`.
    package func tensor(of images: [Image]) -> Tensor {
        Tensor(shape: Shape([images.count] + shape)) { buffer in
            for (position, image) in images.enumerated() {
                let part = buffer[position * count..<(position + 1) * count]
                normalize(image, into: UnsafeMutableBufferPointer(rebasing: part))
            }
        }
    }
}
