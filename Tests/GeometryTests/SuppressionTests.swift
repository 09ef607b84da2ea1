import Foundation
import SaccadeGeometry
import Testing

@Suite struct SuppressionTests {
    @Test("what stays is what stays in torchvision, with ties of scores and IoUs of exactly the threshold")
    func reference() {
        for (index, expected) in DetectionFixtures.shared.suppressions.enumerated() {
            let boxes = Boxes(corners: expected.boxes)
            func kept(_ classes: [Int]?) -> [Int] {
                nonMaximumSuppression(
                    boxes, scores: expected.scores, classes: classes, threshold: expected.threshold)
            }
            #expect(kept(nil) == expected.kept, "case \(index)")
            #expect(kept(expected.classes) == expected.keptOfClasses, "case \(index)")
            #expect(
                nonMaximumSuppression(
                    Array(boxes), scores: expected.scores.map { Double($0) }, threshold: expected.threshold)
                    == expected.kept, "case \(index)")
        }
    }

    /// The definition, each pair in turn and every step rounded.
    func slow(_ boxes: Boxes, _ scores: [Float], _ classes: [Int], _ threshold: Double) -> [Int] {
        let order = scores.indices.filter { !scores[$0].isNaN }.sorted { (scores[$0], $1) > (scores[$1], $0) }
        var kept: [Int] = []
        for i in order {
            let isCovered = kept.contains { j in
                guard classes[i] == classes[j] else { return false }
                let width = max(0, min(boxes.x2[i], boxes.x2[j]) - max(boxes.x1[i], boxes.x1[j]))
                let height = max(0, min(boxes.y2[i], boxes.y2[j]) - max(boxes.y1[i], boxes.y1[j]))
                let areas = [i, j].map { (boxes.x2[$0] - boxes.x1[$0]) * (boxes.y2[$0] - boxes.y1[$0]) }
                let common = width * height
                let either = areas[0] + areas[1] - common
                return Double(common / either) > threshold
            }
            if !isCovered { kept.append(i) }
        }
        return kept
    }

    @Test(
        "agrees with the definition on many boxes of any scale",
        arguments: [
            // sizes of the image and of boxes; whole pixels make IoUs that are exactly the threshold
            (800, 16...256, false), (200, 2...190, true), (1e4, 1...9000, false), (1e-3, 1e-5...1e-3, false),
            (1e-18, 1e-21...1e-18, false), (1e-20, 1e-22...1e-20, false), (1e18, 1e16...1e18, false),
        ] as [(Float, ClosedRange<Float>, Bool)])
    func definition(size: Float, sides: ClosedRange<Float>, isWhole: Bool) {
        var generator = Generator(state: 5)
        for (count, threshold) in [(1500, 0.7), (1500, 0.5), (700, 0.3), (400, 0.05), (300, 0), (300, 1), (17, 0.5)] {
            var boxes = Boxes.random(count, on: size, sides: sides, using: &generator)
            if isWhole { boxes = Boxes(corners: boxes.corners.map { $0.rounded() }) }
            let scores = (0..<count).map { _ in
                Float(Int.random(in: -50...50, using: &generator)) / 50
            }
            let classes = scores.map { _ in Int.random(in: 0...2, using: &generator) }
            #expect(
                nonMaximumSuppression(boxes, scores: scores, threshold: threshold)
                    == slow(boxes, scores, scores.map { _ in 0 }, threshold), "\(threshold)")
            #expect(
                nonMaximumSuppression(boxes, scores: scores, classes: classes, threshold: threshold)
                    == slow(boxes, scores, classes, threshold), "\(threshold)")
        }
    }

    @Test("one box far away does not change what the others do")
    func outlier() {
        var generator = Generator(state: 6)
        var boxes = Boxes.random(600, using: &generator)
        boxes.append(contentsOf: Boxes(corners: [-1e30, 0, -0.9e30, 1e3, 3e37, 0, 3.1e37, 1]))
        let scores = boxes.indices.map { _ in Float.random(in: 0...1, using: &generator) }
        #expect(
            nonMaximumSuppression(boxes, scores: scores, threshold: 0.4)
                == slow(boxes, scores, scores.map { _ in 0 }, 0.4))
    }

    @Test("an IoU equal to the threshold stays; ties go to the earlier box; scores that are no numbers are dropped")
    func rules() {
        // 0 and 1 overlap by 5 / 10, exactly 0.5.
        let boxes = Boxes(corners: [0, 0, 10, 1, 0, 0, 5, 1, 50, 0, 60, 1, 0, 0, 10, 1])
        #expect(nonMaximumSuppression(boxes, scores: [1, 0.9, 0.8, 0.7], threshold: 0.5) == [0, 1, 2])
        let below = 0.5.nextDown
        #expect(nonMaximumSuppression(boxes, scores: [1, 0.9, 0.8, 0.7], threshold: below) == [0, 2])
        #expect(nonMaximumSuppression(boxes, scores: [0.5, 0.5, 0.5, 0.5], threshold: 0.1) == [0, 2])
        #expect(nonMaximumSuppression(boxes, scores: [-0.0, 0, 0, 0], threshold: 0.9) == [0, 1, 2], "−0 is 0")
        #expect(nonMaximumSuppression(boxes, scores: [.nan, 0.1, .nan, 0.2], threshold: 0.5) == [3, 1])
        #expect(
            nonMaximumSuppression(boxes, scores: [-.infinity, 1, .infinity, -3], threshold: 0.5) == [2, 1, 3])
        // A threshold of 0 drops what touches nothing but an edge only if there is something in common.
        let beside = Boxes(corners: [0, 0, 5, 5, 5, 0, 9, 5, 20, 20, 21, 21])
        #expect(nonMaximumSuppression(beside, scores: [3, 2, 1], threshold: 0) == [0, 1, 2])
    }

    @Test("no more stay than are asked for, of any class")
    func limit() {
        var generator = Generator(state: 7)
        let boxes = Boxes.random(300, using: &generator)
        let scores = boxes.indices.map { _ in Float.random(in: 0...1, using: &generator) }
        let classes = boxes.indices.map { $0 % 3 }
        let all = nonMaximumSuppression(boxes, scores: scores, threshold: 0.3)
        let ofClasses = nonMaximumSuppression(boxes, scores: scores, classes: classes, threshold: 0.3)
        for limit in [0, 1, 20, 1000, -1] {
            #expect(
                nonMaximumSuppression(boxes, scores: scores, threshold: 0.3, limit: limit)
                    == Array(all.prefix(max(0, limit))))
            #expect(
                nonMaximumSuppression(boxes, scores: scores, classes: classes, threshold: 0.3, limit: limit)
                    == Array(ofClasses.prefix(max(0, limit))))
        }
        #expect(all.count > 20 && ofClasses.count > all.count)
    }

    @Test("classes far apart in number, and boxes left of the image, cost no digits")
    func manyClasses() {
        // Boxes of a thousand classes, each moved by its class, as is done elsewhere, would lose these hundredths.
        let boxes = Boxes(corners: [-0.01, 0, 0.02, 9, -0.02, 0, 0.02, 9, 0, 0, 0.02, 9])
        #expect(
            nonMaximumSuppression(boxes, scores: [3, 2, 1], classes: [Int.max, Int.max, .min], threshold: 0.74)
                == [0, 2])
        #expect(
            nonMaximumSuppression(boxes, scores: [3, 2, 1], classes: [Int.max, Int.max, .min], threshold: 0.76)
                == [0, 1, 2])
    }

    @Test("softly: linear and Gaussian decay follow the paper, of each class by itself")
    func soft() {
        var generator = Generator(state: 8)
        let boxes = Boxes.random(120, using: &generator)
        let scores = boxes.indices.map { _ in Float(Int.random(in: 1...20, using: &generator)) / 20 }
        let classes = boxes.indices.map { _ in Int.random(in: 0...1, using: &generator) }
        for decay in [ScoreDecay.linear(threshold: 0.3), .gaussian(sigma: 0.5)] {
            for own in [nil, classes] {
                // The paper's figure 2, with all that is left in one list.
                var left = boxes.indices.map { (place: $0, score: Double(scores[$0])) }
                var expected: [(place: Int, score: Double)] = []
                while let best = left.max(by: { ($0.score, $1.place) < ($1.score, $0.place) }) {
                    expected.append(best)
                    left = left.filter { $0.place != best.place }.map { other in
                        let iou = boxes[best.place].iou(with: boxes[other.place])
                        if let own, own[best.place] != own[other.place] { return other }
                        switch decay {
                        case .linear(let threshold):
                            return (other.place, iou > Double(threshold) ? other.score * (1 - iou) : other.score)
                        case .gaussian(let sigma): return (other.place, other.score * exp(-iou * iou / Double(sigma)))
                        }
                    }.filter { $0.score >= 0.1 }
                }
                let found = softNonMaximumSuppression(
                    boxes, scores: scores, classes: own, decay: decay, minimumScore: 0.1)
                #expect(found.places == expected.map(\.place))
                #expect(areClose(found.scores, expected.map { Float($0.score) }, within: 1e-5))
                #expect(found.places.count < 120 && found.scores != scores.sorted(by: >))
            }
        }
    }

    @Test("softly: a box on another goes, one at the threshold keeps its score, what is no number goes")
    func softRules() {
        let boxes = Boxes(corners: [0, 0, 10, 1, 0, 0, 5, 1, 0, 0, 10, 1, 50, 0, 60, 1])
        let linear = softNonMaximumSuppression(
            boxes, scores: [1, 0.8, 0.9, .nan], decay: .linear(threshold: 0.5))
        #expect(linear.places == [0, 1] && linear.scores == [1, 0.8])
        let gaussian = softNonMaximumSuppression(boxes, scores: [1, 0.8, 0.9, 0.0009], decay: .gaussian(sigma: 0.5))
        #expect(gaussian.places == [0, 1, 2])
        // exp(−0.25 / 0.5), and exp(−1 / 0.5) exp(−0.25 / 0.5)
        #expect(areClose(gaussian.scores, [1, 0.8 * 0.60653066, 0.9 * 0.082085], within: 1e-6))
        #expect(softNonMaximumSuppression(Boxes(), scores: [], decay: .gaussian(sigma: 1)).places == [])
    }
}
