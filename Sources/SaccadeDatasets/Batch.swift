import Synchronization

/// Some samples made ready for a network.
///
/// Its memory returns to its loader when the last reference to the batch goes, so that training runs in the same few
/// buffers from beginning to end; keeping a batch is safe and costs its memory.
public final class Batch: Sendable {
    /// The batch's number in its epoch, from 0.
    public let index: Int
    /// The numbers of the pictures one after the other, `[N, C, H, W]`.
    public let scalars: [Float]
    /// `[N, C, H, W]`.
    public let shape: [Int]
    /// The classes, `[N]`, as indices into the data set's class names.
    public let labels: [Int]
    /// How the pictures were mixed with one another, and so which second class each has; nil where they were not.
    public let mixture: LabelMixture?
    /// The samples' numbers in the data set, `[N]`.
    public let samples: [Int]

    private let dataset: ClassificationDataset
    private let pool: BufferPool

    /// The number of samples, at least 1.
    public var count: Int { labels.count }
    /// What to call the samples, `[N]`: paths, or record files with numbers.
    public var names: [String] { samples.map(dataset.name(at:)) }

    init(
        index: Int, scalars: [Float], shape: [Int], samples: [Int], ownShare: Float?, dataset: ClassificationDataset,
        pool: BufferPool
    ) {
        self.index = index
        self.scalars = scalars
        self.shape = shape
        self.samples = samples
        let labels = samples.map(dataset.label(at:))
        self.labels = labels
        mixture = ownShare.map { LabelMixture(labels, ownShare: $0) }
        self.dataset = dataset
        self.pool = pool
    }

    deinit { pool.give(back: scalars) }
}

/// Memory of past batches, kept for the next ones: fresh pages cost several times what filling them does.
final class BufferPool: Sendable {
    private let buffers = Mutex<[[Float]]>([])
    private let capacity: Int

    /// - Parameter capacity: The most buffers kept; others are freed.
    init(capacity: Int) { self.capacity = capacity }

    /// A buffer of `count` numbers whose values are arbitrary.
    func take(_ count: Int) -> [Float] {
        var buffer = buffers.withLock { $0.popLast() } ?? []
        // Both keep the memory, so the short batch at the end of an epoch costs nothing either.
        if buffer.count > count { buffer.removeLast(buffer.count - count) }
        if buffer.count < count { buffer.append(contentsOf: repeatElement(0, count: count - buffer.count)) }
        return buffer
    }

    /// Keeps a buffer for later. Should someone still hold it, the next writer copies it: it is an array like any other.
    func give(back buffer: [Float]) {
        buffers.withLock { if $0.count < capacity { $0.append(buffer) } }
    }
}
