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
    var share: Double {
        let seconds = (sinceBeginning - uncounted) / .seconds(1)
        return seconds > 0 ? min(1, waited / .seconds(1) / seconds) : 0
    }

    /// Counts the time that `body` takes, in which there is nothing to compute.
    mutating func measured<Result>(_ body: () throws -> Result) rethrows -> Result {
        let begin = ContinuousClock.now
        defer {
            let time = begin.duration(to: .now)
            if isCounting { waited += time } else { uncounted += time }
        }
        return try body()
    }
}
