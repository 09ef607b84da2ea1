public import SaccadeFiles

/// The batches of one epoch, in order, for one consumer.
///
/// When it goes, the threads behind it are told to stop and have ended when its `deinit` returns: dropping it half-way
/// leaves nothing running.
public final class EpochBatches<Batch: Sendable> {
    private let prefetch: Prefetch<Batch, FileError>

    init(_ prefetch: Prefetch<Batch, FileError>) { self.prefetch = prefetch }

    deinit { prefetch.stop() }

    /// How many batches are still to come.
    public var remaining: Int { prefetch.remaining }

    /// How long ``next()`` has waited so far: time in which the computation had nothing to do.
    public var waited: Duration { prefetch.waited }

    /// The next batch, once it is ready; nil after the last.
    ///
    /// - Throws: `FileError`, which names the file, when a sample of this batch cannot be read; batches before it have
    ///   been given out as usual, and every later call throws the same.
    public func next() throws(FileError) -> Batch? {
        try prefetch.next()
    }
}
