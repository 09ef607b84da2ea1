public import SaccadeTensors

/// Some samples made ready for a network.
///
/// The pictures are a tensor from the start, in memory that tensors before it have used.
public struct Batch: Sendable {
    /// The batch's number in its epoch, from 0.
    public let index: Int
    /// The pictures, `[N, C, H, W]`.
    public let images: Tensor
    /// The classes, `[N]`, as indices into the data set's class names.
    public let labels: [Int]
    /// How the pictures were mixed with one another, and so which second class each has; nil where they were not.
    public let mixture: LabelMixture?
    /// The samples' numbers in the data set, `[N]`.
    public let samples: [Int]

    private let dataset: ClassificationDataset

    /// The number of samples, at least 1.
    public var count: Int { labels.count }
    /// What to call the samples, `[N]`: paths, or record files with numbers.
    public var names: [String] { samples.map(dataset.name(at:)) }

    init(
        index: Int, images: Tensor, samples: [Int], ownShare: Float?, dataset: ClassificationDataset
    ) {
        self.index = index
        self.images = images
        self.samples = samples
        let labels = samples.map(dataset.label(at:))
        self.labels = labels
        mixture = ownShare.map { LabelMixture(labels, ownShare: $0) }
        self.dataset = dataset
    }
}
