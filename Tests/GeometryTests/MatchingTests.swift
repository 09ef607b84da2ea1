import SaccadeGeometry
import SaccadePrelude
import Testing

@Suite struct MatchingTests {
    @Test("boxes find torchvision's objects, with all of equal best ones")
    func reference() {
        for (index, expected) in DetectionFixtures.shared.matches.enumerated() {
            let matcher = BoxMatcher(
                high: expected.high, low: expected.low, allowsLowQuality: expected.quality)
            let matches = matcher.match(Boxes(corners: expected.boxes), to: Boxes(corners: expected.objects))
            let numbers = matches.map { match in
                switch match {
                case .object(let place): place
                case .below: -1
                case .between: -2
                }
            }
            #expect(numbers == expected.matches, "case \(index)")
            #expect(Set(numbers).count > 2)
        }
        #expect(BoxMatcher.anchors == BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true))
    }

    @Test("without objects, or boxes, there is nothing to find")
    func empty() {
        let boxes = Boxes(corners: [0, 0, 5, 5, 1, 1, 1, 1, .nan, 0, 1, 1])
        for matcher in [BoxMatcher.anchors, .proposals, .fastRCNN] {
            #expect(matcher.match(boxes, to: Boxes()) == [.below, .below, .below])
            #expect(matcher.match(Boxes(), to: boxes) == [])
        }
        #expect(BoxMatcher(high: 0, low: 0).match(boxes, to: Boxes()) == [.between, .between, .between])
    }

    @Test("an object that no box overlaps takes none, where torchvision's takes all")
    func unreachable() {
        let boxes = Boxes(corners: [0, 0, 8, 8, 50, 0, 58, 8])
        let objects = Boxes(corners: [0, 0, 8, 4, 500, 500, 510, 510, 3, 3, 3, 3])
        #expect(BoxMatcher.anchors.match(boxes, to: objects) == [.object(0), .below])
    }

    @Test("picks as many as there may be, of each kind, and the same from the same seed")
    func sampling() {
        let matches = (0..<1000).map { place -> BoxMatcher.Match in
            place % 10 == 0 ? .object(place) : place % 2 == 0 ? .between : .below
        }
        var generator = SplitMix64(seed: 3)
        let few = BalancedSampler(count: 64, positiveFraction: 0.25).sample(matches, using: &generator)
        #expect(few.positives.count == 16 && few.negatives.count == 48)
        #expect(few.positives.allSatisfy { $0 % 10 == 0 } && few.negatives.allSatisfy { $0 % 2 == 1 })
        #expect(few.positives == few.positives.sorted() && Set(few.negatives).count == 48)
        var again = SplitMix64(seed: 3)
        let same = BalancedSampler(count: 64, positiveFraction: 0.25).sample(matches, using: &again)
        #expect(same.positives == few.positives && same.negatives == few.negatives && again == generator)
        let other = BalancedSampler(count: 64, positiveFraction: 0.25).sample(matches, using: &again)
        #expect(other.positives != few.positives && other.negatives != few.negatives)
        // A hundred positives of 2000 leave room for all others.
        let many = BalancedSampler(count: 2000, positiveFraction: 0.5).sample(
            matches, background: .between, using: &generator)
        #expect(many.positives == stride(from: 0, to: 1000, by: 10).map { $0 })
        #expect(many.negatives == (0..<1000).filter { $0 % 2 == 0 && $0 % 10 != 0 })
        let none = BalancedSampler.anchors.sample([], using: &generator)
        #expect(none.positives == [] && none.negatives == [])
        #expect(BalancedSampler(count: 0, positiveFraction: 1).sample(matches, using: &generator).negatives == [])
    }

    @Test("each box is picked as often as any other")
    func uniform() {
        let matches = [BoxMatcher.Match](repeating: .below, count: 20)
        var (generator, counts) = (SplitMix64(seed: 1), [Int](repeating: 0, count: 20))
        for _ in 0..<4000 {
            let picked = BalancedSampler(count: 5, positiveFraction: 0.5).sample(matches, using: &generator)
            for place in picked.negatives { counts[place] += 1 }
        }
        // 1000 each, with a standard deviation of 27.
        #expect(counts.allSatisfy { abs($0 - 1000) < 140 } && counts.reduce(0, +) == 20_000)
    }

    @Test("when all are picked, they are torchvision's with its labels and deltas")
    func targets() {
        let expected = DetectionFixtures.shared.targets
        let (objects, proposals) = (Boxes(corners: expected.objects), Boxes(corners: expected.proposals))
        var generator = SplitMix64(seed: 0)
        var sampling = TargetSampling.proposals
        sampling.sampler = BalancedSampler(count: 100_000, positiveFraction: 0.5)
        let found = sampling.proposalTargets(
            proposals, objects: objects, labels: expected.labels, using: &generator)
        #expect(found.boxes.corners == expected.pickedBoxes)
        #expect(found.labels == expected.pickedLabels)
        for (index, object) in found.objects.enumerated() {
            #expect((object == nil) == (found.labels[index] == 0))
            let deltas = Array(found.deltas[4 * index..<4 * index + 4])
            guard let object else {
                #expect(deltas == [0, 0, 0, 0])
                continue
            }
            #expect(object == expected.pickedObjects[index])
            #expect(areClose(deltas, Array(expected.pickedDeltas[4 * index..<4 * index + 4]), within: 1e-5))
        }
        #expect(Set(found.labels).count > 3)

        sampling = TargetSampling.anchors
        sampling.sampler = BalancedSampler(count: 100_000, positiveFraction: 0.5)
        let anchors = sampling.anchorTargets(proposals, objects: objects, using: &generator)
        #expect(anchors.positives == proposals.indices.filter { expected.anchorLabels[$0] == 1 })
        #expect(anchors.negatives == proposals.indices.filter { expected.anchorLabels[$0] == 0 })
        let deltas = anchors.positives.flatMap { expected.anchorDeltas[4 * $0..<4 * $0 + 4] }
        #expect(areClose(anchors.deltas, deltas, within: 1e-5) && anchors.positives.count > 6)
    }

    @Test("Fast R-CNN learns background from what overlaps an object a little")
    func fastRCNN() {
        let object = Boxes(corners: [0, 0, 10, 10])
        // IoU 0.5, 0.49, 0.1, 0.09, 0.
        let proposals = Boxes(corners: [
            0, 0, 10, 5, 0, 0, 10, 4.9, 0, 0, 10, 1, 0, 0, 10, 0.9, 50, 50, 60, 60,
        ])
        var generator = SplitMix64(seed: 0)
        let found = TargetSampling.fastRCNN.proposalTargets(
            proposals, objects: object, labels: [7], using: &generator)
        #expect(found.labels == [7, 0, 0, 7], "the last is the object itself")
        #expect(found.boxes.corners == proposals.selecting([0, 1, 2]).corners + object.corners)
        let none = TargetSampling.fastRCNN.proposalTargets(proposals, objects: Boxes(), labels: [], using: &generator)
        #expect(none.boxes.isEmpty && none.deltas.isEmpty)
        let background = TargetSampling.proposals.proposalTargets(
            proposals, objects: Boxes(), labels: [], using: &generator)
        #expect(background.labels == [0, 0, 0, 0, 0] && background.deltas == [Float](repeating: 0, count: 20))
    }

    @Test("a label of 0, which would silently be background, ends the program")
    func labels() async {
        await #expect(processExitsWith: .failure) {
            var generator = SplitMix64(seed: 0)
            _ = TargetSampling.proposals.proposalTargets(
                Boxes(), objects: Boxes(corners: [0, 0, 1, 1]), labels: [0], using: &generator)
        }
    }
}
