import SaccadeDatasets
import SaccadeGeometry
import Testing

@Suite struct AnnotationsTests {
    /// Six columns and four rows; the mask is the box's pixels.
    static let mask = try! RunLengthMask(
        width: 6, height: 4, pixels: (0..<24).map { (1..<5).contains($0 % 6) && $0 / 6 < 2 ? 1 : 0 })
    static let object = Annotations.Object(
        category: 3, box: Box(left: 1, top: 0, right: 5, bottom: 2), mask: mask,
        keypoints: [Keypoint(x: 3.5, y: 1.25, visibility: .hidden), Keypoint(x: 1, y: 1)])
    static let all = Annotations(objects: [object], classes: (0..<24).map { UInt8($0) })

    @Test("a part has the clipped box, the mask's pixels in it, and the keypoints in it")
    func crop() throws {
        let part = try Self.all.cropped(x: 2, y: 1, width: 4, height: 2, from: (6, 4), leastVisible: 0.3)
        let object = try #require(part.objects.first)
        // 3 of 4 columns and 1 of 2 rows remain: 3/8.
        #expect(object.box == Box(left: 0, top: 0, right: 3, bottom: 1))
        #expect(object.mask?.pixels == [1, 1, 1, 0, 0, 0, 0, 0] && object.mask?.bounds == object.box)
        #expect(object.keypoints[0] == Keypoint(x: 1.5, y: 0.25, visibility: .hidden))
        #expect(object.keypoints[1].visibility == .unlabelled)
        #expect(part.classes == [8, 9, 10, 11, 14, 15, 16, 17])
    }

    @Test("an object goes when less than the stated share of it remains", arguments: [(0.375, 1), (0.376, 0), (1, 0)])
    func share(least: Double, count: Int) throws {
        let part = try Self.all.cropped(x: 2, y: 1, width: 4, height: 2, from: (6, 4), leastVisible: least)
        #expect(part.objects.count == count)
        let away = try Self.all.cropped(x: 0, y: 2, width: 6, height: 2, from: (6, 4), leastVisible: 0)
        #expect(away.objects.isEmpty)
    }

    @Test("the whole image is itself, and boxes that are none go")
    func whole() throws {
        #expect(try Self.all.cropped(x: 0, y: 0, width: 6, height: 4, from: (6, 4), leastVisible: 1) == Self.all)
        let bad = Annotations(objects: [.init(category: 0, box: Box(left: .nan, top: 0, right: 1, bottom: 1))])
        #expect(try bad.cropped(x: 0, y: 0, width: 6, height: 4, from: (6, 4), leastVisible: 0).objects.isEmpty)
    }

    @Test("a mask of another image is an error")
    func mismatch() throws {
        #expect(throws: GeometryError.self) {
            try Annotations(objects: [Self.object]).cropped(
                x: 0, y: 0, width: 2, height: 2, from: (5, 4), leastVisible: 0)
        }
    }
}
