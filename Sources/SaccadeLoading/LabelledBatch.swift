public import SaccadeDatasets
public import SaccadeImages
import SaccadePrelude
public import SaccadeTensors

/// Images with one class each.
public struct LabelledBatch: LearningBatch {
    /// `[N, C, H, W]`.
    public let images: Tensor
    /// The classes, `[N]`, as indices into the data set's class names.
    public let labels: [Int]
    /// How the images were mixed with one another, and so which second class each has; nil where they were not.
    public let mixture: LabelMixture?
    /// The samples' numbers in the data set, `[N]`; empty where they have none.
    public let samples: [Int]
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { labels.count }
    public var names: [String] { namesOfSamples() }
    public var inputs: [Tensor] { [images] }

    public init(
        images: Tensor, labels: [Int], mixture: LabelMixture? = nil, samples: [Int] = [],
        names: @escaping @Sendable () -> [String]
    ) {
        require(
            images.shape.rank >= 1 && images.shape[0] == labels.count,
            "a batch of shape \(images.shape) with \(labels.count) labels")
        require(
            mixture.map { $0.partnerLabels.count == labels.count && (0...1).contains($0.lambda) } ?? true,
            "a batch of \(labels.count) labels with a mixture of \(mixture?.partnerLabels.count ?? 0)")
        (self.images, self.labels, self.mixture, self.samples) = (images, labels, mixture, samples)
        namesOfSamples = names
    }

    /// Puts images together, mixing them where the source's augmentations say so.
    public init(_ loaded: LoadedSamples<PreparedImage>, from source: PreparedImages<ClassificationDataset>) {
        var generator = loaded.generator
        let mix = source.augmentations.mix(for: source.preprocessing.size, using: &generator)
        let labels = loaded.indices.map(source.dataset.label(at:))
        self.init(
            images: source.tensor(of: loaded.samples, mix), labels: labels,
            mixture: mix.map { LabelMixture(labels, lambda: $0.lambda(of: source.preprocessing.size)) },
            samples: loaded.indices, names: loaded.names)
    }
}

extension BatchLoader where Source == PreparedImages<ClassificationDataset>, Batch == LabelledBatch {
    /// Images with one class each.
    ///
    /// - Parameters:
    ///   - dataset: Where the samples come from.
    ///   - preprocessing: How images become numbers.
    ///   - augmentations: Random changes, applied in this order; a list without a `problem`. A resizing one takes the
    ///     place of the preprocessing's resizing; one that mixes batches mixes their labels too.
    ///   - batchSize: At least 1.
    ///   - isShuffled: Whether each epoch has an order of its own.
    ///   - dropsIncomplete: Whether a last batch of fewer samples is left out.
    ///   - seed: Of the order and of the augmentations.
    ///   - threads: At least 1.
    ///   - ahead: At least 1; nil for two more than threads. It bounds the memory: a batch takes
    ///     `batchSize * preprocessing.count * 4` bytes.
    public convenience init(
        _ dataset: ClassificationDataset, preprocessing: Preprocessing, augmentations: [Augmentation] = [],
        batchSize: Int, isShuffled: Bool = false, dropsIncomplete: Bool = false, seed: UInt64 = 0,
        threads: Int = BatchLoading.standardThreads, ahead: Int? = nil
    ) {
        let source = PreparedImages(dataset, preprocessing, augmentations)
        self.init(
            source, batchSize: batchSize, isShuffled: isShuffled, dropsIncomplete: dropsIncomplete, seed: seed,
            threads: threads, ahead: ahead
        ) { LabelledBatch($0, from: source) }
    }
}
