import Foundation
import SaccadeDatasets
import SaccadeLoading
import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import Testing
import TrainingTestSupport

@Suite struct WaitingTests {
    /// Batches that take their time.
    private struct Slow: BatchSource {
        static let pause = 0.03
        /// What it says of that.
        var waited: Duration?
        let source = SyntheticBatches()
        var batchesPerEpoch: Int { source.batchesPerEpoch }
        var samplesPerEpoch: Int { source.samplesPerEpoch }
        func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<LabelledBatch> {
            let batches = source.batches(ofEpoch: epoch, from: first)
            var told: Duration? = waited.map { _ in .zero }
            return BatchStream(
                next: {
                    guard let batch = try batches.next() else { return nil }
                    Thread.sleep(forTimeInterval: Self.pause)
                    told = told.flatMap { before in waited.map { before + $0 } }
                    return batch
                }, waited: { told })
        }
    }

    private final class Shares: TrainingObserver {
        var shares: [Double] = []
        func progressed(_ progress: TrainingProgress) {
            if progress.phase == .training { shares.append(progress.waitingFraction) }
        }
        func finished(_ record: EpochRecord) {}
    }

    @Test("the wait for data is counted, without the first batch of the process")
    func waited() throws {
        let folder = try TemporaryFolder()
        let shares = Shares()
        try trainer(
            of: smallNetwork(), training: Slow(),
            run: RunFolder(at: folder.path, try description { $0.epochs = 2 }, resuming: false), observer: shares
        ).train()
        let timings = EpochTiming.read(fromRunAt: folder.path)
        #expect(timings.map(\.epoch) == [1, 2] && timings.map(\.samples) == [24, 24])
        let waited = timings.compactMap(\.waited)
        // A sleep may last longer, never shorter.
        #expect(waited[0] >= 2 * Slow.pause && timings[0].seconds - waited[0] >= Slow.pause)
        #expect(waited[1] >= 3 * Slow.pause && timings[1].seconds >= waited[1])
        #expect(shares.shares.count == 6 && shares.shares[0] == 0 && shares.shares.allSatisfy { (0...1).contains($0) })
        #expect(shares.shares.dropFirst().allSatisfy { $0 > 0.02 })
        #expect(timings.allSatisfy { $0.peakMemory ?? 0 > 1 << 20 && $0.ended ?? 0 > 1e9 && $0.validating != nil })
    }

    @Test("what a source says of the wait counts, rather than how long asking took")
    func told() throws {
        let folder = try TemporaryFolder()
        try trainer(
            of: smallNetwork(), training: Slow(waited: .milliseconds(2)),
            run: RunFolder(at: folder.path, try description { $0.epochs = 2 }, resuming: false)
        ).train()
        let waited = EpochTiming.read(fromRunAt: folder.path).compactMap(\.waited)
        #expect(abs(waited[0] - 0.004) < 0.002 && abs(waited[1] - 0.006) < 0.002, "\(waited)")
    }

    @Test("an epoch's batches are asked for before the one before it is judged, each epoch's once")
    func upcoming() throws {
        /// Writes down when an epoch is begun.
        final class Diary { var lines: [String] = [] }
        struct Noted: BatchSource {
            let source = SyntheticBatches()
            let diary: Diary
            let name: String
            var batchesPerEpoch: Int { source.batchesPerEpoch }
            var samplesPerEpoch: Int { source.samplesPerEpoch }
            func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<LabelledBatch> {
                diary.lines.append("\(name) \(epoch)")
                return source.batches(ofEpoch: epoch, from: first)
            }
        }
        let folder = try TemporaryFolder()
        let diary = Diary()
        try trainer(
            of: smallNetwork(), training: Noted(diary: diary, name: "learn"),
            validation: Noted(diary: diary, name: "judge"),
            run: RunFolder(at: folder.path, try description { $0.epochs = 3 }, resuming: false)
        ).train()
        // First there is a trial of judging.
        let lines = diary.lines.drop { $0 == "judge 0" }
        #expect(Array(lines) == ["learn 0", "learn 1", "judge 0", "learn 2", "judge 0", "judge 0"])
    }

    @Test("timings of older programs, and of epochs that were made twice, are read; what nobody measures is not")
    func older() throws {
        let folder = try TemporaryFolder()
        let lines = """
            {"epoch":1,"samples":24,"seconds":2}
            {"epoch":1,"samples":8,"seconds":1,"waited":0.5}
            {"epoch":3,"samples":9223372036854775807,"seconds":1}
            {"epoch":4,"samples":8,"seconds":"nan"}
            {"epoch":5,"samples":8,"seconds":-1}
            {"epoch":2,"samp
            """
        try lines.write(toFile: "\(folder.path)/timings.jsonl", atomically: true, encoding: .utf8)
        #expect(
            EpochTiming.read(fromRunAt: folder.path) == [EpochTiming(epoch: 1, seconds: 1, samples: 8, waited: 0.5)])
    }

    @Test("a line of metrics whose loss is no number is read all the same")
    func notFinite() throws {
        let folder = try TemporaryFolder()
        let training = SyntheticBatches(poisoned: (sample: 1, value: .infinity))
        let validation = SyntheticBatches(samplesPerEpoch: 9, seed: 2, poisoned: (sample: 1, value: .infinity))
        let records = try trainSmall(at: folder.path, training: training, validation: validation) {
            $0.stopsWhenNotFinite = false
        }
        #expect(records.map(\.epoch) == [1, 2, 3])
        #expect(records.allSatisfy { !($0.validation[.loss] ?? 0).isFinite && $0.training[.loss]!.isFinite })
    }

    @Test("a training that is asked to stop keeps everything, and comes to the same bytes")
    func stopped() throws {
        /// Wants to stop after each fourth batch.
        final class Impatient: TrainingObserver {
            var batches = 0
            var ends: [RunError.Code?] = []
            var wantsStop: Bool { batches % 4 == 0 }
            func progressed(_ progress: TrainingProgress) { if progress.phase == .training { batches += 1 } }
            func finished(_ record: EpochRecord) {}
            func ended(_ error: (any Error)?) { ends.append((error as? RunError)?.code) }
        }
        let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: whole.path) { $0.accumulation = 2 }
        let impatient = Impatient()
        for attempt in 0..<9 {
            do {
                try trainSmall(
                    at: broken.path, resuming: attempt > 0, network: smallNetwork(seed: UInt64(attempt + 5)),
                    observer: impatient
                ) { $0.accumulation = 2 }
                break
            } catch let error as RunError where error.code == .stopped {}
        }
        #expect(impatient.ends.count > 1 && impatient.ends.dropLast().allSatisfy { $0 == .stopped })
        #expect(impatient.ends.last == .some(nil))
        #expect(try comparedFiles(whole.path) == comparedFiles(broken.path))
    }
}
