import Foundation
import SaccadeGeometry
import Testing

@Suite struct BoxCoderTests {
    @Test("deltas, and the boxes that they lead to, are torchvision's, several for each box too")
    func reference() {
        for expected in DetectionFixtures.shared.coders {
            let weights = expected.weights
            let coder = BoxCoder(weights: [weights[0], weights[1], weights[2], weights[3]])
            #expect(coder == (weights[0] == 1 ? .proposals : .detections))
            let boxes = Boxes(corners: expected.boxes)
            let deltas = coder.encode(Boxes(corners: expected.targets), relativeTo: boxes)
            #expect(areClose(deltas, expected.encoded, within: 1e-5))
            let decoded = coder.decode(expected.deltas, relativeTo: boxes)
            #expect(decoded.count == 50)
            #expect(
                zip(decoded.corners, expected.decoded).allSatisfy { abs($0 - $1) <= 1e-5 * max(100, abs($1)) })
        }
    }

    @Test("decoding undoes encoding")
    func inverse() {
        var generator = Generator(state: 2)
        let boxes = Boxes.random(200, using: &generator)
        let targets = Boxes.random(200, using: &generator)
        for coder in [BoxCoder.proposals, .detections] {
            let back = coder.decode(coder.encode(targets, relativeTo: boxes), relativeTo: boxes)
            #expect(areClose(back.corners, targets.corners, within: 1e-3))
        }
    }

    @Test("what has no deltas gets zeros, and what leads nowhere a box without area")
    func degenerate() {
        let box = Boxes(corners: [10, 10, 20, 30])
        let strange = Boxes(corners: [
            5, 5, 5, 9, 9, 9, 5, 5, .nan, 0, 1, 1, 0, 0, .infinity, 1, -3e38, 0, 3e38, 1, 0, 0, 0x1p-140, 0x1p-140,
        ])
        for index in strange.indices {
            let one = strange.selecting([index])
            #expect(BoxCoder.proposals.encode(one, relativeTo: box).allSatisfy { $0.isFinite })
            #expect(BoxCoder.detections.encode(box, relativeTo: one).allSatisfy { $0.isFinite })
        }
        #expect(
            BoxCoder.proposals.encode(strange.selecting([0, 1, 2, 3]), relativeTo: box.selecting([0, 0, 0, 0]))
                == [Float](repeating: 0, count: 16))
        let middle: [Float] = [15, 20, 15, 20]
        for deltas in [[Float.nan, 0, 0, 0], [0, .infinity, 0, 0], [0, 0, 0, .nan], [0, -3e38, 0, 0]] {
            #expect(BoxCoder.proposals.decode(deltas, relativeTo: box).corners == middle)
        }
        // As large as it gets, and as small.
        let largest = BoxCoder.proposals.decode([0, 0, .infinity, 3e38], relativeTo: box)
        #expect(areClose(largest.corners, [-297.5, -605, 327.5, 645], within: 1e-3))
        #expect(BoxCoder.proposals.decode([0, 0, -.infinity, -3e38], relativeTo: box).corners == middle)
        #expect(
            BoxCoder.proposals.decode([0, 0, 0, 0], relativeTo: strange.selecting([2])).corners == [0, 0, 0, 0])
        #expect(BoxCoder.proposals.decode([], relativeTo: Boxes()).isEmpty)
        #expect(BoxCoder.proposals.decode([], relativeTo: box).isEmpty)
    }

    @Test("deltas that are not four for each box end the program")
    func counts() async {
        await #expect(processExitsWith: .failure) {
            _ = BoxCoder.proposals.decode([0, 0, 0, 0, 0], relativeTo: Boxes(corners: [0, 0, 1, 1]))
        }
    }
}
