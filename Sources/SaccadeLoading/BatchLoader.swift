public import SaccadeDatasets
import SaccadeFiles
import SaccadePrelude

/// Reads samples and puts them together to batches ahead of the computation, on threads of its own.
///
/// What the batches of an epoch hold depends on the source, the seed and the number of the epoch alone: never on how
/// many threads work, nor on which is first. At most ``ahead`` batches wait or are in the making at any time, and their
/// memory is used again.
///
/// ```swift
/// let loader = BatchLoader(source, batchSize: 32, isShuffled: true, seed: 7) { samples in … }
/// for epoch in 0..<10 {
///     let batches = loader.epoch(epoch)
///     while let batch = try batches.next() { … }
/// }
/// ```
public final class BatchLoader<Source: SampleSource, Batch: LearningBatch>: BatchSource, Sendable {
    /// Where the samples come from.
    public let source: Source
    /// Samples per batch; the last of an epoch may have fewer.
    public let batchSize: Int
    /// Whether samples come in the order in which the source wants to be learnt from, as a rule a new one for each epoch;
    /// otherwise as the source has them.
    public let isShuffled: Bool
    /// Whether a last batch of fewer samples is left out.
    public let dropsIncomplete: Bool
    /// Of the order, and of what is random about samples and batches.
    public let seed: UInt64
    /// Threads that read.
    public let threads: Int
    /// Batches that may wait or be in the making.
    public let ahead: Int

    private let collate: @Sendable (LoadedSamples<Source.Sample>) -> Batch

    /// - Parameters:
    ///   - source: Where the samples come from.
    ///   - batchSize: At least 1.
    ///   - isShuffled: Whether each epoch has an order of its own.
    ///   - dropsIncomplete: Whether a last batch of fewer samples is left out.
    ///   - seed: Of all that is random.
    ///   - threads: At least 1.
    ///   - ahead: At least 1; nil for two more than threads. It bounds the memory.
    ///   - collate: Puts the samples of a batch together.
    public init(
        _ source: Source, batchSize: Int, isShuffled: Bool = false, dropsIncomplete: Bool = false, seed: UInt64 = 0,
        threads: Int = BatchLoading.standardThreads, ahead: Int? = nil,
        collate: @escaping @Sendable (LoadedSamples<Source.Sample>) -> Batch
    ) {
        require(batchSize > 0, "BatchLoader: batchSize must be at least 1, got \(batchSize)")
        require(threads > 0, "BatchLoader: threads must be at least 1, got \(threads)")
        require(ahead ?? 1 > 0, "BatchLoader: ahead must be at least 1, got \(ahead ?? 1)")
        self.source = source
        self.batchSize = batchSize
        self.isShuffled = isShuffled
        self.dropsIncomplete = dropsIncomplete
        self.seed = seed
        self.threads = threads
        self.ahead = ahead ?? threads + 2
        self.collate = collate
    }

    public var batchesPerEpoch: Int {
        dropsIncomplete ? source.count / batchSize : (source.count + batchSize - 1) / batchSize
    }

    public var samplesPerEpoch: Int { dropsIncomplete ? batchesPerEpoch * batchSize : source.count }

    public func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<Batch> {
        let batches = self.epoch(epoch, from: first)
        return BatchStream(next: { try batches.next() }, waited: { batches.waited })
    }

    /// Starts the threads on an epoch.
    ///
    /// - Parameters:
    ///   - epoch: Its number, from 0; with the seed it decides order and augmentation.
    ///   - first: The batch to begin with, to go on where a run was stopped; in `0...batchesPerEpoch`.
    public func epoch(_ epoch: Int, from first: Int = 0) -> EpochBatches<Batch> {
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
        guard isShuffled else { return Array(0..<source.count) }
        var generator = SplitMix64(seed: seed, stream: epoch)
        return source.learningOrder(batchSize: batchSize, using: &generator)
    }

    /// Makes one batch on the calling thread; nil when it is no longer wanted.
    private func batch(
        _ batch: Int, of indices: [Int], epoch: Int, while isWanted: () -> Bool
    ) throws(FileError) -> Batch? {
        var samples: [Source.Sample] = []
        samples.reserveCapacity(indices.count)
        for index in indices {
            guard isWanted() else { return nil }
            // Each sample has numbers of its own, so that it does not matter who is first.
            var generator = SplitMix64(seed: seed, stream: epoch, index)
            samples.append(try source.sample(at: index, using: &generator))
        }
        let source = source
        return collate(
            LoadedSamples(
                batch: batch, samples: samples, indices: indices, names: { indices.map(source.name(at:)) },
                // One number more than samples have, so that no sample's numbers are drawn again.
                generator: SplitMix64(seed: seed, stream: epoch, batch, 0)))
    }
}

/// How batches are loaded where nobody says otherwise.
public enum BatchLoading {
    /// Threads that read.
    public static let standardThreads = 2
    /// Batches whose memory is kept: those that wait or are in the making, and the one in use.
    public static let standardBuffers = standardThreads + 3
}
