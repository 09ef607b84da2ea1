import Foundation
import SaccadeGeometry
import SaccadeMetrics
import TestSupport
import Testing

@Suite struct VOCAveragePrecisionTests {
    struct Expected: Decodable {
        var elevenPoint, allPoint: Double
        var classes: [String: [String: Double]]

        enum CodingKeys: String, CodingKey {
            case elevenPoint = "mAP07"
            case allPoint = "mAP"
            case classes = "per_class"
        }
    }

    @Test(
        "Pascal VOC 2012 is judged as by voc_eval.py",
        .enabled(if: ReferenceData.has("voc2012_100"), Comment(rawValue: ReferenceData.missing)))
    func voc() throws {
        let expected: Expected = try ReferenceData.decoded("voc2012_100/expected_voc_ap.json")
        let names = expected.classes.keys.sorted()
        var precision = VOCAveragePrecision(classes: 20)
        for id in try ReferenceData.lines("voc2012_100/ids.txt") {
            let xml = try String(
                contentsOfFile: ReferenceData.path("voc2012_100/Annotations/\(id).xml"), encoding: .utf8)
            let truths = try xml.components(separatedBy: "<object>").dropFirst().map { object in
                func tag(_ name: String) throws -> String {
                    let start = try #require(object.range(of: "<\(name)>")).upperBound
                    let end = try #require(object.range(of: "</\(name)>")).lowerBound
                    return String(object[start..<end])
                }
                func edge(_ name: String) throws -> Double { try #require(Double(tag(name))) }
                return VOCAveragePrecision.Truth(
                    // The last pixel is inclusive.
                    Box(
                        left: try edge("xmin"), top: try edge("ymin"), right: try edge("xmax") + 1,
                        bottom: try edge("ymax") + 1),
                    label: try #require(names.firstIndex(of: tag("name"))), isDifficult: try tag("difficult") == "1")
            }
            precision.add(
                truths: truths,
                detections: try detections("voc2012_100/other_formats/dets/abs_xywh/\(id).txt") { Int($0)! })
        }
        #expect(abs(try #require(precision.meanElevenPoint) - expected.elevenPoint) < 1e-12)
        #expect(abs(try #require(precision.mean) - expected.allPoint) < 1e-12)
        for (name, result) in zip(names, precision.classResults) {
            let theirs = try #require(expected.classes[name])
            #expect(abs(try #require(result).elevenPoint - theirs["AP07"]!) < 1e-12)
            #expect(abs(try #require(result).allPoint - theirs["AP"]!) < 1e-12)
        }
    }

    /// Label, score, x, y, width, height on each line, the last pixel inclusive.
    private func detections(
        _ file: String, _ label: (String) -> Int
    ) throws -> [VOCAveragePrecision.Detection] {
        guard ReferenceData.has(file) else { return [] }
        return try ReferenceData.lines(file).map { line in
            let words = line.split(separator: " ").map(String.init)
            let numbers = try words.dropFirst().map { try #require(Double($0.hasPrefix(".") ? "0" + $0 : $0)) }
            return .init(
                Box(x: numbers[1], y: numbers[2], width: numbers[3] + 1, height: numbers[4] + 1),
                label: label(words[0]),
                score: numbers[0])
        }
    }

    struct Published: Decodable {
        struct Curves: Decodable {
            var eleven, every: [String: Double]
            enum CodingKeys: String, CodingKey {
                case eleven = "11-point"
                case every = "every-point"
            }
        }
        var curves: Curves
        enum CodingKeys: String, CodingKey {
            case curves =
                "published: rafaelpadilla_review/tests/test_case_1 and object_detection_metrics (same 7 images), VOC AP of class object/person"
        }
    }

    @Test(
        "the published values of seven images, at four thresholds",
        .enabled(if: ReferenceData.has("eval_reference"), Comment(rawValue: ReferenceData.missing)))
    func published() throws {
        let expected: Published = try ReferenceData.decoded("eval_reference/expected.json")
        let folder = "eval_reference/object_detection_metrics"
        for threshold in ["0.1", "0.3", "0.5", "0.75"] {
            var precision = VOCAveragePrecision(classes: 1, iouThreshold: Double(threshold)!)
            for image in 1...7 {
                let truths = try ReferenceData.lines("\(folder)/groundtruths/0000\(image).txt").map { line in
                    let numbers = line.split(separator: " ").dropFirst().map { Double($0)! }
                    return VOCAveragePrecision.Truth(
                        Box(x: numbers[0], y: numbers[1], width: numbers[2] + 1, height: numbers[3] + 1), label: 0)
                }
                precision.add(
                    truths: truths, detections: try detections("\(folder)/detections/0000\(image).txt") { _ in 0 })
            }
            #expect(
                abs(try #require(precision.meanElevenPoint) - expected.curves.eleven[threshold]!) < 1e-9, "\(threshold)"
            )
            #expect(abs(try #require(precision.mean) - expected.curves.every[threshold]!) < 1e-9, "\(threshold)")
        }
    }

    @Test("difficult objects, second findings and classes without objects")
    func rules() {
        var precision = VOCAveragePrecision(classes: 3)
        let (a, b) = (Box(x: 0, y: 0, width: 9, height: 9), Box(x: 50, y: 0, width: 9, height: 9))
        #expect(precision.mean == nil)
        precision.add(
            truths: [.init(a, label: 0), .init(b, label: 0, isDifficult: true)],
            detections: [
                .init(b, label: 0, score: 0.9), .init(b, label: 0, score: 0.8), .init(a, label: 0, score: 0.7),
                .init(a, label: 0, score: 0.6), .init(a, label: 1, score: 0.5),
            ])
        #expect(precision.classResults[0]?.precision == [1, 0.5])
        #expect(precision.classResults[0]?.recall == [1, 1])
        #expect(precision.mean == 1)
        #expect(precision.classResults[1] == nil && precision.classResults[2] == nil)
    }

    @Test("an IoU of exactly the threshold finds nothing, of equal ones the first object is found")
    func ties() {
        let (a, b) = (Box(x: 0, y: 0, width: 10, height: 10), Box(x: 4, y: 0, width: 10, height: 10))
        var half = VOCAveragePrecision(classes: 1)
        half.add(
            truths: [.init(a, label: 0)], detections: [.init(Box(x: 0, y: 0, width: 5, height: 10), label: 0, score: 1)]
        )
        #expect(half.mean == 0)
        var middle = VOCAveragePrecision(classes: 1)
        // The first takes a, so that the second finds it taken, and b is never found.
        middle.add(
            truths: [.init(a, label: 0), .init(b, label: 0)],
            detections: [
                .init(Box(x: 2, y: 0, width: 10, height: 10), label: 0, score: 0.9), .init(a, label: 0, score: 0.8),
            ])
        #expect(middle.classResults[0]?.precision == [1, 0.5])
    }

    @Test("three tenths are less than the fourth of the eleven recalls, as in NumPy's arange")
    func elevenRecalls() {
        for (hits, points) in [(3, 3.0), (6, 6), (7, 7), (5, 6), (10, 11)] {
            var precision = VOCAveragePrecision(classes: 1)
            let boxes = (0..<10).map { Box(x: Double($0) * 20, y: 0, width: 9, height: 9) }
            precision.add(
                truths: boxes.map { .init($0, label: 0) },
                detections: boxes.prefix(hits).map { .init($0, label: 0, score: 1) })
            #expect(abs(precision.meanElevenPoint! - points / 11) < 1e-12, "\(hits) of 10")
        }
    }
}
