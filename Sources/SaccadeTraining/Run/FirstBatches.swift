import SaccadeDatasets
import SaccadeLoading

/// The beginning of each epoch of a source, and its last batch, which may be smaller than the others.
struct FirstBatches<Batch: LearningBatch>: BatchSource {
    private let source: any BatchSource<Batch>
    private let count: Int

    init(of source: any BatchSource<Batch>, count: Int) {
        self.source = source
        self.count = count
    }

    var batchesPerEpoch: Int { min(count, source.batchesPerEpoch) }
    var samplesPerEpoch: Int { source.samplesPerEpoch }

    func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<Batch> {
        let next = source.batches(ofEpoch: epoch, from: first)
        let last = source.batches(ofEpoch: epoch, from: max(source.batchesPerEpoch - 1, first))
        var taken = first
        return BatchStream {
            taken += 1
            if taken < batchesPerEpoch { return try next.next() }
            return taken == batchesPerEpoch ? try last.next() : nil
        }
    }
}
