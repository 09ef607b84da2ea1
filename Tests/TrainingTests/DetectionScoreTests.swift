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

@Suite struct DetectionScoreTests {
    // MARK: Beside pycocotools: Tests/Fixtures/make_result_fixtures.py

    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/results").standardizedFileURL.path

    struct Result: Codable, Equatable {
        struct Segmentation: Codable, Equatable {
            let size: [Int]
            let counts: String
        }
        let image, category: Int
        let bbox: [Double]
        let score: Double
        let segmentation: Segmentation?

        private enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case bbox, score, segmentation
        }
    }

    private struct Expected: Decodable {
        struct Class: Decodable {
            let ap, ap50: Double
            let curve: [Double]
        }
        let stats: [Double]
        let classes: [String: Class]
    }

    private static func decoded<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(name)")))
    }

    /// What is in the files of truths and detections, judged.
    private static func judged() throws -> (score: DetectionScore, data: DetectionDataset) {
        let data = try DetectionDataset(at: "\(fixtures)/instances.json", imageFolder: fixtures)
        let found = Dictionary(grouping: try decoded("detections.json", as: [Result].self), by: \.image)
        let ids = try #require(data.categoryIDs)
        let labels = Dictionary(uniqueKeysWithValues: data.classNames.enumerated().map { (ids[$1] ?? -1, $0) })
        var score = DetectionScore(classes: data.classNames.count)
        score.categoryIDs = data.categoryIDs
        for sample in data.samples {
            let size = try #require(sample.size)
            let objects = try (found[sample.id ?? -1] ?? []).map { result in
                DetectedObject(
                    category: labels[result.category] ?? -1, label: "", score: result.score,
                    box: Box(x: result.bbox[0], y: result.bbox[1], width: result.bbox[2], height: result.bbox[3]),
                    mask: try RunLengthMask(
                        width: size.width, height: size.height, compressed: result.segmentation?.counts ?? ""))
            }
            try score.add(objects, on: original(sample, size), hasMasks: true)
        }
        return (score, data)
    }

    private static func original(_ sample: DetectionSample, _ size: PixelSize) -> DetectionBatch.Original {
        DetectionBatch.Original(
            sample: sample, size: size,
            visiblePart: Box(x: 0, y: 0, width: Double(size.width), height: Double(size.height)))
    }

    @Test("boxes and masks have pycocotools’ numbers, in all and by class, whatever the order of the images")
    func numbers() throws {
        let (score, data) = try Self.judged()
        let report = DetectionReport(score, classNames: data.classNames)
        let expected = try Self.decoded("expected.json", as: [String: Expected].self)
        #expect(report.sides.map(\.name) == ["boxes", "masks"])
        for side in report.sides {
            let theirs = try #require(expected[side.name])
            for ((name, mine), number) in zip(side.scores.inOrder, theirs.stats) {
                #expect(abs((mine ?? -1) - number) < 1e-9, "\(side.name) \(name)")
            }
            #expect(Set(theirs.stats).count > 8)
            #expect(side.classes.count == 3 && theirs.classes.count == 4)
            for (label, scores) in side.classes {
                let id = try #require(data.categoryIDs?[data.classNames[label]])
                let their = try #require(theirs.classes[String(id)])
                #expect(abs(scores.ap - their.ap) < 1e-9 && abs(scores.ap50 - their.ap50) < 1e-9)
                #expect(zip(scores.precision50, their.curve).allSatisfy { abs($0 - $1) < 1e-9 })
            }
            #expect(abs(try #require(side.errors.ap50) - theirs.stats[1]) < 1e-9)
        }
        #expect(abs(try #require(score.metrics[.ap]) - expected["boxes"]!.stats[0]) < 1e-9)
        #expect(abs(try #require(score.metrics[.maskAP75]) - expected["masks"]!.stats[2]) < 1e-9)
    }

    @Test("the file of results says what was found, with the data set’s own numbers")
    func results() throws {
        let (score, data) = try Self.judged()
        let bytes = try score.cocoResults(classNames: data.classNames)
        let written = try JSONDecoder().decode([Result].self, from: Data(bytes))
        let found = try Self.decoded("detections.json", as: [Result].self)
        let ids = found.map(\.image)
        let sorted = found.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }.map { found[$0] }
        #expect(written == sorted && written.count > 20)
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == written.count + 2)
    }

    @Test(
        "where the data set has no numbers, they go from 1 on; a class that it does not know gets one behind all others"
    )
    func numbering() throws {
        let place = Problem.Place(file: "a")
        func sample(_ name: String, id: Int?) -> DetectionSample {
            DetectionSample(image: name, name: name, id: id, size: nil, objects: [], place: place)
        }
        func written(_ ids: [Int?], _ categories: [String: Int]?, _ names: [String]) throws -> [[Int]] {
            var score = DetectionScore(classes: names.count)
            score.categoryIDs = categories
            for (number, id) in ids.enumerated() {
                let found = names.indices.map {
                    DetectedObject(category: $0, label: "", score: 0.5, box: Box(x: 1, y: 2, width: 3, height: 4))
                }
                let size = PixelSize(width: 9, height: 9)
                try score.add(found, on: Self.original(sample("\(number)", id: id), size), hasMasks: false)
            }
            let results = try JSONDecoder().decode([Result].self, from: Data(score.cocoResults(classNames: names)))
            #expect(results.allSatisfy { $0.bbox == [1, 2, 3, 4] && $0.segmentation == nil })
            return results.map { [$0.image, $0.category] }
        }
        #expect(try written([nil, nil], nil, ["a", "b"]) == [[1, 1], [1, 2], [2, 1], [2, 2]])
        #expect(try written([7, 3], ["b": 4], ["a", "b"]) == [[3, 5], [3, 4], [7, 5], [7, 4]])
        // Two files may have an image of the same number each.
        #expect(try written([7, 7], ["a": -4], ["a", "b"]) == [[1, -4], [1, 1], [2, -4], [2, 1]])
        #expect(try written([7, nil], ["a": .max], ["a"]) == [[1, 1], [2, 1]])
        #expect(try written([], nil, ["a"]).isEmpty)
    }

    // MARK: What is judged

    @Test("objects that VOC calls difficult count neither way for it; COCO knows no such objects")
    func difficult() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/Annotations", withIntermediateDirectories: true)
        func object(_ x: Int, difficult: Int) -> String {
            "<object><name>cow</name><difficult>\(difficult)</difficult><bndbox><xmin>\(x + 1)</xmin><ymin>1</ymin>"
                + "<xmax>\(x + 20)</xmax><ymax>20</ymax></bndbox></object>"
        }
        let xml =
            "<annotation><filename>a.jpg</filename><size><width>200</width><height>100</height><depth>3</depth></size>"
            + object(0, difficult: 0) + object(50, difficult: 1) + object(100, difficult: 1) + "</annotation>"
        try xml.write(toFile: "\(folder.path)/Annotations/a.xml", atomically: true, encoding: .utf8)
        let data = try DetectionDataset(at: folder.path)
        var score = DetectionScore(classes: 1)
        let size = PixelSize(width: 200, height: 100)
        // One of the difficult ones is found, surer than the easy one.
        let found = [(50.0, 0.9), (0, 0.8)].map {
            DetectedObject(category: 0, label: "", score: $0.1, box: Box(x: $0.0, y: 0, width: 20, height: 20))
        }
        try score.add(found, on: Self.original(data.samples[0], size), hasMasks: false)
        struct Answer: Decodable {
            struct Class: Decodable { let objects, difficult, detections: Int }
            let vocAP, vocAP11: Double
            let perClass: [Class]
        }
        let report = DetectionReport(score, classNames: ["cow"]).report
        let answer = try JSONDecoder().decode(Answer.self, from: JSONEncoder().encode(report.json))
        #expect(answer.vocAP == 1 && abs(answer.vocAP11 - 1) < 1e-12)
        #expect(answer.perClass[0].objects == 3 && answer.perClass[0].difficult == 2)
        // Two of three: up to a recall of two thirds.
        #expect(abs(try #require(score.metrics[.ap50]) - 67.0 / 101) < 1e-12)
        // What need not be found is not missed.
        #expect(report.images.isEmpty)
    }

    @Test("without a mask for each object there is no mask AP; masks of another size are refused")
    func masks() throws {
        let (box, size) = (Box(x: 0, y: 0, width: 5, height: 5), PixelSize(width: 10, height: 8))
        let place = Problem.Place(file: "a")
        let polygon = AnnotatedObject.Outline.polygons([Polygon(box)])
        func score(_ outlines: [AnnotatedObject.Outline?]) throws -> DetectionScore {
            var score = DetectionScore(classes: 1)
            let sample = DetectionSample(
                image: "a", name: "a", size: size,
                objects: outlines.map { AnnotatedObject(label: 0, box: box, outline: $0, place: place) }, place: place)
            let mask = try RunLengthMask(width: 10, height: 8, polygons: [Polygon(box)])
            try score.add(
                [DetectedObject(category: 0, label: "", score: 1, box: box, mask: mask)],
                on: Self.original(sample, size),
                hasMasks: true)
            return score
        }
        #expect(abs(try #require(score([polygon]).metrics[.maskAP]) - 1) < 1e-12)
        #expect(try score([polygon, nil]).metrics[.maskAP] == nil)
        #expect(try score([polygon, nil]).metrics[.ap] != nil)
        #expect(try score([]).metrics.isEmpty)
        let other = try RunLengthMask(width: 8, height: 10, runs: [80])
        #expect(throws: GeometryError.self) { try score([.mask(other)]) }
    }

    @Test("tables, charts, images and JSON of the same score")
    func report() throws {
        let (score, data) = try Self.judged()
        let report = DetectionReport(score, classNames: data.classNames).report
        #expect(report.count == 8 && report.rows.map(\.name) == data.classNames)
        #expect(report.rows.allSatisfy { $0.values.count == report.columns.count })
        for table in report.tables { #expect(table.rows.allSatisfy { $0.values.count == table.columns.count }) }
        #expect(report.tables[0].rows.map(\.name) == ["boxes", "masks"] && report.tables[0].columns.count == 12)
        let knife = try #require(report.rows.first { $0.name == "knife" })
        #expect(knife.values[0].isNaN && knife.values.suffix(2) == [0, 0])

        #expect(report.charts.map(\.name) == ["precision-recall", "precision-recall-masks", "errors"])
        guard case .curves(let curves, _, _) = report.charts[0].panels[0].content else {
            Issue.record("no curves")
            return
        }
        // Of three classes, and their mean, whose end is the farthest.
        #expect(curves.count == 4 && curves[0].name.hasPrefix("mean of 3 "))
        for curve in curves {
            #expect(curve.points.allSatisfy { (0...1).contains($0.x) && (0...1).contains($0.y) })
            #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.x <= $1.x && $0.y >= $1.y - 1e-12 })
        }

        // The worst first; each object in one of the colours.
        let mistakes = report.images.map { image in image.objects.count { $0.outcome != "found" } }
        #expect(mistakes == mistakes.sorted(by: >) && mistakes.allSatisfy { $0 > 0 } && mistakes.count > 3)
        #expect(report.images.allSatisfy { image in image.objects.allSatisfy { image.outcomes.contains($0.outcome) } })
        let missed = report.images.flatMap(\.objects).filter { $0.outcome == "missed" }
        #expect(!missed.isEmpty && missed.allSatisfy { $0.score == nil })

        struct Answer: Decodable {
            struct Curves: Decodable {
                struct Steps: Decodable { let recall, precision: [Double] }
                let boxes50, boxes75, masks50: [Double]?
                let voc: Steps?
            }
            struct Class: Decodable {
                let name: String
                let ap, maskAP, vocAP: Double?
                let errors: [String: Int]
                let curves: Curves
            }
            struct Errors: Decodable { let boxes, masks: [DetectionErrorCosts.Share] }
            let images: Int
            let coco, cocoMasks: COCOScores
            let errors: Errors
            let perClass: [Class]
        }
        let answer = try JSONDecoder().decode(Answer.self, from: JSONEncoder().encode(report.json))
        #expect(answer.images == 8 && answer.coco == score.boxPrecision.result)
        #expect(answer.cocoMasks == score.maskPrecision?.result)
        for one in answer.perClass where one.name != "knife" {
            #expect(one.curves.boxes50?.count == 101 && one.curves.masks50?.count == 101 && one.maskAP != nil)
            // VOC's area under its steps.
            let steps = try #require(one.curves.voc)
            var (area, best) = (0.0, 0.0)
            for place in steps.recall.indices.reversed() {
                best = max(best, steps.precision[place])
                area += (steps.recall[place] - (place == 0 ? 0 : steps.recall[place - 1])) * best
            }
            #expect(abs(area - (one.vocAP ?? .nan)) < 1e-12)
        }
        for share in answer.errors.boxes {
            #expect(answer.perClass.reduce(0) { $0 + ($1.errors[share.kind.rawValue] ?? 0) } == share.count)
        }
    }

    @Test("of many classes the best and the worst five are drawn; nothing at all is told, too")
    func many() throws {
        func score(classes: Int, images: Int) throws -> DetectionReport {
            var score = DetectionScore(classes: max(classes, 1))
            for image in 0..<images {
                let place = Problem.Place(file: "a")
                let box = Box(x: 0, y: 0, width: 10, height: 10)
                let sample = DetectionSample(
                    image: "a", name: "a", size: nil,
                    objects: (0..<classes).map { AnnotatedObject(label: $0, box: box, place: place) }, place: place)
                // The later a class, the more often it is found.
                let found = (0..<classes).filter { $0 >= image }.map {
                    DetectedObject(category: $0, label: "", score: 0.9, box: box)
                }
                try score.add(
                    found, on: Self.original(sample, PixelSize(width: 10, height: 10)), hasMasks: false)
            }
            return DetectionReport(score, classNames: (0..<max(classes, 1)).map { "c\($0)" })
        }
        let report = try score(classes: 30, images: 30).report
        guard case .curves(let curves, _, _) = report.charts[0].panels[0].content else {
            Issue.record("no curves")
            return
        }
        #expect(curves.count == 11 && curves[1].name.hasPrefix("c29 ") && curves[10].name.hasPrefix("c0 "))
        #expect(report.charts[0].panels[0].title.hasSuffix("the best and the worst five"))
        #expect(report.images.count == 12)
        let empty = try score(classes: 0, images: 0).report
        #expect(empty.count == 0 && empty.metrics.isEmpty && empty.images.isEmpty)
        #expect(try JSONEncoder().encode(empty.json).count > 10)
        #expect(try empty.files[0].contents() == Array("[\n]\n".utf8))
    }
}
