import SaccadeGeometry
import Testing

@Suite struct BoxTests {
    @Test("overlaps agree with COCO's program, crowds included")
    func reference() {
        let overlap = GeometryFixtures.shared.overlap
        let boxes = overlap.boxes.map { Box(x: $0[0], y: $0[1], width: $0[2], height: $0[3]) }
        let iou = Box.pairwiseIoU(boxes, Array(boxes[3...]), areCrowds: overlap.crowds)
        #expect(iou.count == 18)
        for (mine, theirs) in zip(iou, overlap.boxIoU.flatMap { $0 }) { #expect(abs(mine - theirs) < 1e-14) }
    }

    @Test("overlap is symmetric, 1 with itself, and that of the counted pixels")
    func properties() {
        var generator = Generator(state: 1)
        func box() -> Box {
            Box(
                x: Double(Int.random(in: -9...9, using: &generator)),
                y: Double(Int.random(in: -9...9, using: &generator)),
                width: Double(Int.random(in: 1...9, using: &generator)),
                height: Double(Int.random(in: 1...9, using: &generator)))
        }
        for _ in 0..<300 {
            let (a, b) = (box(), box())
            var (common, either) = (0, 0)
            for y in -9..<18 {
                for x in -9..<18 {
                    func isIn(_ c: Box) -> Bool {
                        c.left <= Double(x) && Double(x) < c.right && c.top <= Double(y) && Double(y) < c.bottom
                    }
                    if isIn(a) && isIn(b) { common += 1 }
                    if isIn(a) || isIn(b) { either += 1 }
                }
            }
            #expect(a.iou(with: b) == Double(common) / Double(either))
            #expect(a.iou(with: b) == b.iou(with: a))
            #expect(a.iou(with: a) == 1)
            #expect(a.intersection(b)?.area ?? 0 == Double(common))
            #expect(a.union(b).intersection(a) == a && a.union(b).intersection(b) == b)
            let frame = a.clipped(toWidth: 6, height: 5)
            #expect(frame.left >= 0 && frame.top >= 0 && frame.right <= 6 && frame.bottom <= 5)
        }
    }

    @Test("boxes without area, or without numbers, overlap nothing")
    func degenerate() {
        let box = Box(left: 0, top: 0, right: 4, bottom: 4)
        for other in [
            Box(left: 1, top: 1, right: 1, bottom: 3), Box(left: 3, top: 3, right: 1, bottom: 1),
            Box(left: .nan, top: 0, right: .nan, bottom: 2), Box(left: 4, top: 0, right: 8, bottom: 4),
        ] {
            #expect(box.iou(with: other) == 0 && other.iou(with: box) == 0)
            #expect(other.iou(with: box, isCrowd: true) == 0)
        }
        #expect(!Box(left: 3, top: 3, right: 1, bottom: 4).isValid)
        #expect(!Box(left: 0, top: 0, right: .infinity, bottom: 4).isValid)
        #expect(!Box(left: .nan, top: 0, right: 1, bottom: 4).isValid)
        #expect(Box(left: -3, top: -3, right: -1, bottom: -1).clipped(to: box).area == 0)
        #expect(Box(left: -3, top: -3, right: -1, bottom: -1).area == 4)
    }

    @Test("resizing and moving act on every edge")
    func transforms() {
        let box = Box(x: 1, y: 2, width: 3, height: 4)
        #expect(box.scaled(x: 2, y: 0.5) == Box(left: 2, top: 1, right: 8, bottom: 3))
        #expect(box.shifted(x: -1, y: 1) == Box(left: 0, top: 3, right: 3, bottom: 7))
        #expect(box.center == Point(2.5, 4))
        #expect(Polygon(box).area == 12 && Polygon(box).bounds == box)
    }

    @Test("only the best of overlapping boxes of a class stay")
    func suppression() {
        let boxes = [
            Box(x: 0, y: 0, width: 10, height: 10), Box(x: 1, y: 0, width: 10, height: 10),
            Box(x: 0, y: 0, width: 10, height: 5), Box(x: 50, y: 0, width: 1, height: 1),
        ]
        let scores = [0.5, 0.9, 0.7, .nan]
        // 0 and 1 overlap by 90 / 110, 0 and 2 by 50 / 100, 1 and 2 by 45 / 105.
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.5) == [1, 2])
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.4) == [1])
        #expect(nonMaximumSuppression(boxes, scores: scores, classes: [0, 1, 0, 0], threshold: 0.4) == [1, 2])
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.9) == [1, 2, 0])
        #expect(nonMaximumSuppression([boxes[0], boxes[0]], scores: [1, 1], threshold: 0.5) == [0])
        #expect(nonMaximumSuppression([], scores: [], threshold: 0.5) == [])
    }

    @Test("keypoints come in threes")
    func keypoints() throws {
        #expect(
            try Keypoint.list(fromCOCO: [1, 2, 2, 0, 0, 0]) == [
                Keypoint(x: 1, y: 2), Keypoint(x: 0, y: 0, visibility: .unlabelled),
            ])
        for numbers in [[1.0], [1, 2, 3], [1, 2, 0.5], [.nan, 2, 1], [1, 2, .infinity]] {
            #expect(throws: GeometryError.self) { try Keypoint.list(fromCOCO: numbers) }
        }
    }
}
