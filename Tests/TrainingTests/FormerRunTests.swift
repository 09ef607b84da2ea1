import Foundation
import SaccadeImages
import SaccadeLayers
import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing
import TrainingTestSupport

/// A run of 4 epochs that commit f6d5300 trained, `saccade train shapes.yaml --data FOLDER` on 60 images of
/// ``ClassFolder``, with its checkpoint of the second epoch.
@Suite struct FormerRunTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/run-f6d5300").standardized.path

    /// A copy to work with, and its data.
    private func copy() throws -> (folder: TemporaryFolder, run: String, data: String) {
        let folder = try TemporaryFolder()
        let (run, data) = ("\(folder.path)/run", "\(folder.path)/data")
        try FileManager.default.copyItem(atPath: Self.fixture, toPath: run)
        try ClassFolder.write(60, to: data)
        return (folder, run, data)
    }

    @Test("its description, metrics and weights are read")
    func read() throws {
        let (folder, run, _) = try copy()
        defer { withExtendedLifetime(folder) {} }
        let description = try RunDescription(ofRunAt: run)
        #expect(description.model.classNames == ClassFolder.names && description.settings.epochs == 4)
        guard case .classify(let task) = description.model.task else { throw CancellationError() }
        #expect(task.labelSmoothing == 0.05)
        #expect(description.monitor == Monitor(.validation, .loss))
        let records = EpochRecord.read(fromRunAt: run)
        #expect(records.map(\.epoch) == [1, 2, 3, 4] && records.allSatisfy(\.isBest))
        #expect(records[1].training == [.loss: 1.8936126430829365, .accuracy: 1 / 6.0])
        #expect(
            records[1].validation
                == [.loss: 1.8508775234222412, .accuracy: 1 / 6.0, .top5: 0.9166666666666666])
        let model = try LoadedModel(ModelRequest(model: run))
        #expect(model.classNames == ClassFolder.names && model.preprocessing?.shape == [3, 16, 16])
        // The file alone says as much.
        let file = try LoadedModel(ModelRequest(model: "\(run)/best.safetensors"))
        #expect(file.description.classNames == ClassFolder.names)
        let networks = [model, file].map(\.network)
        let x = Tensor.random([2, 3, 16, 16], seed: 3)
        let results = networks.compactMap { ($0 as? any Model)?([x])[0].scalars }
        #expect(results.count == 2 && results[0] == results[1])
    }

    @Test("it goes on from its checkpoint to what it came to there")
    func resumed() throws {
        let (folder, run, data) = try copy()
        defer { withExtendedLifetime(folder) {} }
        let expected = EpochRecord.read(fromRunAt: run)
        let stored = try RunDescription(ofRunAt: run)
        let recipe = try Recipe(yaml: stored.model.recipe, source: run, stored: stored.settings)
        guard case .classify(let task) = recipe.model.task else { throw CancellationError() }
        let records = try Training(task, recipe, data: data).run(in: run, resuming: true, observer: nil)
        #expect(records.map(\.epoch) == [1, 2, 3, 4])
        #expect(records.prefix(2) == expected.prefix(2))
        for (found, there) in zip(records, expected).dropFirst(2) {
            #expect(found.training.keys == there.training.keys && found.validation.keys == there.validation.keys)
            for (metric, value) in there.training { #expect(abs(found.training[metric]! - value) < 1e-4, "\(metric)") }
            for (metric, value) in there.validation {
                #expect(abs(found.validation[metric]! - value) < 1e-4, "\(metric)")
            }
        }
        // What is written from now on is the new program's.
        let line = try String(contentsOfFile: "\(run)/metrics.jsonl", encoding: .utf8).split(separator: "\n").last
        #expect(line?.contains(#""training":{"accuracy""#) ?? false)
    }

    @Test("a run of a newer program is refused with what to do")
    func newer() throws {
        let folder = try TemporaryFolder()
        try #"{"version": 3, "model": {}}"#.write(
            toFile: "\(folder.path)/run.json", atomically: true, encoding: .utf8)
        let error = try #require(throws: RunError.self) { _ = try RunDescription(ofRunAt: folder.path) }
        #expect(error.code == .different)
        #expect(
            error.description == "\(folder.path)/run.json: this run was written as version 3, and this program knows 2 "
                + "and 1; use the program that trained it, or train anew.")
    }
}
