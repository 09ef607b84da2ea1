import Foundation
import SaccadeDatasets
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadePrelude
import SaccadeTensors
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct EMATests {
    @Test("the average of weights follows its definition, and the weights come back unchanged")
    func average() throws {
        var generator = SplitMix64(seed: 3)
        let layer = Linear(in: 3, out: 2, using: &generator)
        let weight = layer.parameters[0].parameter
        let average = WeightEMA(of: layer.parameters, decay: 0.25)
        var expected = weight.value.scalars.map(Double.init)
        for step in 0..<6 {
            weight.assign(weight.value * 1.5 + Tensor(filledWith: Float(step), shape: weight.shape))
            average.update()
            // 1/10, 2/11, 3/12, and then the decay itself.
            let kept = min(0.25, Double(1 + step) / Double(10 + step))
            expected = zip(expected, weight.value.scalars).map { kept * $0 + (1 - kept) * Double($1) }
        }
        let weights = weight.value.scalars
        let found = average.withEMAWeights { weight.value.scalars }
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 * max(1, abs($1)) })
        #expect(weight.value.scalars == weights && found != weights)
    }

    @Test("gradients gathered over small batches make the step of one large batch")
    func accumulation() throws {
        func network() -> Sequential {
            var generator = SplitMix64(seed: 8)
            return Sequential {
                Flatten()
                Linear(in: 64, out: 3, using: &generator)
            }
        }
        func weights(batchSize: Int, accumulation: Int) throws -> [Float] {
            let folder = try TemporaryFolder()
            let trained = network()
            // The last of the small batches is smaller still.
            try trainSmall(
                at: folder.path, training: SyntheticBatches(samplesPerEpoch: 22, batchSize: batchSize),
                network: trained
            ) {
                $0.accumulation = accumulation
                $0.schedule = .constant
                $0.clipping = .norm(0.5)
            }
            return trained.parameters.flatMap { $0.parameter.value.scalars }
        }
        let (small, large) = (
            try weights(batchSize: 8, accumulation: 3), try weights(batchSize: 22, accumulation: 1)
        )
        #expect(zip(small, large).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(small != network().parameters.flatMap { $0.parameter.value.scalars })
    }

    @Test("what is judged and kept as best is the average, what is trained on is not")
    func best() throws {
        let folder = try TemporaryFolder()
        let trained = smallNetwork()
        let records = try trainSmall(at: folder.path, network: trained) {
            $0.epochs = 8
            $0.ema = EMASettings(decay: 0.8)
            $0.best = BestSettings(metric: Monitor(.validation, .loss))
        }
        let best = try #require(records.filter(\.isBest).last)
        #expect(best.validation[.loss] == records.compactMap({ $0.validation[.loss] }).min())
        let network = smallNetwork(seed: 99)
        try network.load(SafetensorsFile(at: "\(folder.path)/best.safetensors"))
        let validation = SyntheticBatches(samplesPerEpoch: 9, seed: 2)
        #expect(
            try evaluate(classification(), Runner(model(network)), over: validation).loss.value
                == best.validation[.loss])

        let checkpoint = try SafetensorsFile(at: "\(folder.path)/checkpoint.safetensors")
        let name = trained.parameters[0].name
        #expect(try checkpoint.tensor("network/\(name)").scalars == trained.parameters[0].parameter.value.scalars)
        #expect(try checkpoint.tensor("average/\(name)").scalars != trained.parameters[0].parameter.value.scalars)
    }

    @Test(
        "the best epoch is that of the metric",
        arguments: [
            Monitor(.validation, .accuracy), Monitor(.validation, .top5), Monitor(.validation, .loss),
            Monitor(.training, .accuracy), Monitor(.training, .loss),
        ])
    func metric(_ monitor: Monitor) throws {
        let folder = try TemporaryFolder()
        let records = try trainSmall(at: folder.path) {
            $0.epochs = 10
            $0.best = BestSettings(metric: monitor)
        }
        func value(_ record: EpochRecord) -> Double? {
            let part = monitor.part == .training ? record.training : record.validation
            return part[monitor.metric].map { monitor.metric == .loss ? -$0 : $0 }
        }
        let best = try #require(records.filter(\.isBest).last)
        #expect(value(best) == records.compactMap(value).max())
    }

    @Test("the last checkpoints are kept, and training goes on from any of them to the same end")
    func keepLast() throws {
        let folder = try TemporaryFolder()
        func change(_ settings: inout TrainingSettings) {
            settings.epochs = 5
            settings.keepLast = 3
        }
        try trainSmall(at: folder.path, change)
        let files = try comparedFiles(folder.path)
        #expect(
            files.keys.filter { $0.hasPrefix("epoch-") }.sorted()
                == [3, 4, 5].map { "epoch-\($0).safetensors" })
        #expect(files["epoch-5.safetensors"] == files["checkpoint.safetensors"])
        try #require(files["epoch-3.safetensors"]).write(
            to: URL(fileURLWithPath: "\(folder.path)/checkpoint.safetensors"))
        try trainSmall(at: folder.path, resuming: true, change)
        // Epoch 5's weights are the same; what was best before epoch 3 is remembered too.
        #expect(try comparedFiles(folder.path) == files)
    }

    @Test("a run with an average is not resumed without it")
    func changed() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) {
            $0.epochs = 1
            $0.ema = EMASettings(decay: 0.9)
        }
        let error = try #require(throws: RunError.self) { try trainSmall(at: folder.path, resuming: true) }
        #expect(error.code == .different && error.description.contains("ema.decay (none, was 0.9)"))
    }
}
