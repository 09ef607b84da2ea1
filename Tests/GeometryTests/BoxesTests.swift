import SaccadeGeometry
import Testing

@Suite struct BoxesTests {
    let fixtures = DetectionFixtures.shared

    @Test("a structure of arrays tells the same boxes as a list, and as a tensor's rows")
    func conversions() {
        let list = [Box(x: 1, y: 2, width: 3, height: 4), Box(left: 5, top: 4, right: 3, bottom: 2)]
        let boxes = Boxes(list)
        #expect(Array(boxes) == list)
        #expect(boxes.corners == [1, 2, 4, 6, 5, 4, 3, 2])
        #expect(Boxes(corners: boxes.corners) == boxes)
        #expect(boxes.selecting([1, 0, 1]).map(\.left) == [5, 1, 5])
        var both = boxes
        both.append(contentsOf: boxes.selecting([0]))
        #expect(Array(both) == list + [list[0]])
        #expect(Boxes().isEmpty && Boxes(corners: []).corners.isEmpty && Boxes([]) == Boxes())
    }

    @Test("areas, parts on the image, sides and other sizes of the image are torchvision's")
    func shapes() {
        let expected = fixtures.shapes
        let boxes = Boxes(corners: expected.boxes)
        #expect(boxes.areas == expected.areas)
        #expect(boxes.clipped(toWidth: 70, height: 50).corners == expected.clipped)
        #expect(boxes.places(withSidesOfAtLeast: 8) == expected.atLeastEight)
        #expect(boxes.resized(from: (71, 53), to: (500, 375)).corners == expected.resized)
        #expect(expected.atLeastEight.count > 10 && expected.atLeastEight.count < boxes.count)
    }

    @Test("what has no area, or is no number, is clipped to the image and small")
    func degenerateShapes() {
        let boxes = Boxes(corners: [
            3, 3, 1, 5, .nan, 0, 9, 9, -.infinity, -.infinity, .infinity, .infinity, 20, 20, 30, 30, 4, 4, 4, 9,
        ])
        #expect(boxes.areas == [0, 0, .infinity, 100, 0])
        let clipped = boxes.clipped(toWidth: 10, height: 8)
        #expect(clipped[2] == Box(x: 0, y: 0, width: 10, height: 8))
        #expect(clipped[3] == Box(left: 10, top: 8, right: 10, bottom: 8))
        #expect(clipped.places(withSidesOfAtLeast: 1) == [2])
        #expect(clipped.places(withSidesOfAtLeast: 0) == [2, 3, 4])
    }

    @Test("the four overlaps are torchvision's")
    func overlaps() {
        let expected = fixtures.overlaps
        let (boxes, others) = (Boxes(corners: expected.boxes), Boxes(corners: expected.others))
        #expect(boxes.pairwiseIoU(with: others) == expected.iou, "bit for bit")
        #expect(areClose(boxes.pairwiseGIoU(with: others), expected.giou, within: 1e-6))
        #expect(areClose(boxes.pairwiseDIoU(with: others), expected.diou, within: 1e-6))
        #expect(areClose(boxes.pairwiseCIoU(with: others), expected.ciou, within: 1e-6))
        #expect(Set(expected.iou).count > 5 && expected.giou.min()! < -0.5)
    }

    @Test("two boxes without area have 0 of each overlap, equal or not of IoU: COCO's answer, not torchvision's NaN")
    func withoutArea() {
        let zero = Boxes(corners: [2, 2, 2, 2])
        let kinds: [(Boxes, Boxes) -> [Float]] = [
            { $0.pairwiseIoU(with: $1) }, { $0.pairwiseGIoU(with: $1) }, { $0.pairwiseDIoU(with: $1) },
            { $0.pairwiseCIoU(with: $1) },
        ]
        for kind in kinds { #expect(kind(zero, zero) == [0]) }
        let origin = Boxes(corners: [0, 0, 0, 0])
        for kind in kinds { #expect(kind(origin, origin) == [0]) }
        #expect(zero.pairwiseIoU(with: origin) == [0])
        // Neither covers anything of the box around both, whose diagonal is the distance of their middles.
        #expect(zero.pairwiseGIoU(with: origin) == [-1])
        #expect(areClose(zero.pairwiseDIoU(with: origin), [-1], within: 1e-6))
        #expect(Boxes().pairwiseIoU(with: zero) == [] && zero.pairwiseGIoU(with: Boxes()) == [])
    }

    @Test("the IoU is that of single boxes, symmetric, 1 with itself, and above the others")
    func properties() {
        var generator = Generator(state: 1)
        let (a, b) = (Boxes.random(40, using: &generator), Boxes.random(30, using: &generator))
        let (iou, back) = (a.pairwiseIoU(with: b), b.pairwiseIoU(with: a))
        let (giou, diou, ciou) = (a.pairwiseGIoU(with: b), a.pairwiseDIoU(with: b), a.pairwiseCIoU(with: b))
        for i in a.indices {
            for j in b.indices {
                let at = i * b.count + j
                #expect(abs(Double(iou[at]) - a[i].iou(with: b[j])) < 1e-6)
                #expect(iou[at] == back[j * a.count + i])
                #expect(giou[at] <= iou[at] && diou[at] <= iou[at] && ciou[at] <= diou[at])
                #expect(giou[at] >= -1 && diou[at] >= -1)
            }
        }
        let own = a.pairwiseIoU(with: a)
        for i in a.indices { #expect(own[i * a.count + i] == 1) }
    }
}
