import Foundation
import SaccadeDatasets
import SaccadeModels
import SaccadeSettings
import SaccadeTraining
import TestSupport
import Testing
import TrainingTestSupport

@Suite struct TrainingMemoryTests {
    private func training(_ folder: String, _ overrides: [String] = []) throws -> Training<Classification> {
        let recipe = try Recipe(
            yaml: """
                input: 16x16x3
                layers: [{conv: {channels: 8, kernel: 3}}, relu, flatten, {linear: classes}]
                training: {batchSize: 20, optimizer: {kind: sgd, momentum: 0}}
                """, source: "test.yaml", overrides: overrides.map { try RecipeOverride("training.\($0)") })
        return try Training(Classification(), recipe, data: folder)
    }

    @Test("is what describe works out, and what goes beyond it")
    func parts() throws {
        let folder = try TemporaryFolder()
        try ClassFolder.write(60, to: folder.path)
        let plain = try training(folder.path)
        let need = try plain.memory()
        let parameters = (3 * 9 + 1) * 8 * 4 + (8 * 14 * 14 + 1) * 6 * 4
        let described = ModelSummary(try #require(try plain.network().chain), batch: 20, optimizerStates: 0)
        #expect(described.memory.parameterBytes == parameters && need.network == described.memory.trainingBytes)
        #expect(need.batches == 10 * 20 * 3 * 16 * 16 * 4 && need.samples == 0)
        #expect(need.average == 0 && need.accumulated == 0)
        #expect(need.cached == (need.network + need.batches) / 2 + 16 << 20)
        #expect(need.total == need.network + need.batches + need.cached + TrainingMemory.overhead)

        let rich = try training(folder.path, ["optimizer={kind: adam}", "ema.decay=0.9", "accumulation=2"]).memory()
        #expect(rich.network == need.network + 2 * parameters)
        #expect(rich.average == 2 * parameters && rich.accumulated == parameters)
    }

    @Test("the largest batch that fits is the largest")
    func largest() throws {
        let folder = try TemporaryFolder()
        try ClassFolder.write(60, to: folder.path)
        func total(_ batch: Int) throws -> Int { try training(folder.path, ["batchSize=\(batch)"]).memory().total }
        let plain = try training(folder.path)
        for wanted in [1, 7, 19] {
            #expect(try plain.largestBatch(within: total(wanted)) == wanted)
            #expect(try plain.largestBatch(within: total(wanted + 1) - 1) == wanted)
        }
        #expect(try plain.largestBatch(within: .max) == 20)
        #expect(try plain.largestBatch(within: total(1) - 1) == nil)
    }

    @Test("a batch beyond all measure is an error")
    func absurd() throws {
        let folder = try TemporaryFolder()
        try ClassFolder.write(60, to: folder.path)
        let error = #expect(throws: RunError.self) { try training(folder.path, ["batchSize=900000"]).memory() }
        #expect(error?.code == .tooLarge)
    }

    @Test("records of record files are counted once")
    func records() throws {
        let folder = try TemporaryFolder()
        try LoadedBatchesTests().dataset(folder.path, count: 50)
        let recipe = try Recipe(yaml: "input: 28x28x1\nlayers: [flatten, {linear: classes}]", source: "test.yaml")
        let need = try Training(Classification(), recipe, data: folder.path).memory()
        #expect((50 * 784...50 * 784 + 64).contains(need.samples))
    }
}
