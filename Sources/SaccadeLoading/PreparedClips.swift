public import SaccadeDatasets
public import SaccadeFiles
public import SaccadeImages
public import SaccadePrelude
public import SaccadeTensors
import SaccadeVideo

/// The frames of a clip, each as a network shall see it but for its normalisation.
public struct PreparedClip: Sendable {
    /// Its number in the data set.
    public let index: Int
    /// Of the preprocessing's size and channels; at least one.
    public let frames: [Image]
    /// The place of each among all frames of the clip, from 0.
    public let numbers: [Int]
}

/// Clips, prepared and augmented: every frame of a clip is changed alike, so that nothing moves that stood still.
public struct PreparedClips<Clips: ClipDataset>: SampleSource {
    public let dataset: Clips
    public let preprocessing: Preprocessing
    /// Random changes, applied in this order; none for evaluation.
    public let augmentations: [Augmentation]
    /// Frames of each sample at most, evenly spaced in time over the clip; nil takes all.
    public let frames: Int?

    public init(
        _ dataset: Clips, _ preprocessing: Preprocessing, _ augmentations: [Augmentation] = [], frames: Int? = nil
    ) {
        require(augmentations.problem == nil, "PreparedClips: \(augmentations.problem ?? "")")
        require(frames ?? 1 > 0, "PreparedClips: \(frames ?? 1) frames")
        (self.dataset, self.preprocessing, self.augmentations, self.frames) =
            (dataset, preprocessing, augmentations, frames)
    }

    public var count: Int { dataset.count }

    public func name(at index: Int) -> String { dataset.name(at: index) }

    public func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> PreparedClip {
        let reader = try dataset.clip(at: index).frames(frames.map(FrameSampling.count) ?? .all)
        let start = generator
        var (prepared, numbers): ([Image], [Int]) = ([], [])
        while let frame = try reader.next() {
            var own = start
            prepared.append(preprocessing.prepared(frame.image, augmentations, using: &own))
            numbers.append(frame.number)
            generator = own
        }
        return PreparedClip(index: index, frames: prepared, numbers: numbers)
    }

    /// The numbers of a clip, `[T, C, H, W]`.
    public func tensor(of clip: PreparedClip) -> Tensor {
        let size = preprocessing.count
        return Tensor(shape: Shape([clip.frames.count] + preprocessing.shape)) { buffer in
            for (position, frame) in clip.frames.enumerated() {
                let part = buffer[position * size..<(position + 1) * size]
                preprocessing.normalize(frame, into: UnsafeMutableBufferPointer(rebasing: part))
            }
        }
    }
}

extension Preprocessing {
    /// An image as a network shall see it but for its normalisation, changed at random.
    ///
    /// - Parameter augmentations: Applied in this order; a resizing one takes the place of the resizing.
    func prepared(
        _ image: Image, _ augmentations: [Augmentation], using generator: inout SplitMix64
    ) -> Image {
        guard let resizing = augmentations.first, resizing.resizes else {
            return augmentations.reduce(fitted(image)) { $1.apply(to: $0, using: &generator) }
        }
        // Grey first: resizing one channel is a third of the work of three.
        let grey = channels < image.channels ? image.grey() : image
        let target = Augmentation.Target(size: size, filter: filter)
        let framed = resizing.apply(to: grey, target: target, using: &generator).converted(toChannels: channels)
        return augmentations.dropFirst().reduce(framed) { $1.apply(to: $0, using: &generator) }
    }
}
