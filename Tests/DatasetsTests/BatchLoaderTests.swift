import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite struct BatchLoaderTests {
    static let augmentations: [Augmentation] = [.horizontalFlip(), .randomCrop(padding: 3), .shift(fraction: 0.1)]
    static let preprocessing = Preprocessing(
        height: 20, width: 24, channels: 3, mean: [0.5, 0.4, 0.3], standardDeviation: [0.2, 0.3, 0.4])

    /// 23 images of noise in files of various sizes.
    static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for index in 0..<23 {
            let image = noise(width: 18 + index % 5, height: 20 + index % 3, channels: index % 4 == 0 ? 1 : 3, seed: 77)
            try folder.write(image.pngData(), to: "\(["ant", "bee", "cow"][index % 3])/\(index).png")
        }
        return folder
    }

    /// All batches of an epoch.
    static func all(_ batches: EpochBatches<LabelledBatch>) throws -> [LabelledBatch] {
        var result: [LabelledBatch] = []
        while let batch = try batches.next() { result.append(batch) }
        return result
    }

    @Test("equals the slow definition: one sample after the other, on this thread")
    func definition() throws {
        let folder = try Self.folder()
        let dataset = try ClassificationDataset(at: folder.path)
        let loader = BatchLoader(
            dataset, preprocessing: Self.preprocessing, augmentations: Self.augmentations, batchSize: 5,
            isShuffled: true, seed: 11)
        #expect(loader.batchesPerEpoch == 5)
        var seen: [Int] = []
        for (index, batch) in try Self.all(loader.epoch(2)).enumerated() {
            var expected: [Float] = []
            for sample in batch.samples {
                var image = Self.preprocessing.fitted(try dataset.image(at: sample, atLeast: nil))
                var generator = SplitMix64(seed: 11, stream: 2, sample)
                for augmentation in Self.augmentations { image = augmentation.apply(to: image, using: &generator) }
                expected += Self.preprocessing(image)
            }
            #expect(batch.images.scalars == expected)
            #expect(batch.images.shape == [index == 4 ? 3 : 5, 3, 20, 24])
            #expect(batch.labels == batch.samples.map(dataset.label(at:)))
            #expect(batch.names == batch.samples.map(dataset.name(at:)))
            seen += batch.samples
        }
        #expect(seen != Array(0..<23) && seen.sorted() == Array(0..<23))
    }

    @Test("the number of threads changes nothing", arguments: [1, 2, 3, 7])
    func threads(threads: Int) throws {
        let folder = try Self.folder()
        let dataset = try ClassificationDataset(at: folder.path)
        func batches(_ threads: Int, ahead: Int?) throws -> [LabelledBatch] {
            try Self.all(
                BatchLoader(
                    dataset, preprocessing: Self.preprocessing, augmentations: Self.augmentations, batchSize: 4,
                    isShuffled: true, seed: 3, threads: threads, ahead: ahead
                ).epoch(1))
        }
        let (one, many) = (try batches(1, ahead: 1), try batches(threads, ahead: nil))
        #expect(one.map(\.samples) == many.map(\.samples))
        #expect(one.map(\.images.scalars) == many.map(\.images.scalars))
        #expect(many.map(\.count) == [4, 4, 4, 4, 4, 3])
    }

    @Test("large JPEGs may be decoded at a fraction of their size, and come out much the same")
    func reduced() throws {
        let folder = try TemporaryFolder()
        // Smooth, so that the ways to make it smaller have little to disagree about.
        let pixels = (0..<480 * 640).flatMap { position -> [UInt8] in
            let (x, y) = (position % 640, position / 640)
            return [UInt8(x * 255 / 639), UInt8(y * 255 / 479), 90]
        }
        let photo = Image(width: 640, height: 480, channels: 3, pixels: pixels)
        for name in ["a/1.jpg", "b/1.jpg"] { try folder.write(photo.jpegData(quality: 95), to: name) }
        let dataset = try ClassificationDataset(at: folder.path)
        func scalars(decodesReduced: Bool) throws -> [Float] {
            let preprocessing = Preprocessing(
                height: 40, width: 50, channels: 3, resizing: .centerCrop(shortSide: 60), decodesReduced: decodesReduced
            )
            return try #require(
                try BatchLoader(dataset, preprocessing: preprocessing, batchSize: 2).epoch(0).next()
            ).images.scalars
        }
        #expect(try dataset.image(at: 0, atLeast: PixelSize(width: 120, height: 120)).width == 160)
        let (exact, reduced) = (try scalars(decodesReduced: false), try scalars(decodesReduced: true))
        #expect(zip(exact, reduced).allSatisfy { abs($0 - $1) < 0.03 })
    }

    @Test("seed and epoch decide the order; without shuffling it is the data set's")
    func orders() throws {
        let folder = try Self.folder()
        let dataset = try ClassificationDataset(at: folder.path)
        func order(seed: UInt64, epoch: Int, isShuffled: Bool = true) throws -> [Int] {
            let loader = BatchLoader(
                dataset, preprocessing: Self.preprocessing, batchSize: 23, isShuffled: isShuffled, seed: seed)
            return try Self.all(loader.epoch(epoch)).flatMap(\.samples)
        }
        #expect(try order(seed: 1, epoch: 0) == order(seed: 1, epoch: 0))
        #expect(try Set([order(seed: 1, epoch: 0), order(seed: 1, epoch: 1), order(seed: 2, epoch: 0)]).count == 3)
        #expect(try order(seed: 1, epoch: 5, isShuffled: false) == Array(0..<23))
    }

    @Test("an epoch can be taken up in the middle")
    func resumes() throws {
        let folder = try Self.folder()
        let loader = BatchLoader(
            try ClassificationDataset(at: folder.path), preprocessing: Self.preprocessing,
            augmentations: Self.augmentations, batchSize: 6, isShuffled: true, dropsIncomplete: true, seed: 4)
        let whole = try Self.all(loader.epoch(3))
        let rest = try Self.all(loader.epoch(3, from: 2))
        #expect(whole.map(\.count) == [6, 6, 6])
        #expect(
            rest.count == 1 && rest[0].images.scalars == whole[2].images.scalars
                && rest[0].samples == whole[2].samples)
        #expect(try Self.all(loader.epoch(3, from: 3)).isEmpty)
    }

    @Test("a bad file is named, after the batches before it", arguments: [1, 2])
    func badFile(threads: Int) throws {
        let folder = try Self.folder()
        let good = try ClassificationDataset(at: folder.path)
        let bad = good.name(at: 13)
        try Data("not an image".utf8).write(to: URL(fileURLWithPath: bad))
        let loader = BatchLoader(good, preprocessing: Self.preprocessing, batchSize: 5, threads: threads)
        let batches = loader.epoch(0)
        #expect(try batches.next()?.samples == Array(0..<5))
        #expect(try batches.next()?.samples == Array(5..<10))
        for _ in 0..<2 {
            let error = #expect(throws: FileError.self) { try batches.next() }
            #expect(error?.path == bad)
        }
    }

    @Test("dropping an epoch early leaves nothing behind, again and again")
    func dropped() throws {
        let folder = try Self.folder()
        let loader = BatchLoader(
            try ClassificationDataset(at: folder.path), preprocessing: Self.preprocessing, batchSize: 2, threads: 3)
        for round in 0..<50 {
            let batches = loader.epoch(round)
            if round.isMultiple(of: 2) { #expect(try batches.next()?.samples == [0, 1]) }
        }
        #expect(try Self.all(loader.epoch(0)).count == 12)
    }

    @Test("memory is used again, and a batch that is kept stays as it was")
    func memory() throws {
        let folder = try Self.folder()
        let loader = BatchLoader(
            try ClassificationDataset(at: folder.path), preprocessing: Self.preprocessing,
            augmentations: Self.augmentations, batchSize: 5, isShuffled: true, dropsIncomplete: true, threads: 2,
            ahead: 2)
        var addresses: Set<UInt> = []
        let kept = try #require(try loader.epoch(0).next()).images
        let copy = kept.scalars
        for epoch in 0..<30 {
            let batches = loader.epoch(epoch)
            while let batch = try batches.next() {
                addresses.insert(batch.images.withScalars { UInt(bitPattern: $0.baseAddress) })
            }
        }
        #expect(kept.scalars == copy)
        // Other tests may take memory of this size meanwhile; each block still serves several batches.
        #expect(addresses.count <= 60, "\(addresses.count) blocks for 120 batches")
    }

    @Test("no samples, no batches")
    func empty() throws {
        let folder = try Self.folder()
        let none = try ClassificationDataset(at: folder.path).subset([])
        let loader = BatchLoader(none, preprocessing: Self.preprocessing, batchSize: 5)
        #expect(try loader.epoch(0).next() == nil)
        #expect(loader.batchesPerEpoch == 0)
    }

    @Test("traps on a batch of nothing")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            // Failing to get here must not look like the trap.
            guard let folder = try? Self.folder(), let dataset = try? ClassificationDataset(at: folder.path) else {
                exit(EXIT_SUCCESS)
            }
            _ = BatchLoader(dataset, preprocessing: Self.preprocessing, batchSize: 0)
        }
    }
}
