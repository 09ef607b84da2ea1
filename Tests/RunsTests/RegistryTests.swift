import Foundation
import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

@Suite struct RegistryTests {
    @Test("gives back what a run's folder says, numbers that are none included")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.best = BestSettings(metric: Monitor(.validation, .loss)) }
        let odd = """
            {"epoch":4,"isBest":false,"learningRate":0.1,"skippedSteps":2,"trainingAccuracy":0.5,"trainingLoss":"nan"}

            """
        let metrics = try #require(FileHandle(forWritingAtPath: "\(folder.path)/metrics.jsonl"))
        try metrics.seekToEnd()
        try metrics.write(contentsOf: Data(odd.utf8))

        let registry = try RunRegistry()
        let run = try RunSummary(of: folder.path)
        #expect(run.records.count == 4 && run.records[3].training[.loss]!.isNaN)
        for _ in 0..<2 { try registry.enter(run) }  // the second changes nothing
        let entry = try #require(try registry.entries().first)
        #expect(try registry.entries().count == 1 && entry == RunEntry(run))
        #expect(entry.best?.monitor == Monitor(.validation, .loss) && entry.best?.value == run.best?.validation[.loss])
        let epochs = try registry.epochs(ofRunAt: run.folder)
        #expect(epochs.dropLast() == run.records.dropLast() && epochs[3].training[.loss]!.isNaN)
        #expect(try registry.forget(runAt: run.folder) && registry.entries().isEmpty)
        #expect(try registry.epochs(ofRunAt: run.folder).isEmpty && !registry.forget(runAt: run.folder))
    }

    @Test("epochs that a resumed run has lost are lost here, too")
    func shorter() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path)
        let registry = try RunRegistry()
        try registry.enter(RunSummary(of: folder.path))
        let lines = try String(contentsOfFile: "\(folder.path)/metrics.jsonl", encoding: .utf8).split(separator: "\n")
        try "\(lines[0])\n".write(toFile: "\(folder.path)/metrics.jsonl", atomically: true, encoding: .utf8)
        let entry = try #require(try registry.refreshed().first)
        #expect(entry.epochs == (1, 3) && entry.state == .killed)
        #expect(try registry.epochs(ofRunAt: entry.folder).map(\.epoch) == [1])
    }

    @Test("several processes enter runs at once and none is lost")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: "\(folder.path)/first") { $0.epochs = 1 }
        let (root, path) = (folder.path, "\(folder.path)/runs.sqlite")
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [
                            root = root as String, path = path as String, number = number as Int
                        ] in
                        // Each opens the registry, which is not there yet, for itself.
                        for copy in 0..<5 {
                            let run = "\(root)/\(number)-\(copy)"
                            try FileManager.default.copyItem(atPath: "\(root)/first", toPath: run)
                            try RunRegistry(at: path).enter(RunSummary(of: run))
                        }
                    }
                }
            }
        }
        let entries = try RunRegistry(at: path).entries()
        #expect(Set(entries.map(\.name)).count == 20 && entries.allSatisfy { $0.state == .finished })
    }

    @Test("a file that is no registry is refused, put aside and made anew from the folders")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: "\(folder.path)/runs/a") { $0.epochs = 1 }
        let path = "\(folder.path)/runs.sqlite"
        try Data(repeating: 0x41, count: 5000).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: FileError.self) { try RunRegistry(at: path) }
        #expect(error?.code == .malformed && error?.remedy.contains("saccade runs scan") ?? false)
        let aside = try RunRegistry.putAside(path)
        #expect(FileManager.default.contents(atPath: aside)?.count == 5000)
        let registry = try RunRegistry(at: path)
        let scan = try registry.scan(["\(folder.path)/runs"])
        #expect(scan.found == [RunSummary.absolute("\(folder.path)/runs/a")] && scan.problems.isEmpty)
        #expect(try registry.entries().map(\.name) == ["a"])
    }

    @Test("a registry cut short anywhere is refused or reads as one", arguments: [1, 99, 100, 4096, 5000, 9000])
    func cutShort(_ length: Int) throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: "\(folder.path)/run") { $0.epochs = 1 }
        let path = "\(folder.path)/runs.sqlite"
        // In memory, and copied out of it, so that all is in one file.
        do {
            let source = try SQLite(path: path, patience: 5)
            try source.run(RunRow.tables + "PRAGMA user_version = \(RunRegistry.version); PRAGMA journal_mode = DELETE")
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(length).write(to: URL(fileURLWithPath: path))
        do {
            try RunRegistry(at: path).enter(RunSummary(of: "\(folder.path)/run"))
        } catch {
            #expect((error as? FileError)?.path == path, "\(error)")
        }
    }

    @Test("a place that cannot be, and a registry of a newer program, are refused")
    func unusable() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: "\(folder.path)/file"))
        let place = #expect(throws: FileError.self) { try RunRegistry(at: "\(folder.path)/file/runs.sqlite") }
        #expect(place?.code.isAboutWriting ?? false && place?.remedy.contains("SACCADE_REGISTRY") ?? false)
        let path = "\(folder.path)/runs.sqlite"
        try SQLite(path: path, patience: 5).run("PRAGMA user_version = 1000")
        #expect(#expect(throws: FileError.self) { try RunRegistry(at: path) }?.code == .unsupported)
    }

    @Test("a registry of an older program is begun anew")
    func older() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/runs.sqlite"
        try SQLite(path: path, patience: 5).run(
            "CREATE TABLE run (x); INSERT INTO run VALUES (1); PRAGMA user_version = 1")
        #expect(try RunRegistry(at: path).entries().isEmpty)
    }

    @Test("another program's database is left alone")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/theirs.sqlite"
        try SQLite(path: path, patience: 5).run("CREATE TABLE run (x); INSERT INTO run VALUES (7)")
        #expect(#expect(throws: FileError.self) { try RunRegistry(at: path) }?.code == .unsupported)
        let kept = try SQLite(path: path, patience: 5).rows("SELECT x FROM run") { row throws(SQLiteError) in
            try row.value("x") as Int
        }
        #expect(kept == [7])
    }

    @Test("a table without its key that holds a run twice is read all the same")
    func twice() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: "\(folder.path)/run") { $0.epochs = 1 }
        let path = "\(folder.path)/runs.sqlite"
        try RunRegistry(at: path).enter(RunSummary(of: "\(folder.path)/run"))
        try SQLite(path: path, patience: 5).run(
            "PRAGMA foreign_keys = OFF; CREATE TABLE other AS SELECT * FROM run; DROP TABLE run; "
                + "ALTER TABLE other RENAME TO run; INSERT INTO run SELECT * FROM run")
        #expect(try RunRegistry(at: path).refreshed().count == 1)
    }

    @Test("how a run fares is found out from its folder")
    func states() throws {
        let root = try TemporaryFolder()
        let registry = try RunRegistry()
        func folder(_ name: String) -> String { "\(root.path)/\(name)" }
        func states() throws -> [String: RunState] {
            Dictionary(uniqueKeysWithValues: try registry.refreshed(with: [root.path]).map { ($0.name, $0.state) })
        }
        try trainSmall(at: folder("finished"))
        for name in ["killed", "stopped", "gone"] { try trainSmall(at: folder(name)) { $0.epochs = 1 } }
        for name in ["killed", "stopped", "gone"] {
            // As if more had been wanted from the beginning.
            _ = try RunFolder(at: folder(name), try description(), resuming: true)
        }
        try "for a reason\n".write(toFile: folder("stopped/stopped.txt"), atomically: true, encoding: .utf8)
        try trainSmall(at: folder("impatient")) {
            $0.epochs = 200
            $0.patience = 1
            $0.learningRate = 1e-12
            $0.schedule = .constant
        }
        var running: RunFolder? = try RunFolder(at: folder("running"), try description(), resuming: false)
        var expected: [String: RunState] = [
            "finished": .finished, "killed": .killed, "stopped": .stopped(reason: "for a reason"), "gone": .killed,
            "impatient": .finished, "running": .running,
        ]
        #expect(try states() == expected)
        withExtendedLifetime(running) {}
        running = nil
        try FileManager.default.removeItem(atPath: folder("gone"))
        expected["running"] = .killed
        expected["gone"] = .gone
        #expect(try states() == expected)
        #expect(try registry.refreshed().map(\.name).contains("gone"))
    }

    @Test("a scan finds runs in folders of folders, tells of damaged ones, and follows no links in circles")
    func scan() throws {
        let root = try TemporaryFolder()
        for place in ["a", "b/c/d", ".hidden/e"] { try trainSmall(at: "\(root.path)/\(place)") { $0.epochs = 1 } }
        try FileManager.default.createDirectory(atPath: "\(root.path)/f", withIntermediateDirectories: true)
        try "{".write(toFile: "\(root.path)/f/run.json", atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: "\(root.path)/loop", withDestinationPath: root.path)
        let registry = try RunRegistry()
        let scan = try registry.scan([root.path])
        #expect(scan.found.map { ($0 as NSString).lastPathComponent } == ["a", "d"])
        #expect(scan.problems.map(\.code) == [.damaged])
        #expect(#expect(throws: FileError.self) { try registry.scan(["\(root.path)/none"]) }?.code == .missing)
    }
}
