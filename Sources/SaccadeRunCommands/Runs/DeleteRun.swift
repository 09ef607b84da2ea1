import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeRuns
import SaccadeTraining

struct DeleteRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete runs and their weights permanently.",
        discussion: """
            Files in a run’s folder that are not the run’s stay, and the folder with them. A run that is being trained is \
            not deleted. Of a run whose folder is gone only the entry in the list is deleted.

            EXAMPLES:
              saccade runs delete digits-2
              saccade runs delete a b c --yes

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("Names of runs, or their folders.", valueName: "run"))
    var names: [String]

    @Flag(help: "Do not ask.")
    var yes = false

    func validate() throws {
        guard yes || isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw ValidationError("There is nobody to ask; give --yes to delete without.")
        }
    }

    func run() throws {
        let registry = try RunIndex.open()
        // Nothing is deleted where one of the names is wrong.
        let folders = try names.map { try RunIndex.folder(of: $0, in: registry) }
        for (name, folder) in zip(names, folders) {
            guard Path("\(folder)/run.json").exists else {
                try registry.forget(runAt: folder)
                print("\(name): its folder \(folder) was gone already; the list has forgotten it.")
                continue
            }
            guard try yes || confirms(name, folder) else {
                print("\(name): kept.")
                continue
            }
            let others = try RunFiles.delete(runAt: folder)
            try registry.forget(runAt: RunSummary.absolute(folder))
            let rest =
                others.isEmpty ? "" : " These files are not the run’s and stay: \(others.joined(separator: ", "))."
            print("\(name): deleted.\(rest)")
        }
    }

    private func confirms(_ name: String, _ folder: String) throws -> Bool {
        let files = try RunFiles.list(in: folder)
        let size = RunFigures.bytes(files.reduce(0) { $0 + $1.size })
        let run = try? RunSummary(of: folder)
        let worth = run.map { "\($0.records.count) epochs, \(RunFigures.duration($0.seconds)) of training" }
        FileHandle.standardError.write(
            Data(
                "Delete \(name) (\(folder): \(files.count) files, \(size)\(worth.map { ", \($0)" } ?? ""))? [y/N] ".utf8
            ))
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
