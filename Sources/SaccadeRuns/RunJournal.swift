import Foundation
public import SaccadeDrawing
import SaccadeFiles
public import SaccadeTraining

/// Writes down what becomes of a training, for people to look at: curves, report and TensorBoard's events in the run's
/// folder, and the run in the registry.
///
/// All of it is made of the run's own files, which it never touches. What cannot be written is told once, in one line,
/// and the training goes on.
public final class RunJournal: TrainingObserver {
    private let registry: RunRegistry?
    private let schematic: (any Figure)?
    private let note: (String) -> Void
    private var folder = ""
    private var events: EventFile?
    private var toldProblems: Set<Part> = []
    /// When the run will be looked at again, in seconds of the system's uptime.
    private var nextUpdate = -Double.infinity

    /// Epochs of a fraction of a second need not be drawn each.
    private static let leastPause = 1.0
    /// So many times as long as the drawing takes is the training left alone: what grows with the epochs costs a
    /// twentieth of it at most.
    private static let leisure = 20.0

    private enum Part: String {
        case registry = "the registry of runs"
        case curves = "the curves"
        case report = "the report"
        case events = "TensorBoard’s events"
    }

    /// - Parameters:
    ///   - registry: Where to enter the run; nil leaves that out.
    ///   - schematic: A drawing of the network for the report.
    ///   - note: Takes a line about what cannot be written.
    public init(registry: RunRegistry?, schematic: (any Figure)? = nil, note: @escaping (String) -> Void) {
        self.registry = registry
        self.schematic = schematic
        self.note = note
    }

    public func began(_ run: RunFolder) {
        folder = run.path
        try? FileManager.default.removeItem(atPath: "\(folder)/\(RunFiles.stopped)")
        attempt(.events) {
            events = try EventFile(
                replacingThoseIn: folder, records: EpochRecord.read(fromRunAt: folder),
                timings: EpochTiming.read(fromRunAt: folder))
        }
        update(.running, isLast: true)
    }

    public func progressed(_ progress: TrainingProgress) {}

    public func finished(_ record: EpochRecord) {
        attempt(.events) { try events?.append(record, at: Date().timeIntervalSince1970) }
        update(.running, isLast: false)
    }

    public func ended(_ error: (any Error)?) {
        guard let error else { return update(.finished, isLast: true) }
        let reason = "\(error)"
        // On a full disk there may be no room even for this; the run then counts as killed.
        try? AtomicFile.write(reason + "\n", to: "\(folder)/\(RunFiles.stopped)")
        update(.stopped(reason: reason), isLast: true)
    }

    private func update(_ state: RunState, isLast: Bool) {
        let start = ProcessInfo.processInfo.systemUptime
        guard isLast || start >= nextUpdate, let run = try? RunSummary(of: folder, state: state) else { return }
        defer {
            let now = ProcessInfo.processInfo.systemUptime
            nextUpdate = now + max(Self.leastPause, Self.leisure * (now - start))
        }
        if let registry { attempt(.registry) { try registry.enter(run) } }
        if !run.records.isEmpty {
            attempt(.curves) {
                let figure = RunCurves.figure(of: run.records)
                for name in RunFiles.curves { try figure.write(to: "\(folder)/\(name)") }
            }
        }
        attempt(.report) { try RunReport(run, schematic: schematic).write() }
    }

    private func attempt(_ part: Part, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            guard toldProblems.insert(part).inserted else { return }
            note("note: \(part.rawValue) cannot be written; the training goes on. \(error)")
        }
    }
}
