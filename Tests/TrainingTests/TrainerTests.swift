import Foundation
import SaccadeDatasets
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import Testing
import TrainingTestSupport

@Suite struct TrainerTests {
    @Test("ten samples are learnt by heart")
    func overfits() throws {
        let folder = try TemporaryFolder()
        let records = try trainSmall(
            at: folder.path, training: SyntheticBatches(samplesPerEpoch: 10, batchSize: 5), validation: nil
        ) {
            $0.epochs = 60
            $0.schedule = .constant
        }
        let first = try #require(records.first)
        let last = try #require(records.last)
        #expect(records.map(\.epoch) == Array(1...60))
        #expect(last.training[.accuracy]! == 1)
        #expect(last.training[.loss]! < first.training[.loss]! / 10)
        #expect(last.validation[.loss] == nil)
    }

    @Test("it learns what it has not seen, and the best weights are kept with all that is needed to use them")
    func best() throws {
        let folder = try TemporaryFolder()
        let records = try trainSmall(at: folder.path) { $0.epochs = 12 }
        let best = try #require(records.filter(\.isBest).last)
        #expect(best.validation[.accuracy] ?? 0 > 0.8)

        let file = try SafetensorsFile(at: "\(folder.path)/best.safetensors")
        #expect(file.metadata["epoch"] == String(best.epoch))
        #expect(file.metadata["recipe"] == syntheticRecipe)
        #expect(file.metadata["classNames"] == #"["rows","columns","checks"]"#)
        let network = smallNetwork(seed: 99)
        try network.load(file)
        let validation = SyntheticBatches(samplesPerEpoch: 9, seed: 2)
        let score = try evaluate(classification(), Runner(model(network)), over: validation)
        #expect(score.top1 == best.validation[.accuracy])
        #expect(score.loss.value == best.validation[.loss])
        let report = EvaluationReport(score, classNames: ["rows", "columns", "checks"])
        #expect(report.confusionMatrix.flatMap { $0 }.reduce(0, +) == 9)
        #expect(report.classes.map(\.samples) == [3, 3, 3])
    }

    @Test("the same seed gives the same bytes, another one does not")
    func deterministic() throws {
        let (a, b, c) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: a.path)
        try trainSmall(at: b.path)
        try trainSmall(at: c.path, network: smallNetwork(seed: 6))
        #expect(try comparedFiles(a.path) == comparedFiles(b.path))
        #expect(try comparedFiles(a.path)["best.safetensors"] != comparedFiles(c.path)["best.safetensors"])
    }

    @Test("training ends early when validation has not become better for long enough")
    func patience() throws {
        let folder = try TemporaryFolder()
        let records = try trainSmall(at: folder.path) {
            $0.epochs = 50
            $0.learningRate = 1e-12  // nothing changes but dropout and running averages
            $0.patience = 2
        }
        let best = try #require(records.filter(\.isBest).last)
        #expect(records.count < 50)
        #expect(records.count == best.epoch + 2)
    }

    @Test("a longer training goes on from a shorter one's checkpoint")
    func longer() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.epochs = 1 }
        let records = try trainSmall(at: folder.path, resuming: true) { $0.epochs = 3 }
        #expect(records.map(\.epoch) == [1, 2, 3])
        #expect(try RunDescription(ofRunAt: folder.path).settings.epochs == 3)
    }

    @Test("progress counts every sample once")
    func progress() throws {
        final class Watcher: TrainingObserver {
            var seen: [TrainingProgress] = []
            var records: [EpochRecord] = []
            func progressed(_ progress: TrainingProgress) { seen.append(progress) }
            func finished(_ record: EpochRecord) { records.append(record) }
        }
        let folder = try TemporaryFolder()
        let watcher = Watcher()
        let records = try trainSmall(at: folder.path, observer: watcher) { $0.epochs = 2 }
        #expect(watcher.records == records)
        let learning = watcher.seen.filter { $0.phase == .training && $0.epoch == 1 }
        #expect(learning.map(\.samples) == [8, 16, 24])
        #expect(learning.last?.samplesToCome == 9 + 33)
        #expect(watcher.seen.last?.samplesToCome == 0)
        #expect(watcher.seen.last?.samples == 9)
    }

    @Test(
        "any optimizer can be resumed",
        arguments: [
            OptimizerSettings.sgd(momentum: 0), .sgd(nesterov: true), .adam(), .adamW(),
            .rmsProp(momentum: 0.5, isCentered: true),
        ])
    func optimizers(_ optimizer: OptimizerSettings) throws {
        let (whole, halves) = (try TemporaryFolder(), try TemporaryFolder())
        func change(_ epochs: Int) -> (inout TrainingSettings) -> Void {
            {
                $0.epochs = epochs
                $0.optimizer = optimizer
                $0.learningRate = 0.01
                $0.schedule = .plateau(.init(factor: 0.5, patience: 0))
                $0.clipping = .norm(0.5)
            }
        }
        try trainSmall(at: whole.path, change(4))
        try trainSmall(at: halves.path, change(2))
        try trainSmall(at: halves.path, resuming: true, network: smallNetwork(seed: 77), change(4))
        #expect(try comparedFiles(whole.path) == comparedFiles(halves.path))
    }

    @Test("settings are stored as they are read, and unknown or senseless ones are refused")
    func settings() throws {
        let settings = try description { $0.clipping = .value(2) }.settings
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(TrainingSettings.self, from: data) == settings)
        #expect(try JSONDecoder().decode(TrainingSettings.self, from: Data("{}".utf8)) == TrainingSettings())
        for (text, part) in [
            (#"{"epoch": 3}"#, "did you mean epochs"), (#"{"epochs": 0}"#, "epochs"),
            (#"{"optimizer": {"kind": "sdg"}}"#, "sgd"), (#"{"optimizer": {"kind": "sgd", "beta1": 0.5}}"#, "beta1"),
            (#"{"learningRate": -1}"#, "learningRate"), (#"{"clipping": {"kind": "norm", "limit": 0}}"#, "limit"),
            (#"{"schedule": {"kind": "step", "every": 0}}"#, "every"),
        ] {
            let error = try #require(throws: DecodingError.self) {
                try JSONDecoder().decode(TrainingSettings.self, from: Data(text.utf8))
            }
            #expect("\(error)".contains(part), "\(text): \(error)")
        }
    }
}
