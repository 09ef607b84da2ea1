import Foundation
public import SaccadeDrawing
public import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining

/// The page of a run: how far it is, curves, epochs, settings. While the run lives the page renews itself.
public struct RunReport {
    /// Seconds between two looks of a browser at the page of a run that lives.
    public static let refreshSeconds = 5

    private let run: RunSummary
    private let schematic: (any Figure)?

    /// - Parameters:
    ///   - run: What is told.
    ///   - schematic: A drawing of the network, if there is one.
    public init(_ run: RunSummary, schematic: (any Figure)? = nil) {
        self.run = run
        self.schematic = schematic
    }

    /// Writes the page into the run's folder, whole or not at all.
    public func write() throws(FileError) { try page.write(to: "\(run.folder)/\(RunFiles.report)") }

    /// The page.
    public var page: Report {
        let isRunning = run.state == .running
        return Report(
            title: run.name, subtitle: subtitle,
            sections: [progress, curves, network, epochs, settings, skipped, files].compactMap { $0 },
            refreshSeconds: isRunning ? Self.refreshSeconds : nil)
    }

    private var subtitle: String {
        let network = run.network.isEmpty ? "" : "\(run.network) on "
        let moment = RunFigures.moment(run.lastActive)
        let state =
            switch run.state {
            case .running: "running, last written \(moment)"
            case .stopped(let reason): "stopped \(moment): \(reason)"
            case .killed: "ended without a word, last written \(moment)"
            default: "\(run.state.word) \(moment)"
            }
        return "\(network)\(run.description.data) · \(state)"
    }

    private var progress: Report.Section {
        let (done, wanted) = run.epochs
        var rows: [[String]] = [["Epochs", "\(done) of \(wanted) (\(done * 100 / max(wanted, 1)) %)"]]
        if run.state == .running, let left = run.secondsLeft {
            rows.append(["Time left", "about \(RunFigures.duration(left))"])
        }
        if let best = run.best, let value = run.bestValue {
            let monitor = run.description.monitor
            rows.append(["Best epoch", "\(best.epoch), by \(monitor.title): \(monitor.metric.text(value))"])
        }
        if let last = run.records.last {
            let metrics = (last.validation.isEmpty ? last.training : last.validation).inOrder
            let words = metrics.map { "\($0.metric.title) \($0.metric.text($0.value))" }.joined(separator: ", ")
            rows.append(["Last epoch", "\(last.validation.isEmpty ? "train" : "val"): \(words)"])
        }
        if !run.timings.isEmpty { rows.append(["Time spent", RunFigures.duration(run.seconds)]) }
        if let share = run.waitingFraction {
            rows.append(["Waited for data", "\(RunFigures.share(share)) of the learning"])
        }
        if let peak = run.peakMemory { rows.append(["Memory", "\(RunFigures.bytes(peak)) at most"]) }
        let skipped = run.records.reduce(0) { $0 + $1.skippedSteps }
        if skipped > 0 { rows.append(["Steps left out", "\(skipped), for values that are not finite"]) }
        return .init("Progress", [.table(.init(columns: [.init(""), .init("")], rows: rows))])
    }

    private var curves: Report.Section? {
        guard !run.records.isEmpty else { return nil }
        let charts = [
            RunCurves.losses(of: run.records).map { ($0, "Loss by epoch") },
            RunCurves.fractions(of: run.records).map { ($0, "Metrics by epoch") },
            (RunCurves.learningRates(of: run.records), "Learning rate by epoch"),
        ]
        return .init("Curves", charts.compactMap { $0.map { .drawing($0.0, caption: $0.1) } })
    }

    private var network: Report.Section? {
        schematic.map { .init("Network", [.drawing($0, caption: run.network)]) }
    }

    private var epochs: Report.Section? {
        guard !run.records.isEmpty else { return nil }
        let timings = Dictionary(run.timings.map { ($0.epoch, $0) }) { $1 }
        // The parts of a detector's loss would push what it is judged by off the page; the curves have them.
        let monitors = run.records.monitors.filter { !$0.metric.isLossPart }
        let columns = (["epoch", "learning rate"] + monitors.map(\.title) + ["seconds", "waiting"]).map {
            Report.Table.Column($0, isNumber: true)
        }
        let rows = run.records.reversed().map { record -> [String] in
            let timing = timings[record.epoch]
            let waiting = timing.flatMap { timing in
                timing.waited.map { RunFigures.share(timing.seconds > 0 ? $0 / timing.seconds : 0) }
            }
            let measured = monitors.map { monitor in
                monitor.measured(in: record).map(monitor.metric.text) ?? ""
            }
            let mark = record.epoch == run.best?.epoch ? "best" : record.isBest ? "best so far" : ""
            let seconds = timing.map { String(format: "%.1f", $0.seconds + ($0.validating ?? 0)) } ?? ""
            return ["\(record.epoch)", RunFigures.rate(record.learningRate)] + measured
                + [seconds, waiting ?? "", mark]
        }
        return .init("Epochs", [.table(.init(columns: columns + [.init("")], rows: rows))])
    }

    private var settings: Report.Section {
        .init(
            "Settings",
            [
                .table(
                    .init(
                        columns: [.init("setting"), .init("value")],
                        rows: run.description.recipeSettings.map { [$0.name, $0.text] }
                            + run.description.versions.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }))
            ])
    }

    private var skipped: Report.Section? {
        guard !run.skipped.isEmpty else { return nil }
        return .init("Skipped samples", [.preformatted(run.skipped.joined(separator: "\n"))])
    }

    private var files: Report.Section? {
        guard let files = try? RunFiles.list(in: run.folder) else { return nil }
        return .init(
            "Files",
            [
                .paragraph(run.folder),
                .table(
                    .init(
                        columns: [.init("file"), .init("size", isNumber: true)],
                        rows: files.map { [$0.name, RunFigures.bytes($0.size)] })),
            ])
    }
}
