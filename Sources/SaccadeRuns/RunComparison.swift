import Foundation
import SaccadeMetrics
import SaccadeTraining

/// Runs side by side: the settings in which they differ, and what they came to.
public struct RunComparison {
    /// One setting or result, with a value for each run; nil where a run has none.
    public struct Row: Equatable, Sendable {
        public let name: String
        public let values: [String?]
    }

    public let runs: [RunSummary]

    public init(_ runs: [RunSummary]) { self.runs = runs }

    /// The settings of the recipes, the data, the classes and what computed, where not all runs have the same; settings
    /// first, in the first run's order.
    public var settings: [Row] {
        let all = runs.map { run in
            run.description.recipeSettings.filter { $0.name != "name" }
                + [
                    ("data", run.description.data),
                    ("classes", run.description.model.classNames.joined(separator: ", ")),
                ]
                + run.description.versions.sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value) }
        }
        let tables = all.map { Dictionary($0.map { ($0.name, $0.text) }) { first, _ in first } }
        var seen: Set<String> = []
        let names = all.flatMap { $0.map(\.name) }.filter { seen.insert($0).inserted }
        return names.compactMap { name in
            let values = tables.map { $0[name] }
            return Set(values).count > 1 ? Row(name: name, values: values) : nil
        }
    }

    /// What the runs came to, in words.
    public var results: [Row] {
        func row(_ name: String, _ value: (RunSummary) -> String?) -> Row { Row(name: name, values: runs.map(value)) }
        func ofBest(_ name: String, _ value: @escaping (EpochRecord) -> String?) -> Row {
            row(name) { $0.best.flatMap(value) }
        }
        let measured = runs.flatMap(\.records).monitors.map { monitor in
            ofBest("\(monitor.title), best epoch") { monitor.measured(in: $0).map(monitor.metric.text) }
        }
        let before = [
            row("state") { $0.state.word },
            row("epochs") { "\($0.epochs.done) of \($0.epochs.wanted)" },
            ofBest("best epoch") { "\($0.epoch)" },
        ]
        let after = [
            row("time") { $0.timings.isEmpty ? nil : RunFigures.duration($0.seconds) },
            row("time for an epoch") {
                $0.timings.isEmpty ? nil : RunFigures.duration($0.seconds / Double($0.timings.count))
            },
            row("waited for data") { $0.waitingFraction.map(RunFigures.share) },
            row("memory at most") { $0.peakMemory.map(RunFigures.bytes) },
        ]
        return (before + measured + after).filter { $0.values.contains { $0 != nil } }
    }
}
