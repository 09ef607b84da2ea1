import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeMetrics
import SaccadeRuns
import SaccadeTraining

struct ShowRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a run: progress, curves, timings, settings, files.",
        discussion: """
            The page report.html in the run’s folder shows the same and more, and renews itself while the run lives.

            EXAMPLES:
              saccade runs show digits
              saccade runs show runs/digits --json

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("A run’s name, or its folder.", valueName: "run"))
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let run = try RunSummary(of: RunIndex.folder(of: name, in: RunIndex.open()))
        print(json ? try RunJSON.text(Whole(run)) : try text(of: run))
    }

    private struct Whole: Encodable {
        let run: RunJSON
        let settings: [String: String]
        let classes: [String]
        let versions: [String: String]
        let epochs: [EpochRecord]
        let timings: [EpochTiming]
        let leftOut: [String]

        init(_ summary: RunSummary) {
            run = RunJSON(RunEntry(summary))
            settings = Dictionary(summary.description.recipeSettings.map { ($0.name, $0.text) }) { $1 }
            classes = summary.description.model.classNames
            versions = summary.description.versions
            epochs = summary.records
            timings = summary.timings
            leftOut = summary.skipped
        }
    }

    private func text(of run: RunSummary) throws -> String {
        var facts: [(String, String)] = [
            ("State", run.state.word + (run.state.reason.map { ": \($0)" } ?? "")),
            ("Network", run.network), ("Data", run.description.data),
            ("Classes", "\(run.description.model.classNames.count)"),
            ("Epochs", "\(run.epochs.done) of \(run.epochs.wanted)"),
        ]
        if let best = run.best, let value = run.bestValue {
            let monitor = run.description.monitor
            facts.append(("Best epoch", "\(best.epoch), by \(monitor.title): \(monitor.metric.text(value))"))
        }
        if !run.timings.isEmpty {
            let learning = run.timings.reduce(0) { $0 + $1.seconds }
            let samples = run.timings.reduce(0) { $0 + $1.samples }
            let mean = run.seconds / Double(run.timings.count)
            facts.append(
                (
                    "Time",
                    "\(RunFigures.duration(run.seconds)), \(RunFigures.duration(mean)) for an epoch, "
                        + String(format: "%.0f samples/s learnt from", Double(samples) / max(learning, 1e-9))
                ))
        }
        if let share = run.waitingFraction {
            facts.append(("Waiting", "\(RunFigures.share(share)) of the learning, for data"))
        }
        if let peak = run.peakMemory { facts.append(("Memory", "\(RunFigures.bytes(peak)) at most")) }
        if run.state == .running, let left = run.secondsLeft {
            facts.append(("Time left", "about \(RunFigures.duration(left))"))
        }
        facts.append(("Last active", RunFigures.moment(run.lastActive)))
        if !run.skipped.isEmpty {
            facts.append(("Skipped", "\(run.skipped.count) samples, see \(RunFolder.skippedName)"))
        }

        let width = facts.map(\.0.count).max() ?? 0
        var parts = [
            "\(run.name)\n",
            facts.map { $0.0.padding(toLength: width + 3, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n"),
        ]
        if run.records.count > 1 { parts.append(curves(of: run.records)) }
        var table = TextTable([.init("setting"), .init("value")])
        for setting in run.description.recipeSettings { table.append([setting.name, setting.text]) }
        parts.append("\n" + table.text)
        var files = TextTable([.init("file"), .init("size", .right)])
        for file in try RunFiles.list(in: run.folder) { files.append([file.name, RunFigures.bytes(file.size)]) }
        parts.append("\n\(run.folder)\n\n\(files.text)")
        return parts.joined(separator: "\n")
    }

    private func curves(of records: [EpochRecord]) -> String {
        records.metrics.filter { !$0.isMinor }.map { metric in
            let series = Monitor.Part.allCases.reversed().map { part in
                let points = records.compactMap { record in
                    Monitor(part, metric).measured(in: record).map {
                        (x: Double(record.epoch), y: metric.isFraction ? $0 * 100 : $0)
                    }
                }
                return (name: Monitor.title(of: part), points: points)
            }
            let title = metric.title.prefix(1).uppercased() + metric.title.dropFirst()
            let chart = TerminalChart(
                title: title + (metric.isFraction ? ", %" : ""), series: series, isLog: !metric.isFraction)
            return "\n\(chart.text)"
        }.joined(separator: "\n")
    }
}
