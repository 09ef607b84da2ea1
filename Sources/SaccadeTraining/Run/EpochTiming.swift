/// A line of `timings.jsonl`.
struct EpochTiming: Encodable {
    let epoch: Int
    /// Spent on learning, since the training was begun or resumed.
    let seconds: Double
    /// Learnt from in that time.
    let samples: Int
}
