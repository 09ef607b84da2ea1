import SaccadeGeometry
import Testing

/// Why boxes go, beside which of them stay.
@Suite struct SuppressionReasonTests {
    private static func kept(_ suppressions: [Suppression]) -> Set<Int> {
        Set(suppressions.indices.filter { suppressions[$0] == .kept })
    }

    @Test(
        "those that stay are those of nonMaximumSuppression, and each other goes with the first of them that covers it",
        arguments: [
            // pixels of the image, sides of boxes; whole pixels make ties and IoUs of exactly the threshold
            (400, 16...256, false), (120, 2...90, true), (1e-18, 1e-21...1e-18, false), (1e18, 1e16...1e18, false),
        ] as [(Float, ClosedRange<Float>, Bool)])
    func randomBoxes(size: Float, sides: ClosedRange<Float>, isWhole: Bool) {
        var generator = Generator(state: 21)
        for (count, threshold) in [(300, 0.7), (300, 0.5), (200, 0.3), (100, 0), (100, 1), (1, 0.5), (0, 0.5)] {
            var boxes = Boxes.random(count, on: size, sides: sides, using: &generator)
            if isWhole { boxes = Boxes(corners: boxes.corners.map { $0.rounded() }) }
            let scores = (0..<count).map { _ in
                Int.random(in: 0..<20, using: &generator) == 0
                    ? Float.nan : Float(Int.random(in: 0...40, using: &generator)) / 40
            }
            let classes = scores.map { _ in Int.random(in: 0...2, using: &generator) }
            for own in [nil, classes] {
                let found = suppressions(of: boxes, scores: scores, classes: own, threshold: threshold)
                let kept = nonMaximumSuppression(boxes, scores: scores, classes: own, threshold: threshold)
                #expect(Self.kept(found) == Set(kept), "\(threshold)")
                let ious = boxes.pairwiseIoU(with: boxes)
                for (place, suppression) in found.enumerated() {
                    guard case .dropped(let other, let iou) = suppression else {
                        #expect((suppression == .unscored) == scores[place].isNaN)
                        continue
                    }
                    // The best first, as nonMaximumSuppression returns them.
                    let first = kept.first { best in
                        (own.map { $0[best] == $0[place] } ?? true) && Double(ious[best * count + place]) > threshold
                    }
                    #expect(other == first && iou == ious[other * count + place], "\(place)")
                    #expect((scores[other], place) > (scores[place], other))
                }
            }
        }
    }

    @Test("a box that has gone drops nothing: what overlaps only it stays")
    func chain() {
        // Each overlaps the next by 6 / 14 and the one after by 2 / 18.
        let boxes = Boxes(corners: [0, 0, 10, 1, 4, 0, 14, 1, 8, 0, 18, 1])
        func found(_ scores: [Float], _ classes: [Int]? = nil, _ threshold: Double = 0.4) -> [Suppression] {
            suppressions(of: boxes, scores: scores, classes: classes, threshold: threshold)
        }
        let byFirst = Suppression.dropped(by: 0, iou: 6 / 14)
        let bySecond = Suppression.dropped(by: 1, iou: 6 / 14)
        #expect(found([0.9, 0.8, 0.7]) == [.kept, byFirst, .kept])
        #expect(found([0.8, 0.9, 0.7]) == [bySecond, .kept, bySecond])
        let bySecondNext = Suppression.dropped(by: 0, iou: 2 / 18)
        #expect(found([0.8, 0.9, 0.7], [1, 2, 1], 0.1) == [.kept, .kept, bySecondNext])
    }

    @Test("boxes without area stay and drop nothing; a threshold outside 0...1 traps")
    func rules() async {
        let boxes = Boxes(corners: [5, 5, 5, 5, 0, 0, 10, 10, .nan, 0, 10, 10, 8, 8, 2, 2])
        #expect(
            suppressions(of: boxes, scores: [1, 0.9, 0.8, 0.7], threshold: 0) == [.kept, .kept, .kept, .kept])
        await #expect(processExitsWith: .failure) { _ = suppressions(of: Boxes(), scores: [], threshold: 1.5) }
        await #expect(processExitsWith: .failure) { _ = suppressions(of: Boxes(), scores: [1], threshold: 0.5) }
    }
}
