import Foundation
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeDatasets

@Suite struct MixingTests {
    @Test("each image is mixed with the one before it", arguments: [1, 2, 5])
    func definition(count: Int) {
        let (channels, height, width) = (3, 4, 5)
        let size = channels * height * width
        let images = (0..<count * size).map { Float($0) }
        let mixes = [
            BatchMix.blend(lambda: 0.3), .blend(lambda: 1), .paste(x: 1..<4, y: 2..<3), .paste(x: 0..<5, y: 0..<4),
            .paste(x: 2..<2, y: 0..<4),
        ]
        for mix in mixes {
            var result = images
            result.withUnsafeMutableBufferPointer {
                mix.apply(to: $0, count: count, channels: channels, height: height, width: width)
            }
            for n in 0..<count {
                let other = (n + count - 1) % count
                for i in 0..<size {
                    let (own, second) = (images[n * size + i], images[other * size + i])
                    let (x, y) = (i % width, i / width % height)
                    let expected =
                        switch mix {
                        case .blend(let share): share * own + (1 - share) * second
                        case .paste(let columns, let rows): columns.contains(x) && rows.contains(y) ? second : own
                        }
                    #expect(abs(result[n * size + i] - expected) < 1e-4)
                }
            }
        }
        #expect(mixes.map { $0.lambda(of: PixelSize(width: 5, height: 4)) } == [0.3, 1, 0.85, 0, 1])
        #expect(LabelMixture([4, 5, 6], lambda: 0.2) == LabelMixture(partnerLabels: [6, 4, 5], lambda: 0.2))
    }

    @Test("shares follow the beta distribution", arguments: [0.05, 0.2, 1, 3])
    func betas(alpha: Double) {
        var generator = SplitMix64(seed: 1)
        let values = (0..<20000).map { _ in beta(alpha, using: &generator) }
        #expect(values.allSatisfy { (0...1).contains($0) })
        let mean = values.reduce(0, +) / 20000
        let variance = values.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20000
        // Mean 1/2, variance 1 / (4 (2 alpha + 1)).
        #expect(abs(mean - 0.5) < 0.02)
        #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.04)
    }

    @Test("rectangles have the drawn area where nothing is cut off, and the image's proportions")
    func rectangles() {
        var generator = SplitMix64(seed: 2)
        let size = PixelSize(width: 200, height: 100)
        var shares: [Float] = []
        for _ in 0..<2000 {
            guard case .paste(let x, let y) = CutMix().draw(for: size, using: &generator) else {
                Issue.record("not a rectangle")
                return
            }
            #expect(x.lowerBound >= 0 && x.upperBound <= 200 && y.lowerBound >= 0 && y.upperBound <= 100)
            if x.lowerBound > 0, x.upperBound < 200, y.lowerBound > 0, y.upperBound < 100 {
                #expect(abs(x.count - 2 * y.count) <= 4)
            }
            shares.append(BatchMix.paste(x: x, y: y).lambda(of: PixelSize(width: 200, height: 100)))
        }
        #expect(shares.contains { $0 < 0.3 } && shares.contains { $0 > 0.95 })
    }

    @Test("batches hold mixed images and both labels, the same however many threads there are")
    func batches() throws {
        let folder = try BatchLoaderTests.folder()
        let dataset = try ClassificationDataset(at: folder.path)
        func batches(_ augmentations: [Augmentation], threads: Int = 1, from first: Int = 0) throws -> [LabelledBatch] {
            try BatchLoaderTests.all(
                BatchLoader(
                    dataset, preprocessing: BatchLoaderTests.preprocessing, augmentations: augmentations, batchSize: 5,
                    isShuffled: true, seed: 6, threads: threads
                ).epoch(1, from: first))
        }
        let plain = try batches([.horizontalFlip()])
        let list: [Augmentation] = [.horizontalFlip(), .mixUp(alpha: 1, probability: 0.7), .cutMix(probability: 0.7)]
        let mixed = try batches(list)
        let again = try batches(list, threads: 3, from: 2)
        #expect(mixed.suffix(again.count).map(\.images.scalars) == again.map(\.images.scalars))
        #expect(mixed.suffix(again.count).map(\.mixture) == again.map(\.mixture))
        #expect(plain.allSatisfy { $0.mixture == nil } && mixed.contains { $0.mixture != nil })
        for (before, after) in zip(plain, mixed) {
            #expect(before.labels == after.labels && before.samples == after.samples)
            guard let mixture = after.mixture else {
                #expect(before.images.scalars == after.images.scalars)
                continue
            }
            #expect(mixture.partnerLabels == [after.labels[after.count - 1]] + after.labels.dropLast())
            #expect((0...1).contains(mixture.lambda))
        }
    }

    @Test(
        "what is shown of a mix has as much of each image as is said",
        arguments: [Augmentation.mixUp(alpha: 1), .cutMix()])
    func shown(augmentation: Augmentation) {
        let black = Image(width: 30, height: 20, filledWith: [0, 0, 0])
        let white = Image(width: 30, height: 20, filledWith: [255, 255, 255])
        var generator = SplitMix64(seed: 5)
        var shares: Set<Float> = []
        for _ in 0..<20 {
            let (mixed, lambda) = augmentation.mixing(black, with: white, using: &generator)
            let mean = mixed.pixels.reduce(0) { $0 + Float($1) } / Float(mixed.pixels.count)
            #expect(abs(mean / 255 - (1 - lambda)) < 0.003)
            shares.insert(lambda)
        }
        #expect(shares.count > 10)
        let (same, all) = Augmentation.horizontalFlip().mixing(black, with: white, using: &generator)
        #expect(same == black && all == 1)
    }

    @Test("a resizing augmentation takes the place of resizing")
    func resizing() throws {
        let folder = try BatchLoaderTests.folder()
        let dataset = try ClassificationDataset(at: folder.path)
        let list: [Augmentation] = [.randomResizedCrop(scale: 0.2...0.6), .verticalFlip()]
        let loader = BatchLoader(
            dataset, preprocessing: BatchLoaderTests.preprocessing, augmentations: list, batchSize: 23, seed: 12)
        let batch = try #require(try loader.epoch(4).next())
        var expected: [Float] = []
        for sample in batch.samples {
            var generator = SplitMix64(seed: 12, stream: 4, sample)
            var image = list[0].apply(
                to: try dataset.image(at: sample, atLeast: nil), target: .init(size: PixelSize(width: 24, height: 20)),
                using: &generator)
            image = list[1].apply(to: image.rgb(), using: &generator)
            expected += BatchLoaderTests.preprocessing(image)
        }
        #expect(batch.images.scalars == expected)
    }
}
