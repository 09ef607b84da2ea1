import SaccadeGeometry
import Testing

@Suite struct DetectionFilterTests {
    @Test("proposals are torchvision's, in its order")
    func proposals() {
        let expected = DetectionFixtures.shared.proposals
        var (levels, start) = ([ProposalFilter.Level](), 0)
        for count in expected.counts {
            levels.append(
                .init(
                    anchors: Boxes(corners: Array(expected.anchors[4 * start..<4 * (start + count)])),
                    logits: Array(expected.logits[start..<start + count]),
                    deltas: Array(expected.deltas[4 * start..<4 * (start + count)])))
            start += count
        }
        var filter = ProposalFilter()
        (filter.limitBefore, filter.limitAfter) = (expected.before, expected.after)
        (filter.iouThreshold, filter.minimumScore) = (expected.threshold, expected.minimumScore)
        let found = filter(levels, width: expected.image[1], height: expected.image[0])
        #expect(areClose(found.scores, expected.scores, within: 1e-6))
        #expect(areClose(found.boxes.corners, expected.boxes, within: 1e-3))
        #expect(found.scores.count > 20)
    }

    @Test("detections are torchvision's, in its order")
    func detections() {
        let expected = DetectionFixtures.shared.detections
        var filter = DetectionFilter()
        (filter.scoreThreshold, filter.iouThreshold) = (expected.scoreThreshold, expected.threshold)
        filter.limit = expected.limit
        let found = filter(
            Boxes(corners: expected.proposals), logits: expected.logits, deltas: expected.deltas,
            width: expected.image[1], height: expected.image[0])
        #expect(found.labels == expected.labels)
        #expect(areClose(found.scores, expected.scores, within: 1e-6))
        #expect(areClose(found.boxes.corners, expected.boxes, within: 1e-3))
        #expect(found.labels.count > 20 && Set(found.labels).count > 2)
    }

    @Test("a score that equals the threshold goes from detections and stays among proposals")
    func thresholds() {
        let box = Boxes(corners: [0, 0, 9, 9])
        var detections = DetectionFilter()
        detections.scoreThreshold = 0.5
        #expect(detections(box, logits: [0, 0], deltas: [0, 0, 0, 0, 0, 0, 0, 0], width: 9, height: 9).labels == [])
        detections.scoreThreshold = Float(0.5).nextDown
        #expect(detections(box, logits: [0, 0], deltas: [0, 0, 0, 0, 0, 0, 0, 0], width: 9, height: 9).labels == [1])
        var proposals = ProposalFilter()
        proposals.minimumScore = 0.5
        let level = ProposalFilter.Level(anchors: box, logits: [0], deltas: [0, 0, 0, 0])
        #expect(proposals([level], width: 9, height: 9).scores == [0.5])
        proposals.minimumScore = Float(0.5).nextUp
        #expect(proposals([level], width: 9, height: 9).scores == [])
    }

    @Test("levels and classes are suppressed each by itself")
    func apart() {
        let box = Boxes(corners: [0, 0, 9, 9])
        let levels = [1, 2, 2].map { ProposalFilter.Level(anchors: box, logits: [$0], deltas: [0, 0, 0, 0]) }
        #expect(ProposalFilter()(levels, width: 9, height: 9).boxes.count == 3)
        let both = ProposalFilter.Level(
            anchors: box.selecting([0, 0]), logits: [1, 2], deltas: [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(ProposalFilter()([both], width: 9, height: 9).boxes.count == 1)
        let found = DetectionFilter()(
            box, logits: [0, 1, 2], deltas: [Float](repeating: 0, count: 12), width: 9, height: 9)
        #expect(found.labels == [2, 1])
    }

    @Test("without proposals, or on an image without pixels, nothing is found")
    func empty() {
        #expect(DetectionFilter()(Boxes(), logits: [], deltas: [], width: 9, height: 9).scores == [])
        #expect(ProposalFilter()([], width: 9, height: 9).scores == [])
        let level = ProposalFilter.Level(
            anchors: Boxes(corners: [0, 0, 9, 9]), logits: [3], deltas: [0, 0, 0, 0])
        #expect(ProposalFilter()([level], width: 0, height: 0).scores == [])
        #expect(ProposalFilter()([level], width: 1, height: 1).boxes.corners == [0, 0, 1, 1])
    }

    @Test("of many anchors with few different logits the first are taken")
    func ties() {
        var generator = Generator(state: 4)
        let places = (0..<5000).map { Box(x: Double($0) * 10, y: 0, width: 5, height: 5) }
        let anchors = Boxes(places)
        let logits = anchors.indices.map { _ in Float(Int.random(in: -2...2, using: &generator)) }
        for limit in [0, 1, 300, 1500, 4999, 5000, 9999] {
            var filter = ProposalFilter()
            (filter.limitBefore, filter.limitAfter) = (limit, .max)
            let found = filter(
                [.init(anchors: anchors, logits: logits, deltas: [Float](repeating: 0, count: 20_000))],
                width: 100_000, height: 10)
            let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }.prefix(limit)
            #expect(found.boxes.x1 == order.map { anchors.x1[$0] })
        }
    }
}
