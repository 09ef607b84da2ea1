import SaccadeFiles
public import SaccadeImages
import SaccadePrelude
import SaccadeTensors

/// Reads, augments and batches samples ahead of the computation, on threads of its own.
///
/// What the batches of an epoch hold depends on the data set, the seed and the number of the epoch alone: never on how
/// many threads work, nor on which is first. At most ``ahead`` batches wait or are in the making at any time, and their
/// memory is used again.
///
/// ```swift
/// let loader = BatchLoader(training, preprocessing: preprocessing, batchSize: 32, isShuffled: true, seed: 7)
/// for epoch in 0..<10 {
///     let batches = loader.epoch(epoch)
///     while let batch = try batches.next() { … }
/// }
/// ```
public final class BatchLoader: Sendable {
    /// Where the samples come from.
    public let dataset: ClassificationDataset
    /// How pictures become numbers.
    public let preprocessing: Preprocessing
    /// Random changes, applied in this order; none for evaluation. A framing one takes the place of the preprocessing's
    /// resizing.
    public let augmentations: [Augmentation]
    /// Samples per batch; the last of an epoch may have fewer.
    public let batchSize: Int
    /// Whether each epoch has an order of its own; otherwise samples come as the data set has them.
    public let isShuffled: Bool
    /// Whether a last batch of fewer samples is left out.
    public let dropsIncomplete: Bool
    /// Of the order and of the augmentations.
    public let seed: UInt64
    /// Threads that read.
    public let threads: Int
    /// Batches that may wait or be in the making.
    public let ahead: Int

    /// Threads that read where nobody says otherwise.
    public static let standardThreads = 2
    /// Batches whose memory is kept then: those that wait or are in the making, and the one in use.
    public static let standardBuffers = standardThreads + 3

    /// - Parameters:
    ///   - dataset: Where the samples come from.
    ///   - preprocessing: How pictures become numbers.
    ///   - augmentations: Random changes, applied in this order; a list without a `problem`.
    ///   - batchSize: At least 1.
    ///   - isShuffled: Whether each epoch has an order of its own.
    ///   - dropsIncomplete: Whether a last batch of fewer samples is left out.
    ///   - seed: Of the order and of the augmentations.
    ///   - threads: At least 1.
    ///   - ahead: At least 1; nil for two more than threads. It bounds the memory: a batch takes
    ///     `batchSize * preprocessing.count * 4` bytes.
    public init(
        _ dataset: ClassificationDataset, preprocessing: Preprocessing, augmentations: [Augmentation] = [],
        batchSize: Int, isShuffled: Bool = false, dropsIncomplete: Bool = false, seed: UInt64 = 0,
        threads: Int = standardThreads,
        ahead: Int? = nil
    ) {
        require(batchSize > 0, "BatchLoader: batchSize must be at least 1, got \(batchSize)")
        require(threads > 0, "BatchLoader: threads must be at least 1, got \(threads)")
        require(ahead ?? 1 > 0, "BatchLoader: ahead must be at least 1, got \(ahead ?? 1)")
        require(augmentations.problem == nil, "BatchLoader: \(augmentations.problem ?? "")")
        self.dataset = dataset
        self.preprocessing = preprocessing
        self.augmentations = augmentations
        self.batchSize = batchSize
        self.isShuffled = isShuffled
        self.dropsIncomplete = dropsIncomplete
        self.seed = seed
        self.threads = threads
        self.ahead = ahead ?? threads + 2
    }

    /// How many batches an epoch has.
    public var batchesPerEpoch: Int {
        dropsIncomplete ? dataset.count / batchSize : (dataset.count + batchSize - 1) / batchSize
    }

    /// Starts the threads on an epoch.
    ///
    /// - Parameters:
    ///   - epoch: Its number, from 0; with the seed it decides order and augmentation.
    ///   - first: The batch to begin with, to go on where a run was stopped; in `0...batchesPerEpoch`.
    public func epoch(_ epoch: Int, from first: Int = 0) -> EpochBatches {
        require(
            (0...batchesPerEpoch).contains(first), "epoch: there is no batch \(first) among \(batchesPerEpoch)")
        let order = order(epoch)
        let batches = first..<batchesPerEpoch
        return EpochBatches(
            Prefetch(batches, ahead: ahead, threads: min(threads, batches.count)) {
                [self] index, isWanted throws(FileError) in
                let start = index * batchSize
                return try batch(
                    index, of: Array(order[start..<min(start + batchSize, order.count)]), epoch: epoch, while: isWanted)
            })
    }

    /// The samples' numbers in the order of an epoch.
    func order(_ epoch: Int) -> [Int] {
        var order = Array(0..<dataset.count)
        if isShuffled {
            var generator = SplitMix64(seed: seed, stream: epoch)
            order.shuffle(using: &generator)
        }
        return order
    }

    /// Makes one batch on the calling thread; nil when it is no longer wanted.
    private func batch(
        _ index: Int, of samples: [Int], epoch: Int, while isWanted: () -> Bool
    ) throws(FileError) -> Batch? {
        let size = preprocessing.count
        let mix = mix(epoch: epoch, batch: index)
        var isComplete = true
        let shape: Shape = [samples.count, preprocessing.channels, preprocessing.height, preprocessing.width]
        let images = try Tensor(shape: shape) { buffer throws(FileError) in
            for (position, sample) in samples.enumerated() {
                isComplete = isComplete && isWanted()
                guard isComplete else { return }
                let part = buffer[position * size..<(position + 1) * size]
                preprocessing.normalize(
                    try picture(sample, epoch: epoch), into: UnsafeMutableBufferPointer(rebasing: part))
            }
            mix?.apply(
                to: buffer, count: samples.count, channels: preprocessing.channels, height: preprocessing.height,
                width: preprocessing.width)
        }
        guard isComplete else { return nil }
        return Batch(
            index: index, images: images, samples: samples,
            ownShare: mix?.ownShare(width: preprocessing.width, height: preprocessing.height), dataset: dataset)
    }

    /// A picture as the network shall see it, but for the normalisation.
    private func picture(_ sample: Int, epoch: Int) throws(FileError) -> Image {
        // Each sample has numbers of its own, so that it does not matter who is first.
        var generator = SplitMix64(seed: seed, stream: epoch, sample)
        var rest = augmentations[...]
        var image: Image
        if let framing = augmentations.first, framing.isFraming {
            let whole = try dataset.image(at: sample)
            // Grey first, as in `fitted`.
            let grey = preprocessing.channels < whole.channels ? whole.grey() : whole
            let target = Augmentation.Target(size: preprocessing.size, filter: preprocessing.filter)
            image = framing.apply(to: grey, target: target, using: &generator)
                .converted(toChannels: preprocessing.channels)
            rest = rest.dropFirst()
        } else {
            image = preprocessing.fitted(try dataset.image(at: sample, atLeast: preprocessing.leastDecodedSize))
        }
        for augmentation in rest { image = augmentation.apply(to: image, using: &generator) }
        return image
    }

    /// How a batch is mixed; nil where it is not.
    private func mix(epoch: Int, batch: Int) -> BatchMix? {
        let mixing = augmentations.compactMap { $0.kind as? any BatchAugmentation }
        // One number more than samples have, so that no sample's numbers are drawn again.
        var generator = SplitMix64(seed: seed, stream: epoch, batch, 0)
        guard let kind = mixing.randomElement(using: &generator), generator.happens(kind.probability) else {
            return nil
        }
        return kind.draw(for: preprocessing.size, using: &generator)
    }
}
