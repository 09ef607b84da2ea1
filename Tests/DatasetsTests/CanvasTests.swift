import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Images on canvases, and images in black and white.
@Suite struct CanvasTests {
    /// Plain squares of 6×6, each grey of its own: what a canvas shows can be read off.
    private static func squares(_ folder: TemporaryFolder, _ count: Int = 9) throws -> ClassificationDataset {
        let files = try (0..<count).map { index in
            try folder.writeImage(UInt8(80 + 10 * index), to: "\(index).png", width: 6, height: 6)
        }
        return ClassificationDataset(
            files: files, labels: (0..<count).map { $0 % 3 }, classNames: ["a", "b", "c"])
    }

    private static func canvas(
        _ canvases: ImageCanvases, _ index: Int, width: Int, height: Int, seed: UInt64
    ) throws -> (image: Image, labels: [Int]) {
        var generator = SplitMix64(seed: seed, stream: index)
        return try canvases.canvas(
            at: index, size: PixelSize(width: width, height: height), channels: 1, using: &generator)
    }

    @Test("digits lie side by side on the canvas, whole, named from left to right, anywhere", arguments: 1...3)
    func placing(_ digits: Int) throws {
        let folder = try TemporaryFolder()
        let images = try Self.squares(folder)
        let canvases = ImageCanvases(images, layout: CanvasLayout(digits: digits))
        #expect(canvases.labelsPerCanvas == digits && canvases.count == 9)
        var corners: Set<[Int]> = []
        for seed in 0..<200 as Range<UInt64> {
            let index = Int(seed) % 9
            let (image, labels) = try Self.canvas(canvases, index, width: 23, height: 11, seed: seed)
            #expect(labels.count == digits && labels[0] == index % 3)
            // Column by column: the grey of each square says which image it is.
            var found: [(grey: UInt8, left: Int, columns: Int)] = []
            for x in 0..<23 {
                let greys = (0..<11).map { image[x, $0] }.filter { $0 > 0 }
                guard let grey = greys.first else { continue }
                // Six rows of one grey, and nothing else in the column.
                #expect(greys == Array(repeating: grey, count: 6))
                if let last = found.last, last.left + last.columns == x, last.columns < 6 {
                    #expect(last.grey == grey)
                    found[found.count - 1].columns += 1
                } else {
                    found.append((grey, x, 1))
                }
            }
            #expect(found.map(\.columns) == Array(repeating: 6, count: digits))
            #expect(found.map { (Int($0.grey) - 80) / 10 % 3 } == labels)
            #expect((Int(found[0].grey) - 80) / 10 == index)
            corners.insert(found.map(\.left))
        }
        // 18, 78 and 56 ways to place them along the columns.
        #expect(corners.count > [15, 55, 45][digits - 1])
    }

    @Test("the same generator gives the same canvas, another one another")
    func repeatable() throws {
        let folder = try TemporaryFolder()
        let canvases = ImageCanvases(try Self.squares(folder), layout: CanvasLayout(digits: 2, clutter: 3, piece: 4))
        let first = try Self.canvas(canvases, 4, width: 40, height: 30, seed: 1)
        let again = try Self.canvas(canvases, 4, width: 40, height: 30, seed: 1)
        #expect(first.image == again.image && first.labels == again.labels)
        #expect(try Self.canvas(canvases, 4, width: 40, height: 30, seed: 2).image != first.image)
    }

    @Test("clutter adds pieces of that size and dims nothing; images without a layout stay as they are")
    func clutter() throws {
        let folder = try TemporaryFolder()
        let images = try Self.squares(folder)
        let plain = ImageCanvases(images, layout: CanvasLayout())
        for seed in 0..<40 as Range<UInt64> {
            // What is drawn for the digits comes first, so they lie where they lay.
            let bare = try Self.canvas(plain, 2, width: 32, height: 32, seed: seed).image
            let pieces = ImageCanvases(images, layout: CanvasLayout(clutter: 5, piece: 3))
            let full = try Self.canvas(pieces, 2, width: 32, height: 32, seed: seed).image
            #expect(zip(bare.pixels, full.pixels).allSatisfy { $0 <= $1 })
            let added = zip(bare.pixels, full.pixels).count { $0 < $1 }
            #expect(added > 0 && added <= 5 * 9)
        }
        let asTheyAre = ImageCanvases(images, layout: nil)
        let (image, labels) = try Self.canvas(asTheyAre, 3, width: 99, height: 99, seed: 0)
        #expect(image == (try images.image(at: 3)) && labels == [0] && asTheyAre.labelsPerCanvas == 1)
    }

    @Test("parts keep to themselves: a part's canvases show no image of another")
    func parts() throws {
        let folder = try TemporaryFolder()
        let canvases = ImageCanvases(try Self.squares(folder), layout: CanvasLayout(digits: 3, clutter: 4))
        let part = canvases.subset([1, 4])
        #expect(part.count == 2 && part.name(at: 1) == canvases.name(at: 4))
        for seed in 0..<30 as Range<UInt64> {
            let (image, labels) = try Self.canvas(part, 1, width: 30, height: 20, seed: seed)
            #expect(Set(image.pixels).isSubset(of: [0, 90, 120]) && Set(labels) == [1])
        }
        let (training, validation) = canvases.split(validation: 0.34, seed: 1)
        #expect(training.count == 6 && validation.count == 3 && validation.layout == canvases.layout)
    }

    @Test("what does not fit, and what is missing, is told with its name and what to do")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        let images = try Self.squares(folder)
        let pair = ImageCanvases(images, layout: CanvasLayout(digits: 2))
        let narrow = try #require(throws: FileError.self) {
            _ = try Self.canvas(pair, 0, width: 11, height: 30, seed: 0)
        }
        #expect(narrow.path == images.name(at: 0))
        #expect("\(narrow)".contains("2 images side by side do not fit on a canvas of 11×30 pixels"), "\(narrow)")
        let low = try #require(throws: FileError.self) {
            _ = try Self.canvas(
                ImageCanvases(images, layout: CanvasLayout()), 0, width: 30, height: 5, seed: 0)
        }
        #expect("\(low)".contains("larger input"), "\(low)")
        #expect(try Self.canvas(pair, 0, width: 12, height: 6, seed: 0).image.width == 12)
        let gone = ClassificationDataset(
            files: ["\(folder.path)/gone.png"], labels: [0], classNames: ["a", "b"])
        #expect(throws: FileError.self) {
            _ = try Self.canvas(ImageCanvases(gone, layout: CanvasLayout()), 0, width: 9, height: 9, seed: 0)
        }
        for (layout, part) in [
            (CanvasLayout(digits: 0), "digits must be 1 to 8, not 0"), (CanvasLayout(clutter: -1), "clutter must be"),
            (CanvasLayout(piece: 0), "piece must be"),
        ] { #expect(layout.problem?.contains(part) ?? false) }
    }

    @Test("loaded canvases depend on seed, epoch and number alone, whatever the threads and the batch")
    func loading() throws {
        let folder = try TemporaryFolder()
        let canvases = ImageCanvases(try Self.squares(folder), layout: CanvasLayout(digits: 2, clutter: 2))
        let preprocessing = Preprocessing(height: 16, width: 20, channels: 1)
        let source = PreparedCanvases(canvases, preprocessing)
        func epoch(_ number: Int, batchSize: Int, threads: Int) throws -> [PreparedCanvas] {
            let loader = BatchLoader(source, batchSize: batchSize, seed: 5, threads: threads) {
                Canvases(samples: $0.samples)
            }
            var samples: [PreparedCanvas] = []
            let batches = loader.epoch(number)
            while let batch = try batches.next() { samples += batch.samples }
            return samples
        }
        let first = try epoch(0, batchSize: 4, threads: 1)
        let again = try epoch(0, batchSize: 2, threads: 3)
        #expect(first.map(\.image) == again.map(\.image) && first.map(\.seed) == again.map(\.seed))
        #expect(first.map(\.labels) == again.map(\.labels) && Set(first.map(\.seed)).count == 9)
        let next = try epoch(1, batchSize: 4, threads: 2)
        #expect(zip(first, next).allSatisfy { $0.image != $1.image && $0.seed != $1.seed })
        let tensor = source.tensor(of: Array(first.prefix(2)))
        #expect(tensor.shape == [2, 1, 16, 20])
        #expect(tensor.scalars[..<320].elementsEqual(first[0].image.pixels.map { Float($0) / 255 }))
    }

    private struct Canvases: LearningBatch {
        let samples: [PreparedCanvas]
        var count: Int { samples.count }
        var names: [String] { [] }
        var inputs: [Tensor] { [] }
    }

    @Test("a pixel is white as often as it is light, anew in each epoch; or where it is lighter than half")
    func binarization() throws {
        let folder = try TemporaryFolder()
        let values: [UInt8] = [0, 51, 127, 128, 204, 255]
        let file = try folder.write(
            Image(width: 6, height: 1, channels: 1, pixels: values).pngData(), to: "grey.png")
        let images = ClassificationDataset(files: [file], labels: [0], classNames: ["a", "b"])
        let preprocessing = Preprocessing(height: 1, width: 6, channels: 1)
        let sampled = BinarizedImages(images, preprocessing, .sampled)
        var counts = [Int](repeating: 0, count: 6)
        for epoch in 0..<4000 {
            var generator = SplitMix64(seed: 3, stream: epoch, 0)
            let sample = try sampled.sample(at: 0, using: &generator)
            #expect(sample.image.pixels.allSatisfy { $0 == 0 || $0 == 255 })
            for (place, value) in sample.image.pixels.enumerated() where value == 255 { counts[place] += 1 }
        }
        #expect(counts[0] == 0 && counts[5] == 4000)
        for (count, value) in zip(counts, values) {
            let chance = Double(value) / 255
            // Five deviations.
            #expect(abs(Double(count) - 4000 * chance) <= 5 * (4000 * chance * (1 - chance)).squareRoot())
        }
        var (one, other) = (SplitMix64(seed: 3, stream: 0, 0), SplitMix64(seed: 3, stream: 0, 0))
        #expect(try sampled.sample(at: 0, using: &one).image == sampled.sample(at: 0, using: &other).image)
        let threshold = BinarizedImages(images, preprocessing, .threshold)
        let sample = try threshold.sample(at: 0, using: &one)
        #expect(sample.image.pixels == [0, 0, 0, 255, 255, 255])
        #expect(threshold.tensor(of: [sample]).scalars == [0, 0, 0, 1, 1, 1])
    }

    @Test(
        "MNIST on canvases: the digit is there unchanged, and 100×100 pixels have room for pairs",
        .enabled(if: ReferenceData.has("mnist"), Comment(rawValue: ReferenceData.missing)))
    func digits() throws {
        let images = try ClassificationDataset(at: ReferenceData.path("mnist"), split: .test)
        let canvases = ImageCanvases(images, layout: CanvasLayout(digits: 2))
        for index in [0, 17, 9999] {
            let (canvas, labels) = try Self.canvas(canvases, index, width: 100, height: 100, seed: 7)
            #expect(labels.count == 2 && labels[0] == images.label(at: index))
            let digit = try images.image(at: index)
            let isThere = (0...72).contains { y in
                (0...44).contains { x in canvas.cropped(x: x, y: y, width: 28, height: 28) == digit }
            }
            #expect(isThere)
        }
    }
}
