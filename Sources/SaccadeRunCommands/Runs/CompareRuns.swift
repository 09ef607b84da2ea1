import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeRuns
import SaccadeTraining

struct CompareRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs side by side: differing settings, and results.",
        discussion: """
            EXAMPLES:
              saccade runs compare digits digits-2
              saccade runs compare a b c --chart curves.svg
              saccade runs compare a b --json

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("Names of runs, or their folders.", valueName: "run"))
    var names: [String]

    @Option(help: ArgumentHelp("Draw their curves over each other into a file.", valueName: "file.svg|png|pdf"))
    var chart: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard names.count > 1 else { throw ValidationError("Name at least two runs to compare.") }
        // More columns than that no terminal shows.
        guard names.count <= 12 else { throw ValidationError("Name at most 12 runs to compare; got \(names.count).") }
        if let chart { do { _ = try FigureFormat(path: chart) } catch { throw ValidationError("--chart \(error)") } }
    }

    func run() throws {
        let registry = try RunIndex.open()
        let runs = try names.map { try RunSummary(of: RunIndex.folder(of: $0, in: registry)) }
        let comparison = RunComparison(runs)
        if let chart {
            try RunCurves.overlay(zip(names, runs).map { (name: $0, records: $1.records) }).write(to: chart)
        }
        if json { return print(try RunJSON.text(JSON(names, comparison))) }
        var settings = TextTable([.init("setting")] + names.map { .init($0) })
        for row in comparison.settings { settings.append([row.name] + row.values.map { $0 ?? "–" }) }
        print(comparison.settings.isEmpty ? "All settings are the same." : settings.text)
        var results = TextTable([.init("result")] + names.map { .init($0, .right) })
        for row in comparison.results { results.append([row.name] + row.values.map { $0 ?? "–" }) }
        print("\n" + results.text)
        if let chart { print("\nCurves: \(chart)") }
    }

    private struct JSON: Encodable {
        struct Row: Encodable {
            let name: String
            let values: [String?]
        }
        let runs: [String]
        let settings: [Row]
        let results: [RunJSON]

        init(_ names: [String], _ comparison: RunComparison) {
            runs = names
            settings = comparison.settings.map { Row(name: $0.name, values: $0.values) }
            results = comparison.runs.map { RunJSON(RunEntry($0)) }
        }
    }
}
