import SaccadeDatasets
import SaccadeLoading

/// How long an epoch's learning waits for data.
///
/// The wait for the very first batch of the process does not count: nothing could have been read ahead of it.
struct WaitingTime {
    private(set) var waited = Duration.zero
    private var start = ContinuousClock.now
    private var isCounting = false
    /// Of the first epoch only.
    private var uncounted = Duration.zero

    /// Begins an epoch.
    mutating func beginEpoch() {
        start = .now
        waited = .zero
        uncounted = .zero
    }

    /// The first batch is there.
    mutating func startsCounting() { isCounting = true }

    var sinceBeginning: Duration { start.duration(to: .now) }

    /// In `0...1`, of the epoch so far.
    var fraction: Double {
        let seconds = (sinceBeginning - uncounted) / .seconds(1)
        return seconds > 0 ? min(1, waited / .seconds(1) / seconds) : 0
    }

    /// Counts the time that `body` takes, in which there is nothing to compute.
    mutating func measured<Result>(_ body: () throws -> Result) rethrows -> Result {
        let begin = ContinuousClock.now
        defer { count(begin.duration(to: .now)) }
        return try body()
    }

    /// Counts the wait for a batch: what its source says, or else the time that asking for it takes.
    ///
    /// Where all cores compute, those who read ahead get one just when a batch is taken, and that takes time as well;
    /// but no data are missing then.
    mutating func next<Batch>(_ stream: BatchStream<Batch>) throws -> Batch? {
        let (begin, before) = (ContinuousClock.now, stream.waited)
        let batch = try stream.next()
        let waited = stream.waited.flatMap { after in before.map { after - $0 } }
        count(waited ?? begin.duration(to: .now))
        return batch
    }

    private mutating func count(_ time: Duration) {
        if isCounting { waited += time } else { uncounted += time }
    }
}
