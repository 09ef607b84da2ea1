import SaccadeGeometry
import Testing

@Suite struct AnchorTests {
    @Test("anchors and their order are torchvision's on every map")
    func reference() {
        for expected in DetectionFixtures.shared.anchors {
            let generator = AnchorGenerator(
                levels: zip(expected.sizes, expected.ratios).map { .init(sizes: $0, aspectRatios: $1) })
            let anchors = generator.anchors(
                on: expected.maps.map { ($0[1], $0[0]) }, of: (expected.image[1], expected.image[0]))
            #expect(anchors.flatMap(\.corners) == expected.anchors)
        }
    }

    @Test("the paper's anchors: nine on one map, of three areas and three shapes")
    func paper() {
        let anchors = AnchorGenerator.fasterRCNN.levels[0].anchors
        #expect(anchors.count == 9)
        for (index, anchor) in anchors.enumerated() {
            let (size, ratio) = ([128.0, 256, 512][index % 3], [0.5, 1, 2][index / 3])
            #expect(abs(anchor.area / (size * size) - 1) < 0.02)
            #expect(abs(anchor.height / anchor.width / ratio - 1) < 0.02)
            #expect(anchor.center == Point(0, 0))
        }
        // 1000 × 600 pixels are about 60 × 40 places (section 3.1.1), 16 pixels apart.
        let all = AnchorGenerator.fasterRCNN.anchors(on: [(62, 37)], of: (1000, 600))[0]
        #expect(all.count == 62 * 37 * 9)
        #expect(all[9].left - all[0].left == 16 && all[62 * 9].top - all[0].top == 16)
        #expect(AnchorGenerator.featurePyramid.levels.map(\.anchors.count) == [3, 3, 3, 3, 3])
    }

    @Test("a map without places has no anchors, and one larger than the image has them on one spot")
    func edges() {
        let generator = AnchorGenerator(levels: [.init(sizes: [8], aspectRatios: [1])])
        #expect(generator.anchors(on: [(0, 4)], of: (0, 64))[0].isEmpty)
        #expect(generator.anchors(on: [(2, 1)], of: (1, 1))[0].corners == [-4, -4, 4, 4, -4, -4, 4, 4])
        #expect(
            AnchorGenerator(levels: [.init(sizes: [], aspectRatios: [1])]).anchors(on: [(3, 3)], of: (9, 9))[0].isEmpty)
    }
}
