/// How a kernel is chosen for shapes that no choice was made for before.
public enum TuningPolicy: Sendable {
    /// All candidates are timed, each several times: for shapes that come again and again, such as those of a training or
    /// the size that a network was made for.
    case exact
    /// What won for a neighbour: the same operation with the same settings, whose batch and whose area of images differ
    /// by a factor of 2 at most. The plainest where there is none. Nothing is timed: for sizes that vary.
    case nearest
    /// What won for a neighbour, and where there is none all candidates are timed: for sizes that vary, where the first of
    /// them may take its time.
    case nearestOrExact
    /// The first that oneDNN offers, whatever was timed before.
    case plainest

    /// The policy for operations outside of plans.
    @TaskLocal static var current = TuningPolicy.exact
}

/// Chooses kernels for the operations of `body` as `policy` says, where they are not part of a plan: the steps of a
/// training on images of ever other sizes, say.
///
/// A kernel outside plans is chosen once for each shape, and kept for as long as the process lasts. What a plan does is
/// said by ``Plan/Options/tuning``.
public func withTuning<R>(_ policy: TuningPolicy, _ body: () throws -> R) rethrows -> R {
    try TuningPolicy.$current.withValue(policy, operation: body)
}
