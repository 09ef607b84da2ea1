import SaccadeDatasets
public import SaccadeLoading
import SaccadeMetrics

/// Shows a network every sample of a source once.
///
/// - Parameters:
///   - task: What it has learnt.
///   - model: The network, eagerly or by plans.
///   - source: The samples, in one epoch.
///   - progress: Called after each batch with the number of samples that are done.
/// - Throws: What the source throws: an image that cannot be read.
public func evaluate<Task: LearningTask>(
    _ task: Task, _ model: Runner<Task.Learner>, over source: some BatchSource<Task.Batch>,
    progress: (Int) -> Void = { _ in }
) throws -> Task.Score {
    var score = task.noScore
    let batches = source.batches(ofEpoch: 0, from: 0)
    while let batch = try batches.next() {
        try task.judge(model, by: batch, into: &score)
        progress(score.count)
    }
    return score
}
