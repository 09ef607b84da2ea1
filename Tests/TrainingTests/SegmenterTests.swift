import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct SegmenterTests {
    // MARK: Tiles

    @Test(
        "tiles answer for each pixel once, from places that a pooling network halves alike",
        arguments: [(572, 388, 16), (52, 12, 4), (64, 64, 32), (100, 100, 1), (20, 4, 8)], [1, 7, 64, 131, 640])
    func tiles(_ tile: (Int, Int, Int), _ length: Int) {
        let (size, result, multiple) = tile
        let tiles = OverlapTiles(
            PixelSize(width: length, height: 50), size: PixelSize(width: size, height: size),
            result: PixelSize(width: result, height: result), multiple: Pair(multiple, multiple))
        var counts = [Int](repeating: 0, count: length * 50)
        let around = (size - result) / 2
        for tile in tiles.tiles {
            for y in tile.rows { for x in tile.columns { counts[y * length + x] += 1 } }
            #expect(tile.columns.lowerBound >= tile.x + around && tile.columns.upperBound <= tile.x + around + result)
            #expect(tile.rows.lowerBound >= tile.y + around && tile.rows.upperBound <= tile.y + around + result)
            if result >= multiple { #expect((tile.x + around) % multiple == 0 && (tile.y + around) % multiple == 0) }
        }
        #expect(counts.allSatisfy { $0 == 1 })
    }

    /// A network of a recipe with random weights, as a run would leave it.
    private static func model(_ network: String, input: String, classes: Int = 3, more: String = "") throws
        -> LoadedModel
    {
        let folder = try TemporaryFolder()
        try "task: segment\nnetwork: \(network)\ninput: \(input)\nclasses: \(classes)\n\(more)".write(
            toFile: "\(folder.path)/r.yaml", atomically: true, encoding: .utf8)
        var request = ModelRequest()
        (request.architecture, request.seed, request.classes) = ("\(folder.path)/r.yaml", 7, classes)
        return try LoadedModel(request)
    }

    private static func photo(_ width: Int, _ height: Int, channels: Int = 3) -> Image {
        var generator = SplitMix64(seed: 3)
        let noise = Image(
            width: width / 6 + 2, height: height / 6 + 2, channels: channels,
            pixels: (0..<(width / 6 + 2) * (height / 6 + 2) * channels).map { _ in
                .random(in: 0...255, using: &generator)
            })
        return noise.resized(width: width, height: height, filter: .bicubic)
    }

    private static func map(_ segmenter: Segmenter, _ image: Image) throws -> PixelMap {
        var map = PixelMap(image.size, classes: segmenter.classNames.count)
        try segmenter.forEachPart(of: image) { part, _ in map.add(part) }
        return map
    }

    @Test(
        "of U-Net the tiled result is the untiled one, whatever the image's size",
        arguments: [(70, 45), (131, 97), (12, 9), (200, 60)])
    func overlapTile(_ width: Int, _ height: Int) throws {
        let model = try Self.model(
            "{unet: {width: 4, levels: 3}}", input: "52x60x3", more: "preprocessing: {resize: tiles}\n")
        let image = Self.photo(width, height)
        let tiled = try Self.map(Segmenter(model), image)
        let larger = try Self.map(Segmenter(model, tiling: .side(84)), image)
        let whole = try Self.map(Segmenter(model, tiling: .whole), image)
        for other in [tiled, larger] {
            #expect(zip(other.probabilities, whole.probabilities).allSatisfy { abs($0 - $1) < 1e-5 })
        }
        // What it says is not one class everywhere with one probability.
        #expect(Set(whole.probabilities.map { Int($0 * 1000) }).count > 20)
    }

    @Test("an answer is the network's own for an image that fits, and the image's size comes back")
    func direct() throws {
        let model = try Self.model("{unet-padded: {width: 4, levels: 3}}", input: "48x64x3")
        let network = try #require(model.network as? AnyModel)
        let segmenter = try Segmenter(model)
        let image = Self.photo(64, 48)
        let preprocessing = try #require(model.preprocessing)
        let scores = network([Tensor(preprocessing(image), shape: [1, 3, 48, 64])])[0]
        let expected = softmax(scores, axis: 1).scalars
        #expect(zip(try Self.map(segmenter, image).probabilities, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        let large = Self.photo(150, 100)
        let result = try segmenter(large)
        #expect(result.classes.count == 150 * 100 && result.counts.reduce(0, +) == 150 * 100)
        // Enlarged as PyTorch's bilinear interpolation does it.
        let small = network([Tensor(preprocessing(large), shape: [1, 3, 48, 64])])[0]
        let enlarged = softmax(small, axis: 1).resized(to: Pair(100, 150)).scalars
        #expect(zip(try Self.map(segmenter, large).probabilities, enlarged).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test("sizes of tiles that the network cannot take are refused, with those that it can")
    func badTiles() throws {
        let model = try Self.model("{unet: {width: 2}}", input: "188x188x1", classes: 2)
        let error = try #require(throws: RunError.self) { _ = try Segmenter(model, tiling: .side(200)) }
        #expect("\(error)".contains("188 or 204"), "\(error)")
        #expect(throws: RunError.self) { _ = try Segmenter(model, tiling: .side(1 << 40)) }
        let classifier = try #require(throws: RunError.self) {
            var request = ModelRequest()
            (request.architecture, request.seed) = ("mnist", 1)
            _ = try Segmenter(LoadedModel(request))
        }
        #expect("\(classifier)".contains("not to segment"))
    }

    // MARK: Objects

    @Test("objects are what hangs together of one class, along edges or across corners")
    func objects() {
        let rows: [[UInt8]] = [[1, 0, 2, 2], [0, 1, 2, 0], [1, 1, 0, 3]]
        var image = SegmentedImage(PixelSize(width: 4, height: 3), classes: 4)
        var probabilities = [Float](repeating: 0, count: 4 * 12)
        for (pixel, value) in rows.joined().enumerated() { probabilities[Int(value) * 12 + pixel] = 1 }
        image.add(PixelPart(columns: 0..<4, rows: 0..<3, probabilities: probabilities))
        #expect(image.classes == Array(rows.joined()) && image.counts == [4, 4, 3, 1])
        let edges = image.objects(background: 0)
        #expect(edges.all.map(\.pixels).sorted() == [1, 1, 3, 3])
        let corners = image.objects(background: 0, across: true)
        #expect(corners.all.map(\.pixels).sorted() == [1, 3, 4])
        let large = image.objects(background: 0, leastPixels: 2)
        #expect(large.all.map(\.number) == [1, 2] && Set(large.labels) == [0, 1, 2])
        #expect(large.all.first { $0.classNumber == 2 }?.box.width == 2)
        // eye(5): one object across corners, as in scikit-image; five along edges, as in SciPy.
        var eye = SegmentedImage(PixelSize(width: 5, height: 5), classes: 2)
        var diagonal = [Float](repeating: 0, count: 50)
        for pixel in 0..<25 { diagonal[(pixel % 6 == 0 ? 25 : 0) + pixel] = 1 }
        eye.add(PixelPart(columns: 0..<5, rows: 0..<5, probabilities: diagonal))
        #expect(eye.objects(background: 0).all.count == 5)
        #expect(eye.objects(background: 0, across: true).all.count == 1)
    }

    @Test("with a threshold the background gives way where all others together are more probable")
    func threshold() {
        // Three classes at four pixels; the background is 1.
        let probabilities: [Float] = [0.3, 0.2, 0.05, 0.4, 0.4, 0.7, 0.9, 0.5, 0.3, 0.1, 0.05, 0.1]
        func classes(_ least: Float?) -> [UInt8] {
            var image = SegmentedImage(
                PixelSize(width: 4, height: 1), classes: 3, threshold: least.map { (1, $0) })
            image.add(PixelPart(columns: 0..<4, rows: 0..<1, probabilities: probabilities))
            return image.classes
        }
        #expect(classes(nil) == [1, 1, 1, 1])
        #expect(classes(0.5) == [0, 1, 1, 1] && classes(0.2) == [0, 0, 1, 0] && classes(0) == [0, 0, 0, 0])
        #expect(classes(1) == [1, 1, 1, 1])
    }

    @Test("masks that number objects are learnt from with background between any two")
    func touchingObjects() throws {
        let folder = try TemporaryFolder()
        let rows: [[UInt8]] = [[1, 1, 2, 2, 0], [1, 1, 2, 0, 0], [0, 0, 0, 3, 3]]
        for (part, channels) in [("PNGImages", 3), ("PedMasks", 1)] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(part)", withIntermediateDirectories: true)
            let pixels = channels == 1 ? Array(rows.joined()) : [UInt8](repeating: 9, count: 45)
            try Image(width: 5, height: 3, channels: channels, pixels: pixels).writePNG(
                to: "\(folder.path)/\(part)/a\(channels == 1 ? "_mask" : "").png")
        }
        var task = Segmentation()
        task.objects = true
        let samples = try task.open(folder.path, split: .all, unusableFraction: 0)
        #expect(try task.classNames(of: samples) == ["background", "object"])
        let classes = try samples.annotations(at: 0, of: PixelSize(width: 5, height: 3))?.classes
        #expect(classes == [1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    }

    // MARK: Scores

    @Test("scores are of all pixels together, as torchmetrics' JaccardIndex has them; a class that is nowhere has none")
    func scores() throws {
        var score = SegmentationScore(classes: 3, borderClass: nil)
        for (truth, found) in [([0, 0, 0, 0], [0, 0, 0, 1]), ([1, 1, 1, 0], [1, 1, 1, 1])] as [([UInt8], [Int])] {
            var probabilities = [Float](repeating: 0, count: 12)
            for (pixel, number) in found.enumerated() { probabilities[number * 4 + pixel] = 1 }
            score.add(
                [PixelPart(columns: 0..<4, rows: 0..<1, probabilities: probabilities)], truth: truth, width: 4)
        }
        // Means over images would be 0.375.
        #expect(abs((score.metrics[.meanIoU] ?? 0) - 0.6) < 1e-12)
        #expect(abs((score.metrics[.pixelAccuracy] ?? 0) - 0.75) < 1e-12)
        let report = score.report(classNames: ["a", "b", "c"])
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report.json)) as? [String: Any]
        let keys = try #require(json).keys
        #expect(Set(keys).isSuperset(of: ["globalAccuracy", "classAccuracy", "meanIoU", "perClass", "dice"]))
        let perClass = try #require(json?["perClass"] as? [[String: Any]])
        #expect(perClass[2]["iou"] == nil && perClass[0]["iou"] as? Double == 0.6)
    }

    @Test("whole images are judged tile by tile, their borders as the ISBI challenge judged them")
    func wholeImages() throws {
        let folder = try TemporaryFolder()
        for part in ["image", "label"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(part)", withIntermediateDirectories: true)
        }
        for (index, size) in [(70, 50), (61, 83)].enumerated() {
            try Self.photo(size.0, size.1, channels: 1).writePNG(to: "\(folder.path)/image/\(index).png")
            let mask = (0..<size.0 * size.1).map { UInt8($0 % size.0 == 20 ? 0 : 255) }
            try Image(width: size.0, height: size.1, channels: 1, pixels: mask).writePNG(
                to: "\(folder.path)/label/\(index).png")
        }
        let model = try Self.model(
            "{unet: {width: 2, levels: 2}}", input: "40x40x1", classes: 2,
            more: "preprocessing: {resize: tiles}\nsegment: {classes: [membrane, cell], borderClass: 0}\n")
        guard case .segment(var task) = model.description.task else { throw CancellationError() }
        task.classNames = ["membrane", "cell"]
        let network = try #require(model.network as? AnyModel)
        let samples = try task.open(folder.path, split: .all, unusableFraction: 0)
        let batches = try task.batches(of: samples, for: model.description, batchSize: 2)
        let score = try evaluate(task, Runner(network), over: batches)
        #expect(score.count == 2 && score.confusion.counts.joined().reduce(0, +) == 70 * 50 + 61 * 83)
        // By the segmenter, which the command uses.
        var expected = SegmentationScore(classes: 2, borderClass: 0)
        let segmenter = try Segmenter(model)
        for index in 0..<2 {
            let image = try samples.image(at: index, atLeast: nil)
            var parts: [PixelPart] = []
            try segmenter.forEachPart(of: image) { part, _ in parts.append(part) }
            expected.add(
                parts, truth: try samples.annotations(at: index, of: image.size)?.classes ?? [], width: image.width)
        }
        for (metric, value) in expected.metrics {
            #expect(abs((score.metrics[metric] ?? -1) - value) < 1e-4, "\(metric)")
        }
        #expect(score.metrics[.randScore] != nil && score.metrics[.informationScore] != nil)
    }

    // MARK: Data

    @Test(
        "the recipe for ISBI 2012 learns from 24 slices and holds six back, always the same",
        .enabled(if: ReferenceData.has("isbi2012"), Comment(rawValue: ReferenceData.missing)))
    func heldOutSlices() throws {
        let recipe = try Recipe(yaml: Recipe.text(fileOrName: "unet-isbi"), source: "unet-isbi")
        guard case .segment(let task) = recipe.model.task else { throw CancellationError() }
        let training = try Training(task, recipe, data: ReferenceData.path("isbi2012"))
        #expect(training.training.count == 24 && training.task.classNames == ["membrane", "cell"])
        let held = (0..<training.validation.count).map {
            URL(fileURLWithPath: training.validation.name(at: $0)).lastPathComponent
        }
        #expect(Set(held) == ["2.png", "4.png", "16.png", "26.png", "27.png", "28.png"])
    }
}
