public import SaccadeDatasets
public import SaccadeFiles
import SaccadeGeometry
public import SaccadeImages
public import SaccadePrelude
public import SaccadeTensors

/// An image as a network shall see it but for its normalisation, and what is known about it.
public struct PreparedImage: Sendable {
    /// Its number in the data set.
    public let index: Int
    /// Of the image as it was.
    public let originalSize: PixelSize
    /// Of the preprocessing's size and channels.
    public let image: Image
    /// In the image's pixels; nil where nothing moves with it.
    public let annotations: Annotations?
}

/// The images of a data set, prepared and augmented, their boxes, masks and keypoints moved with them.
public struct PreparedImages<Images: ImageDataset>: SampleSource {
    public let dataset: Images
    /// How images become numbers.
    public let preprocessing: Preprocessing
    /// Random changes, applied in this order; none for evaluation.
    public let augmentations: [Augmentation]

    /// - Parameter augmentations: A list without a `problem`. A resizing one takes the place of the preprocessing's
    ///   resizing.
    public init(_ dataset: Images, _ preprocessing: Preprocessing, _ augmentations: [Augmentation] = []) {
        require(augmentations.problem == nil, "PreparedImages: \(augmentations.problem ?? "")")
        (self.dataset, self.preprocessing, self.augmentations) = (dataset, preprocessing, augmentations)
    }

    public var count: Int { dataset.count }

    public func name(at index: Int) -> String { dataset.name(at: index) }

    public func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> PreparedImage {
        let resizing = augmentations.first.flatMap { $0.resizes ? $0 : nil }
        let rest = augmentations.dropFirst(resizing == nil ? 0 : 1)
        // A resizing augmentation gets the whole image, for its part of it may be small; annotations are in its pixels.
        let isReduced = resizing == nil && !dataset.isAnnotated
        let whole = try dataset.image(at: index, atLeast: isReduced ? preprocessing.leastDecodedSize : nil)
        guard let annotations = try dataset.annotations(at: index, of: whole.size) else {
            let image = preprocessing.prepared(whole, augmentations, using: &generator)
            return PreparedImage(index: index, originalSize: whole.size, image: image, annotations: nil)
        }
        do throws(GeometryError) {
            var annotated = try AnnotatedImage(grey(whole), annotations)
            if let resizing {
                annotated = try resizing.apply(to: annotated, target: target, using: &generator)
            } else {
                annotated = try annotated.fitted(by: preprocessing)
            }
            annotated = try AnnotatedImage(
                annotated.image.converted(toChannels: preprocessing.channels), annotated.annotations)
            for augmentation in rest { annotated = try augmentation.apply(to: annotated, using: &generator) }
            return PreparedImage(
                index: index, originalSize: whole.size, image: annotated.image, annotations: annotated.annotations)
        } catch {
            throw FileError(
                .malformed, path: dataset.name(at: index), reason: error.description,
                remedy: "correct the annotations, or leave the image out")
        }
    }

    private var target: Augmentation.Target {
        Augmentation.Target(size: preprocessing.size, filter: preprocessing.filter)
    }

    /// Grey before it is resized, where grey is wanted: one channel is a third of the work of three.
    private func grey(_ image: Image) -> Image {
        preprocessing.channels < image.channels ? image.grey() : image
    }

    /// The numbers of images of the expected size, `[N, C, H, W]`, in memory that tensors before it have used.
    public func tensor(of samples: [PreparedImage]) -> Tensor { tensor(of: samples, nil) }

    func tensor(of samples: [PreparedImage], _ mix: BatchMix?) -> Tensor {
        let size = preprocessing.count
        return Tensor(shape: Shape([samples.count] + preprocessing.shape)) { buffer in
            for (position, sample) in samples.enumerated() {
                let part = buffer[position * size..<(position + 1) * size]
                preprocessing.normalize(sample.image, into: UnsafeMutableBufferPointer(rebasing: part))
            }
            mix?.apply(
                to: buffer, count: samples.count, channels: preprocessing.channels, height: preprocessing.height,
                width: preprocessing.width)
        }
    }
}
