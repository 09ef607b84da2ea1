/// Where a training is, told after every batch.
public struct TrainingProgress: Sendable, Equatable {
    public enum Phase: Sendable, Equatable { case training, validating }

    public var phase: Phase
    /// Counted from 1.
    public var epoch: Int
    public var epochs: Int
    /// Samples of this epoch's phase that are done.
    public var samples: Int
    /// All samples of this epoch's phase.
    public var samplesInAll: Int
    /// The mean loss of those that are done.
    public var loss: Double
    /// Samples of the whole training that are still to come after this epoch's phase, both to learn from and to
    /// validate with.
    public var samplesToCome: Int

    public init(
        phase: Phase, epoch: Int, epochs: Int, samples: Int, samplesInAll: Int, loss: Double, samplesToCome: Int
    ) {
        self.phase = phase
        self.epoch = epoch
        self.epochs = epochs
        self.samples = samples
        self.samplesInAll = samplesInAll
        self.loss = loss
        self.samplesToCome = samplesToCome
    }
}

/// Somebody who watches a training. All calls come from the thread that trains.
public protocol TrainingObserver: AnyObject {
    /// A batch is done.
    func progressed(_ progress: TrainingProgress)
    /// An epoch is over, and on the disk.
    func finished(_ record: EpochRecord)
}
