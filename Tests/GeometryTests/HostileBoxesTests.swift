import SaccadeGeometry
import SaccadePrelude
import Testing

/// Twelve thousand annotations as nobody should write them, and scores and deltas as no network should give them.
@Suite struct HostileBoxesTests {
    static func number(using generator: inout Generator) -> Float {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0:
            [
                .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e30, -1e19, 0x1p-140,
                .leastNonzeroMagnitude, -0.0, 2e4,
            ].randomElement(using: &generator)!
        case 1: Float.random(in: -1e6...1e6, using: &generator)
        case 2...6: Float(Int.random(in: -3...20, using: &generator))
        default: Float.random(in: -10...60, using: &generator)
        }
    }

    static func numbers(_ count: Int, using generator: inout Generator) -> [Float] {
        (0..<count).map { _ in number(using: &generator) }
    }

    static func boxes(_ count: Int, using generator: inout Generator) -> Boxes {
        Boxes(
            corners: (0..<count).flatMap { _ -> [Float] in
                var box = numbers(4, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: box[2] = box[0]  // no width
                case 1: (box[2], box[3]) = (box[0] + 1, box[1] + 1)  // one pixel
                case 2: break
                default: (box[2], box[3]) = (max(box[0], box[2]), max(box[1], box[3]))
                }
                return box
            })
    }

    static func rounds(_ body: (_ boxes: Boxes, _ objects: Boxes, inout Generator) -> Void) {
        var generator = Generator(state: 99)
        for round in 0..<600 {
            let objects = boxes(round % 21 == 0 ? 0 : 20, using: &generator)
            body(boxes(round % 23 == 0 ? 0 : 30, using: &generator), objects, &generator)
        }
    }

    @Test("matching, sampling and coding")
    func targets() {
        var (seed, valid) = (SplitMix64(seed: 4), 0)
        Self.rounds { boxes, objects, generator in
            valid += objects.count { $0.isValid }
            for sampling in [TargetSampling.anchors, .proposals, .fastRCNN] {
                for (box, match) in zip(boxes, sampling.matcher.match(boxes, to: objects)) {
                    guard case .object(let place) = match else { continue }
                    #expect(objects[place].isValid && box.isValid)
                }
                let anchors = sampling.anchorTargets(boxes, objects: objects, using: &seed)
                #expect(
                    anchors.deltas.count == 4 * anchors.positives.count && anchors.deltas.allSatisfy { $0.isFinite })
                let labels = objects.indices.map { $0 % 3 + 1 }
                let targets = sampling.proposalTargets(boxes, objects: objects, labels: labels, using: &seed)
                #expect(targets.deltas.count == 4 * targets.boxes.count && targets.deltas.allSatisfy { $0.isFinite })
                for (label, object) in zip(targets.labels, targets.objects) {
                    #expect(label == (object.map { labels[$0] } ?? 0))
                }
            }
            let coder = BoxCoder.detections
            let deltas = Self.numbers(8 * boxes.count, using: &generator)
            #expect(coder.decode(deltas, relativeTo: boxes).corners.allSatisfy { $0.isFinite })
        }
        #expect(valid > 3000)
    }

    @Test("overlaps")
    func overlaps() {
        Self.rounds { boxes, objects, _ in
            for iou in boxes.pairwiseIoU(with: objects) { #expect(iou >= 0 && iou <= 1) }
            for others in [
                boxes.pairwiseGIoU(with: objects), boxes.pairwiseDIoU(with: objects),
                boxes.pairwiseCIoU(with: objects),
            ] {
                #expect(others.allSatisfy { $0.isFinite })
            }
            #expect(boxes.areas.allSatisfy { $0 >= 0 })
        }
    }

    @Test("suppression")
    func suppression() {
        Self.rounds { boxes, _, generator in
            let scores = Self.numbers(boxes.count, using: &generator)
            let classes = boxes.indices.map { _ in Int.random(in: 0...1, using: &generator) }
            for threshold in [0, 0.3, 0.7, 1] {
                for own in [nil, classes] {
                    let kept = nonMaximumSuppression(boxes, scores: scores, classes: own, threshold: threshold)
                    #expect(Set(kept).count == kept.count && kept.allSatisfy { !scores[$0].isNaN })
                    #expect(zip(kept, kept.dropFirst()).allSatisfy { scores[$0] >= scores[$1] })
                    let survivors = boxes.selecting(kept)
                    let ious = survivors.pairwiseIoU(with: survivors)
                    for i in kept.indices {
                        for j in 0..<i where own.map({ $0[kept[i]] == $0[kept[j]] }) ?? true {
                            #expect(Double(ious[i * kept.count + j]) <= threshold)
                        }
                    }
                }
            }
            for decay in [ScoreDecay.linear(threshold: 0.3), .gaussian(sigma: 0.5)] {
                let soft = softNonMaximumSuppression(boxes, scores: scores, classes: classes, decay: decay)
                #expect(soft.scores.allSatisfy { $0 >= 0.001 } && Set(soft.places).count == soft.places.count)
            }
        }
    }

    @Test("filtering, on images of any size")
    func filters() {
        var found = 0
        Self.rounds { boxes, _, generator in
            let size = [(1, 1), (20_000, 3), (50, 40), (0, 9)].randomElement(using: &generator)!
            let level = ProposalFilter.Level(
                anchors: boxes, logits: Self.numbers(boxes.count, using: &generator),
                deltas: Self.numbers(4 * boxes.count, using: &generator).map { $0 / 10 })
            let proposals = ProposalFilter()([level, level], width: size.0, height: size.1)
            var detections = DetectionFilter()
            detections.scoreThreshold = 0
            let detected = detections(
                boxes, logits: Self.numbers(3 * boxes.count, using: &generator),
                deltas: Self.numbers(12 * boxes.count, using: &generator), width: size.0, height: size.1)
            for (boxes, scores) in [(proposals.boxes, proposals.scores), (detected.boxes, detected.scores)] {
                #expect(scores.allSatisfy { $0 >= 0 && $0 <= 1 } && boxes.count == scores.count)
                #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 })
                for box in boxes {
                    #expect(box.isValid && box.left >= 0 && box.top >= 0)
                    #expect(box.right <= Double(size.0) && box.bottom <= Double(size.1))
                }
                found += boxes.count
            }
            #expect(detected.labels.allSatisfy { $0 == 1 || $0 == 2 })
        }
        #expect(found > 1000)
    }
}
