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
    /// The fraction of the epoch's learning so far in which the computation waited for data, in `0...1`; the very first
    /// batch of the process does not count.
    public var waitingFraction: Double

    public init(
        phase: Phase, epoch: Int, epochs: Int, samples: Int, samplesInAll: Int, loss: Double, samplesToCome: Int,
        waitingFraction: Double = 0
    ) {
        self.phase = phase
        self.epoch = epoch
        self.epochs = epochs
        self.samples = samples
        self.samplesInAll = samplesInAll
        self.loss = loss
        self.samplesToCome = samplesToCome
        self.waitingFraction = waitingFraction
    }
}

/// Somebody who watches a training. All calls come from the thread that trains.
public protocol TrainingObserver: AnyObject {
    /// The training begins or goes on; the folder's files are what the checkpoint knows of.
    func began(_ run: RunFolder)
    /// A batch is done.
    func progressed(_ progress: TrainingProgress)
    /// An epoch is over, and on the disk.
    func finished(_ record: EpochRecord)
    /// The training is over: it came to its end, or an error ended it.
    func ended(_ error: (any Error)?)
    /// Whether the training shall stop after the step that it is at, with a checkpoint. Asked after every step.
    var wantsStop: Bool { get }
}

extension TrainingObserver {
    public func began(_ run: RunFolder) {}
    public func ended(_ error: (any Error)?) {}
    public var wantsStop: Bool { false }
}

/// Several observers as one; each is told in turn.
public final class TrainingObservers: TrainingObserver {
    private let observers: [any TrainingObserver]

    public init(_ observers: [any TrainingObserver]) { self.observers = observers }

    public func began(_ run: RunFolder) { for observer in observers { observer.began(run) } }
    public func progressed(_ progress: TrainingProgress) { for observer in observers { observer.progressed(progress) } }
    public func finished(_ record: EpochRecord) { for observer in observers { observer.finished(record) } }
    public func ended(_ error: (any Error)?) { for observer in observers { observer.ended(error) } }
    public var wantsStop: Bool { observers.contains { $0.wantsStop } }
}
