package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeMetrics
import SaccadeRuns
import SaccadeTraining

package struct Runs: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "List, show, compare and delete runs.",
        discussion: """
            A run is found by its name: in the folder runs first, then among all runs of this user; or by its folder. The \
            list of all is kept in ~/.local/share/saccade/runs.sqlite, or where the environment variable \
            SACCADE_REGISTRY says. It can always be made again from the folders of the runs, by `saccade runs scan`.

            EXAMPLES:
              saccade runs
              saccade runs list --json
              saccade runs show digits
              saccade runs compare digits digits-2 --chart both.png
              saccade runs delete digits-2
              saccade runs scan ~/projects

            \(Failure.codes)
            """,
        subcommands: [ListRuns.self, ShowRun.self, CompareRuns.self, DeleteRun.self, ScanRuns.self],
        defaultSubcommand: ListRuns.self)

    package init() {}
}

struct ListRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List runs, most recently active first.",
        discussion: """
            A run is running, finished, stopped (by an error, or because it was asked to), killed (its process ended \
            without a word; --resume goes on with it) or gone (its folder is not there any more).

            EXAMPLES:
              saccade runs
              saccade runs list --limit 5
              saccade runs list --json

            \(Failure.codes)
            """)

    @Option(help: "How many at most.")
    var limit: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1; got \(limit).") }
    }

    func run() throws {
        let entries = try RunIndex.open().refreshed(with: [RunFolder.runs])
        let shown = Array(entries.prefix(limit ?? entries.count))
        if json { return print(try RunJSON.text(shown.map(RunJSON.init))) }
        guard !shown.isEmpty else {
            return print("There are no runs yet. To train one: saccade train mnist --data FOLDER; or: saccade demo.")
        }
        var table = TextTable([
            .init("run"), .init("network"), .init("data"), .init("state"), .init("epochs", .right),
            .init("best", .right), .init("by"), .init("took", .right), .init("last active"),
        ])
        for entry in shown {
            table.append([
                RunIndex.shortest(entry.folder), entry.network.cut(to: 20), entry.data.cut(to: 24, keepsEnd: true),
                entry.state.word, "\(entry.epochs.done)/\(entry.epochs.wanted)",
                entry.best.map { $0.monitor.metric.text($0.value) } ?? "",
                entry.best?.monitor.title ?? "",
                entry.seconds > 0 ? RunFigures.duration(entry.seconds) : "", RunFigures.moment(entry.lastActive),
            ])
        }
        print(table.text)
        if shown.count < entries.count { print("and \(entries.count - shown.count) older ones") }
    }
}

struct ScanRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Index existing run folders.",
        discussion: """
            For runs that were copied here, or when the list was lost. A list that is damaged is put aside and made anew.

            EXAMPLES:
              saccade runs scan runs
              saccade runs scan ~/projects /data/runs

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("Folders of runs, or of folders of runs.", valueName: "folder"))
    var folders: [String]

    func run() throws {
        let registry = try RunIndex.openOrRenew()
        do {
            try enter(into: registry)
        } catch let error as FileError where error.code == .malformed {
            // Some damage shows only when something is entered.
            try enter(into: RunIndex.renewed())
        }
    }

    private func enter(into registry: RunRegistry) throws {
        let (found, problems) = try registry.scan(folders)
        for problem in problems { Console.note("error: \(problem)") }
        for folder in found { print(folder) }
        print(found.count == 1 ? "1 run is in \(registry.path)." : "\(found.count) runs are in \(registry.path).")
        if !problems.isEmpty { throw Failure.badInput }
    }
}

extension String {
    /// At most so many characters, with … in place of the others.
    fileprivate func cut(to length: Int, keepsEnd: Bool = false) -> String {
        guard count > length else { return self }
        return keepsEnd ? "…" + suffix(length - 1) : prefix(length - 1) + "…"
    }
}
