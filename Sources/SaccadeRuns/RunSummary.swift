public import Foundation
import SaccadeFiles
public import SaccadeTraining

/// All that a run's folder tells of it: the truth, of which registries, reports and curves are made.
public struct RunSummary: Sendable {
    /// The absolute path of the folder.
    public let folder: String
    public let description: RunDescription
    /// The epochs, in order.
    public let records: [EpochRecord]
    /// How long they took; some may be missing.
    public let timings: [EpochTiming]
    public let state: RunState
    /// When something last became of the run.
    public let lastActive: Date
    /// Samples that the training goes without, in words.
    public let skipped: [String]

    /// Reads the folder of a run.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - state: How the run fares, for those who know; otherwise that is found out.
    /// - Throws: ``RunError`` when there is no run, or its description is damaged.
    public init(of folder: String, state: RunState? = nil) throws(RunError) {
        self.folder = Self.absolute(folder)
        description = try RunDescription(ofRunAt: folder)
        records = EpochRecord.read(fromRunAt: folder)
        timings = EpochTiming.read(fromRunAt: folder)
        let list = [RunFolder.skippedName, RunFolder.olderSkippedName].lazy.compactMap { Self.text($0, in: folder) }
            .first
        skipped = list?.split(separator: "\n").map(String.init) ?? []
        let dates = ["run.json", "metrics.jsonl", "checkpoint.safetensors", RunFiles.stopped].compactMap {
            try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.modificationDate] as? Date
        }
        // On the grid of seconds since 1970 that the registry keeps, so that both say the same moment.
        lastActive = dates.max().map { Date(timeIntervalSince1970: $0.timeIntervalSince1970) } ?? .distantPast
        if let state {
            self.state = state
        } else if RunFolder.isBeingTrained(folder) {
            self.state = .running
        } else if Self.isFinished(records, description.settings) {
            self.state = .finished
        } else if let reason = Self.text(RunFiles.stopped, in: folder) {
            self.state = .stopped(reason: reason.trimmingCharacters(in: .whitespacesAndNewlines))
        } else {
            self.state = .killed
        }
    }

    /// The run's name: its folder's.
    public var name: String { Path(folder).name }

    /// What the recipe calls its network.
    public var network: String { description.recipeSettings.first { $0.name == "name" }?.text ?? "" }

    /// The best epoch so far.
    public var best: EpochRecord? { records.last(where: \.isBest) }

    /// The metric that decides which epoch is best, at the best one.
    public var bestValue: Double? { best.flatMap(description.monitor.value) }

    /// Seconds of learning and judging that are known of.
    public var seconds: Double { timings.reduce(0) { $0 + $1.seconds + ($1.validating ?? 0) } }

    /// The fraction of the learning in which it waited for data, in `0...1`; nil where it is not known.
    public var waitingFraction: Double? {
        let known = timings.filter { $0.waited != nil }
        let learning = known.reduce(0) { $0 + $1.seconds }
        guard learning > 0 else { return nil }
        return known.reduce(0) { $0 + ($1.waited ?? 0) } / learning
    }

    /// The most memory that one of its processes has held, in bytes.
    public var peakMemory: Int? { timings.compactMap(\.peakMemory).max() }

    /// Epochs done, and those that there are to be; what is fitted after the last one counts as one more.
    public var epochs: (done: Int, wanted: Int) {
        let done = records.last?.epoch ?? 0
        return (done, max(done, description.settings.epochs))
    }

    /// Seconds that the remaining epochs will take if they are like those before; nil where nothing is known.
    public var secondsLeft: Double? {
        guard !timings.isEmpty else { return nil }
        let remaining = description.settings.epochs - (records.last?.epoch ?? 0)
        return seconds / Double(timings.count) * Double(max(remaining, 0))
    }

    private static func isFinished(_ records: [EpochRecord], _ settings: TrainingSettings) -> Bool {
        guard let last = records.last else { return false }
        if last.epoch >= settings.epochs { return true }
        guard let patience = settings.patience, let best = records.last(where: \.isBest) else { return false }
        return last.epoch - best.epoch >= patience
    }

    private static func text(_ name: String, in folder: String) -> String? {
        guard let bytes = try? RegularFile.contents(of: "\(folder)/\(name)", limit: 16 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The one path by which a folder is known, however it was named.
    public static func absolute(_ folder: String) -> String {
        URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath().path
    }
}
