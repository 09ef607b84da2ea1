import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

/// What a journal had to say.
final class Notes {
    var lines: [String] = []
}

/// Trains with a journal; everything about the run is known afterwards.
func trainWithJournal(
    at folder: String, registry: RunRegistry? = nil, resuming: Bool = false, also other: (any TrainingObserver)? = nil,
    notes: Notes = Notes(), _ change: (inout TrainingSettings) -> Void = { _ in }
) throws {
    let journal = RunJournal(registry: registry, note: { notes.lines.append($0) })
    let observers: [any TrainingObserver] = [journal] + (other.map { [$0] } ?? [])
    try trainSmall(at: folder, resuming: resuming, observer: TrainingObservers(observers), change)
}

/// The run's own files, without those that are drawn of them.
func coreFiles(_ folder: String) throws -> [String: Data] {
    try comparedFiles(folder).filter { !$0.key.hasPrefix("curves.") }
}

@Suite struct JournalTests {
    /// Looks at the report while the run lives.
    private final class Reader: TrainingObserver {
        let folder: String
        var pages: [String] = []
        init(_ folder: String) { self.folder = folder }
        func began(_ run: RunFolder) { read() }
        func progressed(_ progress: TrainingProgress) {}
        func finished(_ record: EpochRecord) { read() }
        private func read() {
            pages.append((try? String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)) ?? "")
        }
    }

    @Test("draws curves, report and events, and changes nothing of the run itself")
    func whole() throws {
        let (plain, watched) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: plain.path)
        let registry = try RunRegistry()
        let reader = Reader(watched.path)
        try trainWithJournal(at: watched.path, registry: registry, also: reader)
        #expect(try coreFiles(watched.path) == comparedFiles(plain.path))

        let refresh = "<meta http-equiv=\"refresh\""
        #expect(reader.pages.count == 4 && reader.pages.allSatisfy { $0.contains(refresh) })
        let page = try String(contentsOfFile: "\(watched.path)/report.html", encoding: .utf8)
        #expect(!page.contains(refresh) && page.hasSuffix("</html>\n"))
        for part in ["finished", "3 of 3 (100 %)", "training.batchSize", "Learning rate", "<svg", "Waited for data"] {
            #expect(page.contains(part), "\(part)")
        }
        let png = try Data(contentsOf: URL(fileURLWithPath: "\(watched.path)/curves.png"))
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try String(contentsOfFile: "\(watched.path)/curves.svg", encoding: .utf8).contains("</svg>"))

        let records = EpochRecord.read(fromRunAt: watched.path)
        let events = try EventReader.events(ofRunAt: watched.path).dropFirst(2)
        #expect(events.map(\.step) == [1, 2, 3])
        #expect(events.map { $0.scalars["train/loss"] } == records.map { Float($0.training[.loss]!) })
        #expect(
            events.map { $0.scalars["validation/accuracy"] } == records.map { $0.validation[.accuracy].map(Float.init) }
        )

        let entry = try #require(try registry.entries().first)
        #expect(entry.state == .finished && entry.epochs == (3, 3) && entry.folder == RunSummary.absolute(watched.path))
        #expect(try registry.epochs(ofRunAt: entry.folder) == records)
    }

    @Test("a detector’s page shows its losses as curves, and by epoch what it is judged by")
    func detector() throws {
        let folder = try TemporaryFolder()
        try trainWithJournal(at: folder.path)
        let records = (1...3).map { epoch in
            EpochRecord(
                epoch: epoch, learningRate: 0.1,
                training: [.loss: 3, .objectnessLoss: 1, .classLoss: 1, .boxLoss: 0.5, .maskLoss: 0.5],
                validation: [.ap: 0.1 * Double(epoch), .ap50: 0.5, .ap75: 0.25, .maskAP: 0.125, .maskAP50: 0.4])
        }
        let lines = try records.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }
        try lines.joined().write(toFile: "\(folder.path)/metrics.jsonl", atomically: true, encoding: .utf8)
        let page = RunReport(try RunSummary(of: folder.path)).page
        let epochs = try #require(page.sections.first { $0.title == "Epochs" })
        guard case .table(let table)? = epochs.blocks.first else {
            Issue.record("no table")
            return
        }
        let names = table.columns.map(\.name)
        #expect(names.contains("train loss") && names.contains("val mask AP") && names.contains("val AP75"))
        #expect(!names.contains { $0.contains("box loss") || $0.contains("class loss") })
        #expect(table.rows.allSatisfy { $0.count == names.count })
        let losses = try #require(RunCurves.losses(of: records))
        #expect(losses.title == "Loss" && losses.series.count == 5)
        let fractions = try #require(RunCurves.fractions(of: records))
        #expect(fractions.title == "AP, AP50, mask AP" && fractions.series.count == 5)
    }

    @Test("what cannot be written is told once and does not end the training")
    func problems() throws {
        let (plain, watched) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: plain.path)
        // Folders where files should be.
        for name in ["report.html", "curves.svg"] {
            try FileManager.default.createDirectory(
                atPath: "\(watched.path)/\(name)/x", withIntermediateDirectories: true)
        }
        let notes = Notes()
        try trainWithJournal(at: watched.path, notes: notes)
        #expect(
            notes.lines.count == 2
                && notes.lines.allSatisfy { !$0.contains("\n") && $0.contains("the training goes on") })
        for name in ["report.html", "curves.svg"] {
            try FileManager.default.removeItem(atPath: "\(watched.path)/\(name)")
        }
        #expect(try coreFiles(watched.path) == comparedFiles(plain.path))
    }

    @Test("a registry that breaks meanwhile is told once and does not end the training")
    func brokenRegistry() throws {
        /// Takes the registry's tables away after the first epoch.
        final class Breaker: TrainingObserver {
            let path: String
            init(_ path: String) { self.path = path }
            func progressed(_ progress: TrainingProgress) {}
            func finished(_ record: EpochRecord) {
                guard record.epoch == 1 else { return }
                guard let database = try? SQLite(path: path, patience: 5) else { return }
                try? database.run("PRAGMA foreign_keys = OFF")
                for table in ["run", "setting", "epoch", "measure"] { try? database.run("DROP TABLE \(table)") }
            }
        }
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/runs.sqlite"
        let notes = Notes()
        try trainWithJournal(
            at: "\(folder.path)/run", registry: RunRegistry(at: path), also: Breaker(path), notes: notes)
        #expect(notes.lines.count == 1 && notes.lines[0].contains("registry"), "\(notes.lines)")
        #expect(try RunSummary(of: "\(folder.path)/run").state == .finished)
    }

    @Test("a run that an error ended says why, and forgets it when it is resumed")
    func stopped() throws {
        final class Impatient: TrainingObserver {
            var batches = 0
            var wantsStop: Bool { batches == 4 }
            func progressed(_ progress: TrainingProgress) { if progress.phase == .training { batches += 1 } }
            func finished(_ record: EpochRecord) {}
        }
        let (plain, folder) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: plain.path)
        let registry = try RunRegistry()
        let error = #expect(throws: RunError.self) {
            try trainWithJournal(at: folder.path, registry: registry, also: Impatient())
        }
        #expect(error?.code == .stopped)
        let run = try RunSummary(of: folder.path)
        #expect(run.state.reason?.contains("stopped in epoch 2, after batch 1 of 3") ?? false, "\(run.state)")
        #expect(try registry.entries().map(\.state) == [run.state])
        let page = try String(contentsOfFile: "\(folder.path)/report.html", encoding: .utf8)
        #expect(page.contains("stopped in epoch 2") && !page.contains("http-equiv=\"refresh\""))

        try trainWithJournal(at: folder.path, registry: registry, resuming: true)
        #expect(try RunSummary(of: folder.path).state == .finished)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/stopped.txt"))
        #expect(try coreFiles(folder.path) == comparedFiles(plain.path))
        #expect(try EventReader.events(ofRunAt: folder.path).map(\.step) == [0, 0, 1, 2, 3])
    }

    #if os(Linux)
        @Test("a disk with room for checkpoints but not for reports ends no training; a full one does")
        func fullDisk() async throws {
            let (plain, folder) = (try TemporaryFolder(), try TemporaryFolder())
            try trainSmall(at: plain.path)
            let size = try #require(
                try FileManager.default.attributesOfItem(atPath: "\(plain.path)/checkpoint.safetensors")[.size] as? Int)
            // To the child, files longer than that find no room.
            await #expect(processExitsWith: .exitCode(42)) {
                [path = folder.path as String, limit = (size + 500) as Int] in
                signal(SIGXFSZ, SIG_IGN)
                var most = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &most)
                let notes = Notes()
                try trainWithJournal(at: path, notes: notes)
                exit(notes.lines.contains { $0.contains("the report") && $0.contains("no room") } ? 42 : 1)
            }
            #expect(try coreFiles(folder.path) == comparedFiles(plain.path))

            let before = try coreFiles(folder.path)
            await #expect(processExitsWith: .exitCode(42)) { [path = folder.path as String] in
                signal(SIGXFSZ, SIG_IGN)
                var most = rlimit(rlim_cur: 2000, rlim_max: 2000)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &most)
                do {
                    try trainWithJournal(at: path, resuming: true) { $0.epochs = 5 }
                } catch let error as FileError where error.code == .diskFull {
                    exit(error.description.contains(".safetensors: there is no room") ? 42 : 1)
                }
                exit(2)
            }
            #expect(try coreFiles(folder.path)["checkpoint.safetensors"] == before["checkpoint.safetensors"])
            let run = try RunSummary(of: folder.path)
            #expect(run.state.reason?.contains("there is no room") ?? false, "\(run.state)")
        }
    #endif
}
