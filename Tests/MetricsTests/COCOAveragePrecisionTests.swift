import Foundation
import SaccadeGeometry
import SaccadeMetrics
import TestSupport
import Testing

@Suite struct COCOAveragePrecisionTests {
    struct Expected: Decodable {
        var boxes, masks, review: [String: Double]

        enum CodingKeys: String, CodingKey {
            case boxes =
                "cocoapi bbox (gt faster_coco_eval/dataset/cocoapi/instances_val2014_100.json, dt cocoapi/instances_val2014_fakebbox100_results.json)"
            case masks = "cocoapi segm (same gt, dt cocoapi/instances_val2014_fakesegm100_results.json)"
            case review = "published: rafaelpadilla_review/tests/test_coco_eval (their unit test, tolerance 1e-6)"
        }
    }

    static let folder = "eval_reference"
    static var truth: COCOFile {
        get throws {
            try ReferenceData.decoded("\(folder)/faster_coco_eval/dataset/cocoapi/instances_val2014_100.json")
        }
    }
    static var expected: Expected { get throws { try ReferenceData.decoded("\(folder)/expected.json") } }

    func expectEqual(_ mine: COCOScores, _ theirs: [String: Double], within tolerance: Double) {
        for (name, value) in zip(COCOScores.names, mine.twelve) {
            #expect(abs(value - theirs[name]!) < tolerance, "\(name)")
        }
    }

    @Test(
        "the twelve numbers for boxes are those of pycocotools",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func boxes() throws {
        let found: [COCOFile.Object] = try ReferenceData.decoded(
            "\(Self.folder)/cocoapi/instances_val2014_fakebbox100_results.json")
        let scores = try Self.truth.scores(of: found) { object, _ in object.box }
        expectEqual(scores, try Self.expected.boxes, within: 1e-9)
        #expect(scores.categories.count > 60)
    }

    @Test(
        "the twelve numbers for masks are those of pycocotools",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func masks() throws {
        let found: [COCOFile.Object] = try ReferenceData.decoded(
            "\(Self.folder)/cocoapi/instances_val2014_fakesegm100_results.json")
        let scores = try Self.truth.scores(of: found) { object, image in
            try #require(object.segmentation).mask(width: image.width, height: image.height)
        }
        expectEqual(scores, try Self.expected.masks, within: 1e-9)
    }

    @Test(
        "the published numbers of another evaluator, whose areas are those of boxes",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func review() throws {
        let folder = "\(Self.folder)/rafaelpadilla_review/tests/test_coco_eval"
        let truth: COCOFile = try ReferenceData.decoded("\(folder)/gts/sampled_gts_bbox_area.json")
        let found: COCOFile = try ReferenceData.decoded("\(folder)/dets/sampled_bbox_results.json")
        let scores = try truth.scores(of: found.annotations) { object, _ in object.box }
        expectEqual(scores, try Self.expected.review, within: 1e-6)
    }

    @Test("crowds and objects of other sizes need not be found, and finding them is no mistake")
    func ignored() {
        var precision = COCOAveragePrecision<Box>()
        let object = Box(x: 0, y: 0, width: 20, height: 20)
        let crowd = Box(x: 100, y: 0, width: 200, height: 200)
        let inCrowd = [Box(x: 110, y: 10, width: 20, height: 20), Box(x: 150, y: 10, width: 20, height: 20)]
        precision.add(
            truths: [.init(object, category: 3), .init(crowd, category: 3, isCrowd: true)],
            detections: [.init(object, category: 3, score: 0.1)]
                + inCrowd.map { .init($0, category: 3, score: 0.9) })
        #expect(precision.result.ap! > 1 - 1e-12 && precision.result.ar1 == 0, "the surest one lies in the crowd")
        #expect(precision.result.apSmall! > 1 - 1e-12)
        #expect(precision.result.apLarge == nil && precision.result.apMedium == nil)
        // A detection of nothing comes first: half of what is found is right.
        precision.add(
            truths: [], detections: [.init(object, category: 3, score: 1), .init(object, category: 4, score: 1)])
        #expect(abs(precision.result.ap! - 0.5) < 1e-12)
        #expect(precision.result.categories.keys.sorted() == [3])
    }

    @Test("without objects there are no numbers")
    func empty() {
        var precision = COCOAveragePrecision<Box>()
        #expect(precision.result.twelve.allSatisfy { $0 == -1 })
        precision.add(truths: [], detections: [])
        precision.add(
            truths: [.init(Box(x: 0, y: 0, width: 0, height: 9), category: 0)],
            detections: [.init(Box(x: .nan, y: 0, width: 1, height: 1), category: 0, score: .nan)])
        #expect(precision.result.ap == 0)
    }

    @Test("masks of another size are an error and change nothing")
    func mismatch() throws {
        var precision = COCOAveragePrecision<RunLengthMask>()
        let (a, b) = try (
            RunLengthMask(width: 2, height: 3, runs: [0, 6]), RunLengthMask(width: 3, height: 2, runs: [0, 6])
        )
        #expect(throws: GeometryError.self) {
            try precision.add(
                truths: [.init(a, category: 0), .init(a, category: 1)],
                detections: [.init(a, category: 0, score: 1), .init(b, category: 1, score: 1)])
        }
        #expect(precision.result.ap == nil)
    }

    @Test("agrees with a slow definition on random images")
    func slow() {
        var generator = Generator(state: 8)
        var precision = COCOAveragePrecision<Box>()
        var slow = SlowCOCO()
        func box() -> Box {
            let side = [8.0, 40, 120].randomElement(using: &generator)!
            return Box(
                x: Double(Int.random(in: 0...4, using: &generator)) * side / 4,
                y: Double(Int.random(in: 0...2, using: &generator)) * side / 4, width: side, height: side)
        }
        for _ in 0..<40 {
            let truths = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                COCOAveragePrecision<Box>.Truth(
                    box(), category: 0, isCrowd: Int.random(in: 0..<6, using: &generator) == 0)
            }
            let detections = (0..<Int.random(in: 0...14, using: &generator)).map { _ in
                COCOAveragePrecision<Box>.Detection(
                    box(), category: 0, score: Double(Int.random(in: 0...9, using: &generator)))
            }
            precision.add(truths: truths, detections: detections)
            slow.images.append((truths, detections))
        }
        let expected = slow.twelve
        for (a, b) in zip(precision.result.twelve, expected) { #expect(abs(a - b) < 1e-12) }
        #expect(Set(expected).count > 8, "numbers of many kinds")
        // The curves, whose means are the averages.
        let result = precision.categoryScores[0]!
        #expect(precision.categoryScores.count == 1 && abs(result.ap - expected[0]) < 1e-12)
        #expect(abs(result.ap50 - expected[1]) < 1e-12 && abs(result.ap75 - expected[2]) < 1e-12)
        #expect(abs(result.ar100 - expected[8]) < 1e-12)
        #expect(result.objects == slow.images.reduce(0) { $0 + $1.0.count { !$0.isCrowd } })
        for (percent, curve) in [(50, result.precision50), (75, result.precision75)] {
            let theirs = slow.points(percent, (0, 1e10), 100).precision
            #expect(curve.count == 101 && zip(curve, theirs).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(Set(curve).count > 3)
        }
        let kept = slow.points(50, (0, 1e10), 100)
        #expect(result.detections == kept.verdicts.count)
        let scores = Set(kept.verdicts.map(\.score))
        let best = scores.map { score in
            let found = kept.verdicts.filter { $0.score >= score }
            return 2 * Double(found.count { $0.isRight }) / Double(found.count + result.objects)
        }.max()!
        #expect(abs(result.best!.f1 - best) < 1e-12)
    }

    @Test("what a class is best at")
    func best() {
        func point(_ scores: [(Double, Bool)]) -> OperatingPoint? {
            var precision = COCOAveragePrecision<Box>()
            let there = Box(x: 0, y: 0, width: 10, height: 10)
            for (score, isRight) in scores {
                precision.add(
                    truths: [.init(there, category: 0)],
                    detections: [.init(isRight ? there : there.shifted(x: 20, y: 0), category: 0, score: score)])
            }
            return precision.categoryScores[0]?.best
        }
        #expect(point([(0.9, false), (0.8, false)]) == nil)
        #expect(point([(0.9, true), (0.8, false)]) == OperatingPoint(score: 0.9, precision: 1, recall: 0.5))
        // Of equal scores all are kept.
        #expect(point([(0.5, true), (0.5, false)]) == OperatingPoint(score: 0.5, precision: 0.5, recall: 0.5))
        #expect(point([(0.9, false), (0.8, true), (0.7, true)])?.score == 0.7)
        #expect(point([(.nan, true)]) == nil)
    }
}

/// The definition, written for reading: each number by itself from all images, with no thought of time.
private struct SlowCOCO {
    var images: [([COCOAveragePrecision<Box>.Truth], [COCOAveragePrecision<Box>.Detection])] = []

    var twelve: [Double] {
        let all = (0.0, 1e10)
        let small = (0.0, 1024.0)
        let medium = (1024.0, 9216.0)
        let large = (9216.0, 1e10)
        let tens = (0..<10).map { 50 + 5 * $0 }
        func ap(_ thresholds: [Int], _ area: (Double, Double)) -> Double {
            thresholds.map { curve($0, area, 100).precision }.reduce(0, +) / Double(thresholds.count)
        }
        func ar(_ limit: Int, _ area: (Double, Double)) -> Double {
            tens.map { curve($0, area, limit).recall }.reduce(0, +) / 10
        }
        return [
            ap(tens, all), ap([50], all), ap([75], all), ap(tens, small), ap(tens, medium), ap(tens, large),
            ar(1, all), ar(10, all), ar(100, all), ar(100, small), ar(100, medium), ar(100, large),
        ]
    }

    func curve(_ percent: Int, _ area: (Double, Double), _ limit: Int) -> (precision: Double, recall: Double) {
        let (precision, recall, _) = points(percent, area, limit)
        return precision.isEmpty ? (-1, -1) : (precision.reduce(0, +) / 101, recall)
    }

    func points(
        _ percent: Int, _ area: (Double, Double), _ limit: Int
    ) -> (precision: [Double], recall: Double, verdicts: [(score: Double, isRight: Bool)]) {
        func counts(_ value: Double) -> Bool { value >= area.0 && value <= area.1 }
        var verdicts: [(score: Double, isRight: Bool)] = []
        var objects = 0
        for (truths, detections) in images {
            let ignored = truths.map { $0.isCrowd || !counts($0.area) }
            objects += ignored.filter { !$0 }.count
            var taken = Set<Int>()
            let sorted = detections.enumerated().sorted {
                ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
            }
            for (_, detection) in sorted.prefix(limit) {
                func candidates(_ wantsIgnored: Bool) -> [(Double, Int)] {
                    truths.indices.filter {
                        ignored[$0] == wantsIgnored && (truths[$0].isCrowd || !taken.contains($0))
                    }.map { (detection.region.iou(with: truths[$0].region, isCrowd: truths[$0].isCrowd), $0) }
                        .filter { $0.0 >= Double(percent) / 100 - 1e-12 }
                }
                if let best = candidates(false).max(by: <) {
                    taken.insert(best.1)
                    verdicts.append((detection.score, true))
                } else if let best = candidates(true).max(by: <) {
                    taken.insert(best.1)
                } else if counts(detection.region.area) {
                    verdicts.append((detection.score, false))
                }
            }
        }
        guard objects > 0 else { return ([], -1, verdicts) }
        let order = verdicts.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map(\.element.isRight)
        let points = order.indices.map { index in
            let right = order[...index].filter { $0 }.count
            return (recall: Double(right) / Double(objects), precision: Double(right) / Double(index + 1))
        }
        let precision = (0...100).map { hundredths in
            points.filter { $0.recall >= Double(hundredths) / 100 - 1e-12 }.map(\.precision).max() ?? 0
        }
        return (precision, Double(order.filter { $0 }.count) / Double(objects), verdicts)
    }
}
