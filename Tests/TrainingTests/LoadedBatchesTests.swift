import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining
import Testing
import TrainingTestSupport

@Suite struct LoadedBatchesTests {
    /// Images of rows and columns in MNIST's format, 28 × 28.
    @discardableResult
    func dataset(_ folder: String, count: Int) throws -> ClassificationDataset {
        func bigEndian(_ numbers: [Int]) -> Data {
            Data(numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } })
        }
        var images = bigEndian([0x803, count, 28, 28])
        var labels = bigEndian([0x801, count])
        var generator = SplitMix64(seed: 4)
        for sample in 0..<count {
            labels.append(UInt8(sample % 10))
            for place in 0..<784 {
                let (row, column) = (place / 28, place % 28)
                let shines = sample % 2 == 0 ? row % (sample % 10 + 2) == 0 : column % (sample % 10 + 2) == 0
                images.append(UInt8.random(in: shines ? 150...255 : 0...100, using: &generator))
            }
        }
        try images.write(to: URL(fileURLWithPath: "\(folder)/train-images-idx3-ubyte"))
        try labels.write(to: URL(fileURLWithPath: "\(folder)/train-labels-idx1-ubyte"))
        return try ClassificationDataset(at: folder, split: .train)
    }

    @Test("images that are read, shuffled and augmented ahead give the same bytes when training is cut in two")
    func resumed() throws {
        struct Stopped: Error {}
        final class Stopper: TrainingObserver {
            var batches = 0
            let stop: () -> Void
            init(_ stop: @escaping () -> Void) { self.stop = stop }
            func progressed(_ progress: TrainingProgress) {
                batches += 1
                if batches == 9 { stop() }
            }
            func finished(_ record: EpochRecord) {}
        }
        /// Batches that end with an error once they are told to.
        final class Stoppable: BatchSource {
            let source: any BatchSource<LabelledBatch>
            var isStopped = false
            init(_ source: any BatchSource<LabelledBatch>) { self.source = source }
            var batchesPerEpoch: Int { source.batchesPerEpoch }
            var samplesPerEpoch: Int { source.samplesPerEpoch }
            func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<LabelledBatch> {
                let batches = source.batches(ofEpoch: epoch, from: first)
                return BatchStream { [self] in
                    guard !isStopped else { throw Stopped() }
                    return try batches.next()
                }
            }
        }
        let (data, whole, halves) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let samples = try dataset(data.path, count: 50)
        let (training, validation) = samples.split(validation: 0.2, seed: 3)
        let preprocessing = Preprocessing(height: 8, width: 8, channels: 1)
        let description = try description(classNames: samples.classNames, preprocessing: preprocessing) {
            $0.checkpointMinutes = 0
            $0.augmentation = [.randomCrop(padding: 1), .horizontalFlip(), .noise(), .mixUp(), .cutMix()]
        }
        let settings = description.settings

        func train(_ folder: String, resuming: Bool, stops: Bool) throws -> [EpochRecord] {
            let loader = BatchLoader(
                training, preprocessing: preprocessing, augmentations: settings.augmentation,
                batchSize: 8, isShuffled: true, seed: settings.seed)
            let source = Stoppable(loader)
            let judge = BatchLoader(validation, preprocessing: preprocessing, batchSize: 8)
            let run = try RunFolder(at: folder, description, resuming: resuming)
            let observer = Stopper { source.isStopped = stops }
            return try trainer(
                of: smallNetwork(classes: 10), training: source, validation: judge, run: run, observer: observer
            ).train()
        }
        let records = try train(whole.path, resuming: false, stops: false)
        #expect(records.count == 3)
        #expect(throws: Stopped.self) { _ = try train(halves.path, resuming: false, stops: true) }
        #expect(EpochRecord.read(fromRunAt: halves.path).count == 1)
        _ = try train(halves.path, resuming: true, stops: false)
        #expect(try comparedFiles(whole.path) == comparedFiles(halves.path))
    }

    @Test("an image that cannot be read stops the training with its name")
    func unreadable() throws {
        let (data, folder) = (try TemporaryFolder(), try TemporaryFolder())
        for name in ["cats", "dogs"] {
            try FileManager.default.createDirectory(
                atPath: "\(data.path)/\(name)", withIntermediateDirectories: true)
            try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(data.path)/\(name)/1.png"))
        }
        let samples = try ClassificationDataset(at: data.path)
        let description = try description(classNames: samples.classNames)
        let loader = BatchLoader(
            samples, preprocessing: Preprocessing(height: 8, width: 8, channels: 1), batchSize: 2)
        let run = try RunFolder(at: folder.path, description, resuming: false)
        let trainer = try trainer(of: smallNetwork(classes: 2), training: loader, run: run)
        let error = try #require(throws: (any Error).self) { try trainer.train() }
        #expect("\(error)".contains("1.png"))
    }
}
