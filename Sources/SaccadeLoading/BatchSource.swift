public import SaccadeTensors

/// Some samples as a network takes them. What is true of them is the task's own.
public protocol LearningBatch: Sendable {
    /// How many samples there are, at least 1.
    var count: Int { get }
    /// What to call them in a message.
    var names: [String] { get }
    /// What the network is given: one tensor for each input of its first stage.
    var inputs: [Tensor] { get }
}

/// Where the batches of a training come from.
///
/// The batches of an epoch must be the same whenever it is asked for them: that is what lets a training that was killed
/// come to the same end.
public protocol BatchSource<Batch> {
    associatedtype Batch: LearningBatch
    /// Batches of each epoch.
    var batchesPerEpoch: Int { get }
    /// Samples of each epoch.
    var samplesPerEpoch: Int { get }

    /// The batches of an epoch.
    ///
    /// - Parameters:
    ///   - epoch: Counted from 0.
    ///   - first: The batch to begin with.
    func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<Batch>
}

/// Batches one after another, for one consumer.
public struct BatchStream<Batch> {
    private let take: () throws -> Batch?
    private let timeWaited: () -> Duration?

    /// - Parameters:
    ///   - next: The next batch; nil after the last.
    ///   - waited: How long `next` has waited so far for what was not there yet; nil where nobody knows.
    public init(next: @escaping () throws -> Batch?, waited: @escaping () -> Duration?) {
        (take, timeWaited) = (next, waited)
    }

    /// - Parameter next: The next batch; nil after the last.
    public init(_ next: @escaping () throws -> Batch?) { self.init(next: next, waited: { nil }) }

    /// The next batch; nil after the last.
    public func next() throws -> Batch? { try take() }

    /// How long ``next()`` has waited so far: time in which the computation had nothing to do. Nil where nobody knows.
    public var waited: Duration? { timeWaited() }
}
