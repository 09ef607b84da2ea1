public import SaccadeDatasets
import SaccadePrelude
public import SaccadeTensors

/// Some labelled samples as a network takes them.
public struct LabelledBatch: Sendable {
    /// `[N, C, H, W]`.
    public let images: Tensor
    /// `[N]`.
    public let labels: [Int]
    /// The second class that each picture has, where pictures were mixed.
    public let mixture: LabelMixture?
    /// How long it was not there yet after it was asked for; nil where nobody knows.
    public let waited: Duration?
    /// What to call the samples in a message, `[N]`.
    public let names: @Sendable () -> [String]

    public init(
        images: Tensor, labels: [Int], mixture: LabelMixture? = nil, waited: Duration? = nil,
        names: @escaping @Sendable () -> [String]
    ) {
        require(
            images.shape.rank >= 1 && images.shape[0] == labels.count,
            "a batch of shape \(images.shape) with \(labels.count) labels")
        self.images = images
        require(
            mixture.map { $0.others.count == labels.count && (0...1).contains($0.ownShare) } ?? true,
            "a batch of \(labels.count) labels with a mixture of \(mixture?.others.count ?? 0)")
        self.labels = labels
        self.mixture = mixture
        self.waited = waited
        self.names = names
    }
}

/// Where the batches of a training come from.
///
/// The batches of an epoch must be the same whenever it is asked for them: that is what lets a training that was killed
/// come to the same end.
public protocol BatchSource {
    /// Batches of each epoch.
    var batchesPerEpoch: Int { get }
    /// Samples of each epoch.
    var samplesPerEpoch: Int { get }

    /// The batches of an epoch, one with each call; nil after the last.
    ///
    /// - Parameters:
    ///   - epoch: Counted from 0.
    ///   - first: The batch to begin with.
    func batches(ofEpoch epoch: Int, from first: Int) -> () throws -> LabelledBatch?
}

/// Batches of pictures that are read ahead of the computation.
public struct LoadedBatches: BatchSource {
    private let loader: BatchLoader

    public init(_ loader: BatchLoader) { self.loader = loader }

    public var batchesPerEpoch: Int { loader.batchesPerEpoch }

    public var samplesPerEpoch: Int {
        loader.dropsIncomplete ? loader.batchesPerEpoch * loader.batchSize : loader.dataset.count
    }

    public func batches(ofEpoch epoch: Int, from first: Int) -> () throws -> LabelledBatch? {
        let batches = loader.epoch(epoch, from: first)
        return {
            let before = batches.waited
            guard let batch = try batches.next() else { return nil }
            return LabelledBatch(
                images: batch.images, labels: batch.labels, mixture: batch.mixture, waited: batches.waited - before,
                names: { batch.names })
        }
    }
}
