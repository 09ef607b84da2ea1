import Foundation
import SaccadeGeometry
import SaccadeMetrics
import Testing

@Suite struct DetectionErrorsTests {
    typealias Truth = COCOAveragePrecision<Box>.Truth
    typealias Detection = COCOAveragePrecision<Box>.Detection

    private static func square(_ x: Double, side: Double = 10) -> Box { Box(x: x, y: 0, width: side, height: side) }

    @Test("each kind of mistake, by hand")
    func kinds() {
        var errors = DetectionErrors<Box>()
        let truths: [Truth] = [
            .init(Self.square(0), category: 0), .init(Self.square(100), category: 1),
            .init(Self.square(200), category: 0), .init(Self.square(300), category: 1),
            .init(Self.square(400, side: 50), category: 0, isCrowd: true),
        ]
        let judged = errors.add(
            truths: truths,
            detections: [
                .init(Self.square(0), category: 0, score: 0.9), .init(Self.square(1), category: 0, score: 0.8),
                // Of ten columns five are common: an IoU of a third.
                .init(Self.square(205), category: 0, score: 0.7), .init(Self.square(100), category: 0, score: 0.6),
                .init(Self.square(305), category: 0, score: 0.5), .init(Self.square(700), category: 1, score: 0.4),
                .init(Self.square(410), category: 0, score: 0.3), .init(Self.square(410), category: 1, score: 0.2),
            ])
        #expect(
            judged.detections == [
                .found(0), .wrong(.duplicate, object: 0), .wrong(.localization, object: 2),
                .wrong(.classification, object: 1), .wrong(.both, object: 3), .wrong(.background, object: nil),
                .ignored, .wrong(.background, object: nil),
            ])
        #expect(judged.objects == [.found(0), .nearlyFound(3), .nearlyFound(2), .missed, .crowd])
        let result = errors.costs
        #expect(result.kinds.map(\.kind) == DetectionErrorKind.allCases)
        #expect(result.kinds.map(\.count) == [1, 1, 1, 1, 2, 1])
        #expect(result.categories[0] == [.duplicate: 1, .localization: 1, .classification: 1, .both: 1])
        #expect(result.categories[1] == [.background: 2, .missed: 1])
        // Of class 0 one of two is found, by the surest; of class 1 none.
        let half = 51.0 / 101
        #expect(abs(result.ap50! - half / 2) < 1e-12)
        let delta = Dictionary(uniqueKeysWithValues: result.kinds.map { ($0.kind, $0.deltaAP!) })
        // Class 1 then finds one of two before its mistakes; class 0 is no better for one mistake less behind its last.
        #expect(abs(delta[.classification]! - half / 2) < 1e-12)
        // Right behind the duplicate: two of three.
        let behind = 50.0 / 101 * 2 / 3 / 2
        #expect(abs(delta[.localization]! - behind) < 1e-12)
        #expect([.duplicate, .both, .background, .missed].allSatisfy { delta[$0] == 0 })
        #expect(result.best == OperatingPoint(score: 0.9, precision: 1, recall: 0.25))
    }

    @Test("of several that come near an object only the surest would find it; of one that is found, none")
    func surest() {
        var errors = DetectionErrors<Box>()
        let judged = errors.add(
            truths: [.init(Self.square(0), category: 0), .init(Self.square(100), category: 0)],
            detections: [
                .init(Self.square(5), category: 0, score: 0.5), .init(Self.square(0), category: 1, score: 0.6),
                .init(Self.square(100), category: 0, score: 0.3), .init(Self.square(105), category: 0, score: 0.9),
            ])
        #expect(judged.objects == [.nearlyFound(1), .found(2)])
        let delta = Dictionary(uniqueKeysWithValues: errors.costs.kinds.map { ($0.kind, $0.deltaAP!) })
        // Half of class 0 is found by the third of its detections, which becomes the first when both misplaced ones go.
        let third = 51.0 / 101 / 3
        #expect(abs(errors.costs.ap50! - third) < 1e-12)
        #expect(abs(delta[.localization]! - 2 * third) < 1e-12)
        // The other, of another class, is the second of four.
        let gain = 0.5 - third
        #expect(abs(delta[.classification]! - gain) < 1e-12 && delta[.missed] == 0)
    }

    @Test("the ends of ranges: 0.1 is misplaced or background, 0.5 finds")
    func ends() {
        func kind(_ detection: Box, category: Int, _ truth: Box) -> DetectionErrors<Box>.Verdict {
            var errors = DetectionErrors<Box>()
            return errors.add(
                truths: [.init(truth, category: 0)], detections: [.init(detection, category: category, score: 1)]
            ).detections[0]
        }
        let (whole, half) = (Self.square(0), Box(x: 0, y: 0, width: 5, height: 10))
        #expect(kind(half, category: 0, whole) == .found(0))
        #expect(kind(half, category: 1, whole) == .wrong(.classification, object: 0))
        let tenth = Box(x: 0, y: 0, width: 1, height: 10)
        #expect(kind(tenth, category: 0, whole) == .wrong(.localization, object: 0))
        #expect(kind(tenth, category: 1, whole) == .wrong(.background, object: nil))
        #expect(kind(Box(x: 0, y: 0, width: 0.9, height: 10), category: 0, whole) == .wrong(.background, object: nil))
    }

    @Test("nothing found, nothing there, numbers that are none")
    func empty() {
        var errors = DetectionErrors<Box>()
        #expect(errors.costs.ap50 == nil && errors.costs.best == nil && errors.costs.kinds.allSatisfy { $0.count == 0 })
        errors.add(truths: [], detections: [.init(Self.square(0), category: 3, score: 0.5)])
        #expect(errors.costs.ap50 == nil && errors.costs.kinds.allSatisfy { $0.deltaAP == nil })
        errors.add(truths: [.init(Self.square(0), category: 0)], detections: [])
        #expect(errors.costs.ap50 == 0 && errors.costs.categories == [0: [.missed: 1], 3: [.background: 1]])
        let bad = Box(left: .nan, top: 0, right: .infinity, bottom: 4)
        let judged = errors.add(
            truths: [.init(bad, category: 0)], detections: [.init(bad, category: 0, score: .nan)])
        #expect(judged.detections == [.wrong(.background, object: nil)])
        #expect(errors.costs.ap50 == 0 && errors.costs.best == nil)
        // Of each class a hundred count.
        let many = (0..<120).map { Detection(Self.square(Double($0) * 20), category: 0, score: Double($0)) }
        let verdicts = errors.add(truths: [], detections: many).detections
        #expect(verdicts.count { $0 == .ignored } == 20 && verdicts[19] == .ignored)
    }

    @Test("masks of another size are an error and change nothing")
    func mismatch() throws {
        var errors = DetectionErrors<RunLengthMask>()
        let (a, b) = try (
            RunLengthMask(width: 2, height: 3, runs: [0, 6]), RunLengthMask(width: 3, height: 2, runs: [0, 6])
        )
        #expect(throws: GeometryError.self) {
            try errors.add(truths: [.init(a, category: 0)], detections: [.init(b, category: 0, score: 1)])
        }
        #expect(errors.costs.ap50 == nil)
        try errors.add(truths: [.init(a, category: 0)], detections: [.init(a, category: 1, score: 1)])
        #expect(errors.costs.categories == [1: [.classification: 1]])
    }

    struct Case: Decodable, Sendable {
        struct Image: Decodable, Sendable {
            /// x, y, width, height, class.
            let truths: [[Double]]
            /// x, y, width, height, class, score.
            let detections: [[Double]]
        }
        let images: [Image]
        let ap50: Double
        let counts, deltaAP: [String: Double]

        static let all: [Case] = {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/detection_errors.json")
            // The file is part of the package: without it no test means anything.
            return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
        }()

        static let names: KeyValuePairs<String, DetectionErrorKind> = [
            "Cls": .classification, "Loc": .localization, "Both": .both, "Dupe": .duplicate, "Bkg": .background,
            "Miss": .missed,
        ]
    }

    @Test("counts and costs are those of TIDE’s own program", arguments: Case.all)
    func tide(_ expected: Case) {
        var errors = DetectionErrors<Box>()
        func box(_ numbers: [Double]) -> Box {
            Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
        }
        for image in expected.images {
            errors.add(
                truths: image.truths.map { .init(box($0), category: Int($0[4])) },
                detections: image.detections.map { .init(box($0), category: Int($0[4]), score: $0[5]) })
        }
        let result = errors.costs
        #expect(abs(result.ap50! - expected.ap50) < 1e-12)
        for (name, kind) in Case.names {
            let share = result.kinds.first { $0.kind == kind }
            #expect(share?.count == expected.counts[name].map { Int($0) }, "\(name)")
            #expect(abs((share?.deltaAP ?? .nan) - expected.deltaAP[name]!) < 1e-12, "\(name)")
        }
    }

    @Test("agrees with a slow definition on random images, crowds among them")
    func slow() {
        var generator = Generator(state: 5)
        var errors = DetectionErrors<Box>()
        var precision = COCOAveragePrecision<Box>()
        var slow = SlowErrors()
        func box() -> Box {
            Box(
                x: Double.random(in: 0...60, using: &generator), y: Double.random(in: 0...30, using: &generator),
                width: Double.random(in: 15...40, using: &generator),
                height: Double.random(in: 15...40, using: &generator))
        }
        for _ in 0..<150 {
            let truths = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                Truth(
                    box(), category: Int.random(in: 0...2, using: &generator),
                    isCrowd: Int.random(in: 0..<5, using: &generator) == 0)
            }
            let detections = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                var region = box()
                if let truth = truths.randomElement(using: &generator), Int.random(in: 0...2, using: &generator) > 0 {
                    region = truth.region.shifted(x: Double.random(in: -7...7, using: &generator), y: 1)
                }
                return Detection(
                    region, category: Int.random(in: 0...2, using: &generator),
                    score: Double.random(in: 0...1, using: &generator))
            }
            errors.add(truths: truths, detections: detections)
            precision.add(truths: truths, detections: detections)
            slow.images.append((truths, detections))
        }
        let result = errors.costs
        #expect(abs(result.ap50! - precision.result.ap50!) < 1e-15)
        #expect(abs(result.ap50! - slow.averagePrecision(mending: nil)) < 1e-12)
        for share in result.kinds {
            #expect(share.count == slow.count(share.kind) && share.count > 5, "\(share.kind)")
            let cost = max(0, slow.averagePrecision(mending: share.kind) - result.ap50!)
            #expect(abs(share.deltaAP! - cost) < 1e-12, "\(share.kind)")
        }
        #expect(result.kinds.count { $0.deltaAP! > 0.001 } >= 5)
        // The best point by trying every score.
        let all = slow.judged.flatMap(\.detections).filter { !$0.isIgnored }
        let objects = Double(slow.images.reduce(0) { $0 + $1.truths.count { !$0.isCrowd } })
        let best = all.map { candidate in
            let kept = all.filter { $0.detection.score >= candidate.detection.score }
            let right = Double(kept.count { $0.found != nil })
            return 2 * right / (Double(kept.count) + objects)
        }.max()!
        #expect(abs(result.best!.f1 - best) < 1e-12)
    }
}

/// The definition in words, written for reading: every question is answered anew by looking at everything.
private struct SlowErrors {
    struct Judged {
        var detection: DetectionErrorsTests.Detection
        var found: Int?
        var isIgnored = false
        var kind: DetectionErrorKind?
        /// The object that it should have found.
        var object: Int?
    }

    var images: [(truths: [DetectionErrorsTests.Truth], detections: [DetectionErrorsTests.Detection])] = []

    /// The detections of each image, the surest first.
    var judged: [(truths: [DetectionErrorsTests.Truth], detections: [Judged])] {
        images.map { truths, detections in
            var result: [Judged] = []
            for detection in detections.sorted(by: { $0.score > $1.score }) {
                var judged = Judged(detection: detection)
                func iou(_ index: Int) -> Double { detection.region.iou(with: truths[index].region) }
                let free = truths.indices.filter { index in
                    !truths[index].isCrowd && truths[index].category == detection.category
                        && !result.contains { $0.found == index }
                }
                if let best = free.max(by: { iou($0) < iou($1) }), iou(best) >= 0.5 {
                    judged.found = best
                } else {
                    judged.isIgnored = truths.contains {
                        $0.isCrowd && $0.category == detection.category
                            && ($0.region.intersection(detection.region)?.area ?? 0) / detection.region.area >= 0.5
                    }
                }
                result.append(judged)
            }
            for index in result.indices where result[index].found == nil && !result[index].isIgnored {
                let detection = result[index].detection
                func iou(_ index: Int) -> Double { detection.region.iou(with: truths[index].region) }
                let objects = truths.indices.filter { !truths[$0].isCrowd }
                let own = objects.filter { truths[$0].category == detection.category }.max { iou($0) < iou($1) }
                let other = objects.filter { truths[$0].category != detection.category }.max { iou($0) < iou($1) }
                if let own, iou(own) >= 0.1, iou(own) < 0.5 {
                    (result[index].kind, result[index].object) = (.localization, own)
                } else if let other, iou(other) >= 0.5 {
                    (result[index].kind, result[index].object) = (.classification, other)
                } else if let own, iou(own) >= 0.5 {
                    result[index].kind = .duplicate
                } else if objects.allSatisfy({ iou($0) <= 0.1 }) {
                    result[index].kind = .background
                } else {
                    result[index].kind = .both
                }
            }
            return (truths, result)
        }
    }

    /// The objects of an image that nothing finds or would find.
    private func missed(_ image: (truths: [DetectionErrorsTests.Truth], detections: [Judged])) -> [Int] {
        image.truths.indices.filter { index in
            !image.truths[index].isCrowd
                && !image.detections.contains { $0.found == index || $0.object == index }
        }
    }

    func count(_ kind: DetectionErrorKind) -> Int {
        judged.reduce(0) { sum, image in
            sum + (kind == .missed ? missed(image).count : image.detections.count { $0.kind == kind })
        }
    }

    func averagePrecision(mending kind: DetectionErrorKind?) -> Double {
        var verdicts: [(category: Int, score: Double, isRight: Bool)] = []
        var objects: [Int: Int] = [:]
        for image in judged {
            let forgotten = kind == .missed ? missed(image) : []
            for (index, truth) in image.truths.enumerated() where !truth.isCrowd && !forgotten.contains(index) {
                objects[truth.category, default: 0] += 1
            }
            for judged in image.detections where !judged.isIgnored {
                let (category, score) = (judged.detection.category, judged.detection.score)
                guard let own = judged.kind, own == kind else {
                    verdicts.append((category, score, judged.found != nil))
                    continue
                }
                guard let object = judged.object else { continue }
                let isFirst =
                    image.detections.first { $0.found == object || $0.object == object }!.detection == judged.detection
                let isFound = image.detections.contains { $0.found == object }
                if isFirst, !isFound { verdicts.append((image.truths[object].category, score, true)) }
            }
        }
        let means = objects.map { category, count in
            let order = verdicts.filter { $0.category == category }.sorted { $0.score > $1.score }.map(\.isRight)
            let points = order.indices.map { index in
                let right = Double(order[...index].count { $0 })
                return (recall: right / Double(count), precision: right / Double(index + 1))
            }
            return (0...100).reduce(0.0) { sum, hundredths in
                sum + (points.filter { $0.recall >= Double(hundredths) * 0.01 }.map(\.precision).max() ?? 0)
            } / 101
        }
        return means.reduce(0, +) / Double(means.count)
    }
}
