import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

@Suite struct RunFilesTests {
    @Test("deletes all of a run and nothing else")
    func delete() throws {
        let root = try TemporaryFolder()
        let folder = "\(root.path)/run"
        try trainWithJournal(at: folder) { $0.keepLast = 3 }
        #expect(try RunFiles.list(in: folder).count >= 11)
        try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/notes.md"))
        try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/epoch-x.safetensors"))
        #expect(try RunFiles.delete(runAt: folder) == ["epoch-x.safetensors", "notes.md"])
        #expect(try FolderContents.names(in: folder) == ["epoch-x.safetensors", "notes.md"])
        #expect(#expect(throws: RunError.self) { try RunFiles.delete(runAt: folder) }?.code == .missing)

        try trainWithJournal(at: "\(root.path)/other")
        #expect(try RunFiles.delete(runAt: "\(root.path)/other").isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(root.path)/other"))
    }

    @Test("does not delete a run that is being trained")
    func locked() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder(at: folder.path, try description(), resuming: false)
        #expect(RunFolder.isBeingTrained(folder.path))
        let error = #expect(throws: RunError.self) { try RunFiles.delete(runAt: run.path) }
        #expect(error?.code == .locked && FileManager.default.fileExists(atPath: "\(folder.path)/run.json"))
        withExtendedLifetime(run) {}
    }

    @Test("compares runs by the settings in which they differ")
    func comparison() throws {
        let root = try TemporaryFolder()
        try trainWithJournal(at: "\(root.path)/a")
        try trainWithJournal(at: "\(root.path)/b") {
            $0.learningRate = 0.01
            $0.optimizer = .adamW()
            $0.epochs = 2
        }
        let runs = try ["a", "b"].map { try RunSummary(of: "\(root.path)/\($0)") }
        let comparison = RunComparison(runs)
        let settings = Dictionary(uniqueKeysWithValues: comparison.settings.map { ($0.name, $0.values) })
        #expect(settings["training.learningRate"] == ["0.05", "0.01"])
        #expect(settings["training.optimizer.kind"] == ["sgd", "adamW"])
        #expect(settings["training.optimizer.beta1"] == [nil, "0.9"])
        #expect(settings["training.epochs"] == ["3", "2"] && settings["training.batchSize"] == nil)
        #expect(comparison.results.first { $0.name == "epochs" }?.values == ["3 of 3", "2 of 2"])
        let best = runs.map { RunFigures.share($0.best?.validation[.accuracy] ?? .nan) }
        #expect(comparison.results.first { $0.name == "val accuracy, best epoch" }?.values == best)
        #expect(RunComparison([runs[0], runs[0]]).settings.isEmpty)
        let svg = try RunCurves.overlay(runs.map { ($0.name, $0.records) }).data(as: .svg)
        #expect(String(decoding: svg, as: UTF8.self).contains("</svg>"))
    }

    @Test(
        "says numbers as people do",
        arguments: [
            (RunFigures.duration(0.84), "0.8 s"), (RunFigures.duration(59.6), "1 min 00 s"),
            (RunFigures.duration(125), "2 min 05 s"), (RunFigures.duration(11_520), "3 h 12 min"),
            (RunFigures.duration(.nan), "a long time"), (RunFigures.bytes(1023), "1023 B"),
            (RunFigures.bytes(1 << 20), "1.0 MiB"), (RunFigures.bytes(412 << 20), "412 MiB"),
            (RunFigures.rate(0.0000125), "1.25e-05"), (Metric.loss.text(0.5), "0.5000"),
            (Metric.accuracy.text(0.97314), "97.31 %"),
        ])
    func figures(_ found: String, _ expected: String) {
        #expect(found == expected)
    }
}
