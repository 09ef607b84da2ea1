import Foundation
import SaccadeTraining
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

@Suite struct KillTests {
    private static func change(_ settings: inout TrainingSettings) {
        settings.epochs = 30
        settings.checkpointMinutes = 0  // after every step
    }

    @Test("a training that is killed 25 times leaves a readable registry, events without gaps, and whole pages")
    func killed() async throws {
        let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
        let (folder, path) = ("\(broken.path)/run", "\(broken.path)/runs.sqlite")
        try trainWithJournal(at: whole.path, Self.change)
        let tuning = "\(whole.path)/tuning.json"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if FileManager.default.fileExists(atPath: tuning) {
            try FileManager.default.copyItem(atPath: tuning, toPath: "\(folder)/tuning.json")
        }
        var (generator, seed) = killGenerator()
        var kills = ["with SACCADE_KILL_SEED=\(seed)"]
        for _ in 0..<25 {
            // Drawing takes most of an epoch here: the delays reach through all of it.
            let batches = Int.random(in: 1...8, using: &generator)
            let delay = UInt32.random(in: 0...60_000, using: &generator)
            kills.append("\(delay) µs after \(batches) batches")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    folder = folder as String, path = path as String, batches = batches as Int, delay = delay as UInt32
                ] in
                try trainWithJournal(
                    at: folder, registry: RunRegistry(at: path), resuming: true, also: Killer(after: batches, delay),
                    Self.change)
                kill(getpid(), SIGKILL)
            }
            let run = try RunSummary(of: folder)
            #expect(run.state == .killed || run.state == .finished)
            let page = try? String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
            #expect(page?.hasSuffix("</html>\n") ?? true)
            // What the folder says and what the registry says agree as soon as somebody looks.
            let registry = try RunRegistry(at: path)
            let entry = try #require(try registry.refreshed(with: [broken.path]).first)
            #expect(entry.state == run.state && entry.epochs.done == run.records.last?.epoch ?? 0)
            #expect(try registry.epochs(ofRunAt: entry.folder) == run.records)
        }
        try trainWithJournal(at: folder, registry: RunRegistry(at: path), resuming: true, Self.change)
        // Curves are made of the metrics alone: they have the same bytes, too.
        let (expected, found) = (try comparedFiles(whole.path), try comparedFiles(folder))
        #expect(expected.keys.sorted() == found.keys.sorted(), "killed \(kills)")
        for (name, data) in expected { #expect(found[name] == data, "\(name) differs, killed \(kills)") }
        #expect(try EventReader.events(ofRunAt: folder).map(\.step) == [0, 0] + Array(1...30))
        #expect(try RunRegistry(at: path).entries().map(\.state) == [.finished])
    }
}
