/// How long an epoch took: a line of `timings.jsonl`. What an older program did not write is nil.
public struct EpochTiming: Sendable, Equatable, Codable {
    /// Counted from 1.
    public var epoch: Int
    /// Spent on learning, since the training was begun or resumed.
    public var seconds: Double
    /// Learnt from in that time.
    public var samples: Int
    /// Seconds of that time in which the computation waited for data, without the very first batch of the process.
    public var waited: Double?
    /// Seconds that judging took.
    public var validating: Double?
    /// When the epoch was over, in seconds since 1970.
    public var ended: Double?
    /// The most bytes that the process has held in memory until then.
    public var peakMemory: Int?

    public init(
        epoch: Int, seconds: Double, samples: Int, waited: Double? = nil, validating: Double? = nil,
        ended: Double? = nil, peakMemory: Int? = nil
    ) {
        self.epoch = epoch
        self.seconds = seconds
        self.samples = samples
        self.waited = waited
        self.validating = validating
        self.ended = ended
        self.peakMemory = peakMemory
    }

    /// Whether numbers from a file are such as can be measured, and added up.
    private var isPlausible: Bool {
        [seconds, waited ?? 0, validating ?? 0, ended ?? 0].allSatisfy((0..<1e12).contains)
            // There is a line for each epoch, and at most a million of these.
            && (0..<1 << 20).contains(epoch) && (0..<1 << 40).contains(samples)
            && (0..<1 << 48).contains(peakMemory ?? 0)
    }

    /// The timings of a run, in order, the last of each epoch; what is none, such as a line that is still being
    /// written, is passed over.
    public static func read(fromRunAt folder: String) -> [EpochTiming] {
        let lines: [EpochTiming] = JSONLines.read("\(folder)/timings.jsonl").filter(\.isPlausible)
        let last = Dictionary(lines.map { ($0.epoch, $0) }) { _, later in later }
        return last.values.sorted { $0.epoch < $1.epoch }
    }
}
