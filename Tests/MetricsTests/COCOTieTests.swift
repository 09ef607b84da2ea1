import Foundation
import SaccadeGeometry
import Testing

@testable import SaccadeMetrics

/// Where the last bit, the order or a flag decides, as `Tests/Fixtures/make_coco_fixtures.py` asked pycocotools.
@Suite struct COCOTieTests {
    struct Fixtures: Decodable {
        struct Case: Decodable {
            struct Image: Decodable {
                /// x, y, width, height, category, crowd.
                var truths: [[Double]]
                /// x, y, width, height, category, score.
                var detections: [[Double]]
            }
            var name: String
            var images: [Image]
            var stats: [Double]
        }
        var cases: [Case]
        var twoFoundWithIdsFromZero: [Double]
        var twoFoundWithIdsFromOne: [Double]

        static let shared: Fixtures = {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/coco.json")
            // The file is part of the package: without it no test means anything.
            return try! JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file))
        }()
    }

    static func box(_ numbers: [Double]) -> Box {
        Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    func scores(_ images: [Fixtures.Case.Image]) -> COCOScores {
        var precision = COCOAveragePrecision<Box>()
        for image in images {
            precision.add(
                truths: image.truths.map {
                    .init(Self.box($0), category: Int($0[4]), area: $0[2] * $0[3], isCrowd: $0[5] == 1)
                }, detections: image.detections.map { .init(Self.box($0), category: Int($0[4]), score: $0[5]) })
        }
        return precision.result
    }

    @Test("the twelve numbers are pycocotools' in every case")
    func cases() {
        let cases = Fixtures.shared.cases
        #expect(cases.count > 30)
        for expected in cases {
            // pycocotools adds the distance from 1 to the next double to each divisor.
            for (mine, theirs) in zip(scores(expected.images).twelve, expected.stats) {
                #expect(abs(mine - theirs) < 1e-12, "\(expected.name)")
            }
        }
    }

    @Test(
        "recalls that are no sum of hundredths reach one point less",
        arguments: [
            ("3 of 10", 0.306931), ("7 of 10", 0.693069), ("5 of 10", 0.504950), ("3 of 5", 0.603960),
            ("7 of 20", 0.346535), ("1 of 4", 0.257426), ("9 of 10", 0.900990),
        ])
    func recalls(name: String, ap: Double) throws {
        let own = try #require(Fixtures.shared.cases.first { $0.name.hasPrefix(name) })
        #expect(abs(scores(own.images).ap! - ap) < 1e-6)
        let above = COCOScores.recallPoints.indices.filter { COCOScores.recallPoints[$0] > Double($0) / 100 }
        #expect(above == [35, 41, 47, 57, 69, 70, 82, 83, 94, 95])
        #expect(above.allSatisfy { COCOScores.recallPoints[$0] == (Double($0) / 100).nextUp })
    }

    @Test("the threshold at 0.9 is one step below, all others are what they are called")
    func thresholds() {
        for (index, threshold) in COCOScores.thresholds.enumerated() {
            let called = Double(50 + 5 * index) / 100
            #expect(threshold == (index == 8 ? called.nextDown : called), "\(called)")
        }
        #expect(COCOScores.thresholds[8] == 0x1.cccccccccccccp-1)
    }

    @Test("equal scores on two images keep the images' order")
    func order() throws {
        for (name, ap) in [("bad on the first", 0.252475), ("bad on the second", 0.504950)] {
            let own = try #require(Fixtures.shared.cases.first { $0.name.contains(name) })
            #expect(abs(scores(own.images).ap! - ap) < 1e-6, "\(name)")
        }
    }

    @Test("an object is found whatever its annotation is numbered: pycocotools misses that of id 0")
    func identifiers() {
        let boxes = [[0.0, 0, 10, 10, 1, 0], [4, 0, 10, 10, 1, 0]]
        let own = scores([.init(truths: boxes, detections: [boxes[0].dropLast() + [0.9], boxes[1].dropLast() + [0.8]])])
        #expect(abs(own.ap! - Fixtures.shared.twoFoundWithIdsFromOne[0]) < 1e-12)
        #expect(abs(Fixtures.shared.twoFoundWithIdsFromZero[0] - 0.252475) < 1e-6)
    }
}
