import Foundation
import SaccadeDatasets
import SaccadeLoading
import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import Testing
import TrainingTestSupport

@Suite struct ResumptionTests {
    /// Trainings that write as often as they can: a plain one, and one with all that has a memory.
    private static func change(_ settings: inout TrainingSettings, isRich: Bool) {
        settings.epochs = 24
        settings.checkpointMinutes = 0  // after every step
        guard isRich else { return }
        settings.accumulation = 2
        settings.ema = EMASettings(decay: 0.9)
        settings.best = BestSettings(metric: Monitor(.validation, .loss))
        settings.keepLast = 3
        settings.optimizer = .adamW()
        settings.learningRate = 0.005
    }

    /// Trains in a process of its own that is killed on the way.
    private func killed(training folder: String, isRich: Bool, after batches: Int, _ delay: UInt32) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder, isRich, batches, delay] in
            try trainSmall(at: folder, resuming: true, observer: Killer(after: batches, delay)) {
                Self.change(&$0, isRich: isRich)
            }
            // All epochs were over before so many batches.
            kill(getpid(), SIGKILL)
        }
    }

    @Test(
        "a training that is killed again and again ends with the same bytes as one that is not",
        arguments: [false, true])
    func killedAndResumed(isRich: Bool) async throws {
        let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: whole.path) { Self.change(&$0, isRich: isRich) }
        // Which kernels compute is decided by timing them, once for each run.
        let tuning = URL(fileURLWithPath: "\(whole.path)/tuning.json")
        let copy = URL(fileURLWithPath: "\(broken.path)/tuning.json")
        if FileManager.default.fileExists(atPath: tuning.path) {
            try FileManager.default.copyItem(at: tuning, to: copy)
        }
        var (generator, seed) = killGenerator()
        var kills = ["with SACCADE_KILL_SEED=\(seed)"]
        for _ in 0..<25 {
            // An epoch is five batches: three to learn from, two to validate with, and then the files.
            let batches = Int.random(in: 1...6, using: &generator)
            let delay = UInt32.random(in: 0...6000, using: &generator)
            kills.append("\(delay) µs after \(batches) batches")
            await killed(training: broken.path, isRich: isRich, after: batches, delay)
            _ = try RunDescription(ofRunAt: broken.path)
        }
        try trainSmall(at: broken.path, resuming: true) { Self.change(&$0, isRich: isRich) }
        let (expected, found) = (try comparedFiles(whole.path), try comparedFiles(broken.path))
        #expect(expected.keys.sorted() == found.keys.sorted(), "killed \(kills)")
        for (name, data) in expected { #expect(found[name] == data, "\(name) differs, killed \(kills)") }
    }

    @Test("a training stopped by a source's error goes on in the middle of the epoch")
    func middle() throws {
        struct Broken: BatchSource {
            struct Unreadable: Error {}
            let source = SyntheticBatches()
            let breaksAt: Int
            var batchesPerEpoch: Int { source.batchesPerEpoch }
            var samplesPerEpoch: Int { source.samplesPerEpoch }
            func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<LabelledBatch> {
                let batches = source.batches(ofEpoch: epoch, from: first)
                var index = first
                return BatchStream {
                    guard epoch != 1 || index != breaksAt else { throw Unreadable() }
                    index += 1
                    return try batches.next()
                }
            }
        }
        let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: whole.path) { $0.checkpointMinutes = 0 }
        #expect(throws: Broken.Unreadable.self) {
            let run = try RunFolder(at: broken.path, try description { $0.checkpointMinutes = 0 }, resuming: false)
            try trainer(
                of: smallNetwork(), training: Broken(breaksAt: 2),
                validation: SyntheticBatches(samplesPerEpoch: 9, seed: 2), run: run
            ).train()
        }
        try trainSmall(at: broken.path, resuming: true, network: smallNetwork(seed: 1)) { $0.checkpointMinutes = 0 }
        #expect(try comparedFiles(whole.path) == comparedFiles(broken.path))
    }

    @Test("metrics beyond the checkpoint are cut off, unfinished files removed")
    func leftovers() throws {
        let (whole, messy) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: whole.path) { $0.schedule = .constant }
        try trainSmall(at: messy.path) {
            $0.epochs = 2
            $0.schedule = .constant
        }
        let metrics = try #require(FileHandle(forWritingAtPath: "\(messy.path)/metrics.jsonl"))
        try metrics.seekToEnd()
        try metrics.write(contentsOf: Data("{\"epoch\":3,\"half a li".utf8))
        try Data([1, 2, 3]).write(
            to: URL(fileURLWithPath: "\(messy.path)/.checkpoint.safetensors.123-1.unfinished"))
        try trainSmall(at: messy.path, resuming: true) { $0.schedule = .constant }
        #expect(try comparedFiles(whole.path) == comparedFiles(messy.path))
    }
}
