import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
import SaccadeLoading
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct DetectionJudgingTests {
    static let preprocessings = [
        Preprocessing(height: 40, width: 64, channels: 3),
        Preprocessing(height: 40, width: 30, channels: 3, resizing: .centerCrop(shortSide: 44)),
        Preprocessing(height: 48, width: 48, channels: 3, resizing: .fit(shortSide: 48, longSide: 70)),
    ]

    @Test(
        "what the network finds goes back to where it is on the image", arguments: preprocessings.indices,
        [PixelSize(width: 90, height: 55), PixelSize(width: 41, height: 120)])
    func places(_ number: Int, _ size: PixelSize) throws {
        let preprocessing = Self.preprocessings[number]
        let part = preprocessing.visiblePart(of: size)
        let boxes = [(0.1, 0.2, 0.5, 0.6), (0.3, 0.3, 0.4, 0.9), (0, 0, 1, 1)].map { left, top, right, bottom in
            Box(
                left: part.left + left * part.width, top: part.top + top * part.height,
                right: part.left + right * part.width, bottom: part.top + bottom * part.height)
        }
        let image = try AnnotatedImage(
            Image(width: size.width, height: size.height, filledWith: [10, 20, 30]),
            Annotations(objects: boxes.map { .init(category: 2, box: $0) })
        ).fitted(by: preprocessing)
        let seen = image.annotations.objects.map(\.box)
        let detections = RegionCNN.Detections(
            objects: DetectedBoxes(boxes: Boxes(seen), labels: [3, 3, 3], scores: [0.75, 0.5, 0.25]),
            masks: seen.map { _ in [Float](repeating: 1, count: RegionCNN.maskSide * RegionCNN.maskSide) })
        let found = try detections.objects(
            on: part, seenAs: ImageSize(width: image.image.width, height: image.image.height), of: size,
            classNames: ["a", "b", "c"])
        #expect(found.map(\.score) == [0.75, 0.5, 0.25] && found.allSatisfy { $0.category == 2 && $0.label == "c" })
        for (found, box) in zip(found, boxes) {
            let mask = try #require(found.mask)
            #expect(mask.width == size.width && mask.height == size.height)
            for edge in [\Box.left, \Box.top, \Box.right, \Box.bottom] {
                #expect(abs(found.box[keyPath: edge] - box[keyPath: edge]) < 1e-4)
                // Whole pixels, of a mask with a frame of zeros around it.
                #expect(abs(mask.bounds[keyPath: edge] - box[keyPath: edge]) <= 2, "\(mask.bounds) \(box)")
            }
        }
        guard case .centerCrop = preprocessing.resizing else {
            #expect(part == Box(x: 0, y: 0, width: Double(size.width), height: Double(size.height)))
            return
        }
        #expect(part.area < Double(size.width * size.height) && part.left >= 0 && part.right <= Double(size.width))
    }

    @Test("a network is judged by all objects of each image, in its own pixels, however it sees them")
    func judging() throws {
        let folder = try TemporaryFolder()
        let sizes = [(90, 60), (50, 80), (64, 64), (33, 97)]
        var (images, annotations) = ([String](), [String]())
        for (number, size) in sizes.enumerated() {
            var generator = SystemRandomNumberGenerator()
            let pixels = (0..<size.0 * size.1 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try Image(width: size.0, height: size.1, channels: 3, pixels: pixels).writePNG(
                to: "\(folder.path)/\(number).png")
            images.append(
                "{\"id\": \(9 - number), \"file_name\": \"\(number).png\", \"width\": \(size.0), \"height\": \(size.1)}"
            )
            // The second lies in a corner, which a crop leaves out.
            for (x, y) in [(12, 30), (0, 0)] {
                annotations.append(
                    "{\"id\": \(annotations.count + 1), \"image_id\": \(9 - number), \"category_id\": 4, \"iscrowd\": 0, "
                        + "\"area\": 77, \"bbox\": [\(x), \(y), 9, 6]}")
            }
        }
        try """
        {"images": [\(images.joined(separator: ", "))], "annotations": [\(annotations.joined(separator: ", "))],
        "categories": [{"id": 4, "name": "dot"}, {"id": 2, "name": "dash"}]}
        """.write(toFile: "\(folder.path)/instances.json", atomically: true, encoding: .utf8)
        for resizing in ["stretch", "crop", "fit, longSide: 80"] {
            try """
            task: detect
            detect: {proposals: 20, limit: 7}
            network: {faster-rcnn: {backbone: scenes, pyramid: 8, width: 8, sizes: [8, 16, 32], masks: true}}
            input: 64x64x3
            classes: 2
            preprocessing: {resize: \(resizing)}
            """.write(toFile: "\(folder.path)/r.yaml", atomically: true, encoding: .utf8)
            var request = ModelRequest()
            (request.architecture, request.seed) = ("\(folder.path)/r.yaml", 5)
            // Not in the order of the data.
            (request.classes, request.classNames) = (2, ["dash", "dot"])
            let model = try LoadedModel(request)
            guard case .detect(let task) = model.description.task else {
                Issue.record("another task")
                return
            }
            let network = try #require(model.network as? RegionCNN)
            let opened = try task.open("\(folder.path)/instances.json", split: .all, unusableFraction: 0)
            let data = try task.matched(opened, hasNames: true) { _ in }
            #expect(data.classNames == ["dash", "dot"] && data.categoryIDs == ["dot": 4, "dash": 2])
            let loader = try task.batches(of: data, for: model.description, batchSize: 2)
            let batches = loader.batches(ofEpoch: 0, from: 0)
            var (score, seen) = (task.noScore, [(RegionCNN.Detections, ImageSize)]())
            while let batch = try batches.next() {
                seen += zip(try network.detect(batch.images, sizes: batch.sizes), batch.sizes)
                try task.judge(Runner(network), by: batch, into: &score)
            }
            #expect(score.count == 4 && score.images.map(\.sample.id) == [6, 7, 8, 9])
            let preprocessing = model.description.imagePreprocessing
            for (judged, (seen, seenSize)) in zip(score.images.reversed(), seen) {
                #expect(judged.sample.objects.count == 2 && judged.sample.objects.allSatisfy { $0.label == 1 })
                #expect(judged.found.count == seen.objects.labels.count && judged.found.count > 3)
                let part = preprocessing.visiblePart(of: judged.size)
                for (found, box) in zip(judged.found, seen.objects.boxes) {
                    let left = part.left + box.left * part.width / Double(seenSize.width)
                    let bottom = part.top + box.bottom * part.height / Double(seenSize.height)
                    #expect(abs(found.box.left - left) < 1e-4 && abs(found.box.bottom - bottom) < 1e-4)
                    #expect(found.mask?.width == judged.size.width && found.mask?.height == judged.size.height)
                }
            }
            let report = task.report(score)
            #expect(report.count == 4 && report.rows.map(\.name) == ["dash", "dot"])
            #expect(report.rows[1].values.suffix(2).first == 8)
            let results = try JSONDecoder().decode(
                [DetectionScoreTests.Result].self, from: Data(report.files[0].contents()))
            #expect(
                Set(results.map(\.image)) == [6, 7, 8, 9] && Set(results.map(\.category)).isSubset(of: [2, 4]))
        }
    }

    // MARK: What is told
}
