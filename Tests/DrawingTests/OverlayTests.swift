import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import Testing

@testable import SaccadeDrawing

@Suite struct OverlayTests {
    static let plain = Image(width: 120, height: 80, filledWith: [100, 110, 120])

    /// Boxes of all sizes, many beyond the image's edges.
    static func objects(_ count: Int, seed: UInt64) -> [Overlay.Object] {
        var generator = Numbers(state: seed)
        let names = Samples.names(count, longest: 24, seed: seed)
        return (0..<count).map { i in
            let (x, y) = (generator.next(160) - 20, generator.next(110) - 15)
            let box = Box(x: x, y: y, width: generator.next(60) + 0.2, height: generator.next(50) + 0.2)
            return Overlay.Object(names[i], score: generator.next(1), box: box)
        }
    }

    struct Numbers {
        var state: UInt64
        mutating func next(_ below: Double) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31) * below
        }
    }

    @Test("labels stay in the image and off each other", arguments: 1...8)
    func tidy(seed: Int) throws {
        for count in [0, 1, 5, 40, 200] {
            for width in [48.0, 160, 480] {
                let overlay = Overlay(
                    Self.plain, title: "Found", objects: Self.objects(count, seed: UInt64(seed)), width: width)
                try expectTidy(overlay, "\(count) objects, \(width) points")
                for plate in overlay.plates.compactMap({ $0 }) { #expect(overlay.frame.contains(plate.frame)) }
            }
        }
    }

    @Test("where there is room, each object has its label, and one at the upper edge has it inside")
    func plates() throws {
        let objects = [
            Overlay.Object("top", score: 0.5, box: Box(left: 0, top: 0, right: 60, bottom: 30)),
            Overlay.Object("middle", box: Box(left: 30, top: 40, right: 90, bottom: 70)),
        ]
        let overlay = Overlay(Self.plain, objects: objects)
        let (top, middle) = (try #require(overlay.plates[0]), try #require(overlay.plates[1]))
        #expect(top.text.text == "top 50 %" && middle.text.text == "middle")
        #expect(top.frame.y == overlay.frame.y && top.frame.x == overlay.frame.x)
        // 480 points for 120 pixels.
        #expect(abs(middle.frame.bottom - (overlay.frame.y + 160)) < 0.01)
        #expect(abs(middle.frame.x - (overlay.frame.x + 120)) < 0.01)
        #expect(overlay.note.isEmpty)
    }

    @Test("the surest object gets the best place")
    func order() throws {
        let box = Box(left: 30, top: 40, right: 90, bottom: 70)
        let overlay = Overlay(
            Self.plain, objects: [.init("a", score: 0.1, box: box), .init("a", score: 0.9, box: box)])
        let (low, high) = (try #require(overlay.plates[0]), try #require(overlay.plates[1]))
        #expect(abs(high.frame.bottom - (overlay.frame.y + 160)) < 0.01)
        #expect(!low.frame.overlaps(high.frame))
    }

    @Test("what cannot be drawn is counted, not drawn")
    func nothingToDraw() throws {
        let bad: [Overlay.Object] = [
            .init("nan", box: Box(left: .nan, top: 0, right: 5, bottom: 5)),
            .init("outside", box: Box(left: 500, top: 0, right: 505, bottom: 5)),
            .init("reversed", box: Box(left: 9, top: 0, right: 5, bottom: 5)),
            .init("nothing"),
            .init("far", polygons: [Polygon([Point(0, 0), Point(1e300, 0), Point(0, 5)])]),
            .init("hidden", keypoints: [Keypoint(x: 4, y: 4, visibility: .unlabelled), Keypoint(x: .nan, y: 1)]),
            .init("empty", mask: try RunLengthMask(width: 120, height: 80, runs: [120 * 80])),
        ]
        let overlay = Overlay(Self.plain, objects: bad + [.init("whole", box: Box(x: 1, y: 1, width: 9, height: 9))])
        let texts = try labels(of: overlay).labels.map(\.text)
        #expect(texts.contains("7 of 8 objects have nothing to draw here"))
        #expect(texts.contains("whole") && !texts.contains("nan") && !texts.contains("outside"))
        let empty = try Overlay(Self.plain, objects: []).image(scale: 2)
        let same = try Overlay(Self.plain, objects: Array(bad.prefix(6))).image(scale: 2)
        #expect(
            empty.cropped(x: 20, y: 20, width: 900, height: 600) == same.cropped(x: 20, y: 20, width: 900, height: 600))
    }

    @Test("the legend names the classes that are drawn, with their counts, and no other")
    func legend() throws {
        let box = Box(x: 10, y: 10, width: 20, height: 20)
        let overlay = Overlay(
            Self.plain,
            objects: [
                .init("cat", box: box), .init("dog", box: box.shifted(x: 40, y: 0)), .init("cat", box: box),
                .init("ghost", box: box.shifted(x: 900, y: 0)),
            ], classes: ["bird", "cat", "dog", "ghost"])
        let texts = try labels(of: overlay).labels.map(\.text)
        #expect(texts.contains("cat (2)") && texts.count { $0 == "dog" } == 2)
        #expect(!texts.contains("ghost") && !texts.contains("bird"))
        #expect(overlay.colors[0] == .category(1) && overlay.colors[1] == .category(2))
        let single = Overlay(Self.plain, objects: [.init("cat", box: box)], coloring: .byObject)
        #expect(single.legend.height == 0)
        // Groups take the classes' place, but not on the plates.
        let grouped = Overlay(
            Self.plain,
            objects: [
                .init("cat", box: box, group: "missed"), .init("dog", box: box.shifted(x: 40, y: 0), group: "missed"),
                .init("cat", box: box.shifted(x: 80, y: 0), group: "found"),
            ], classes: ["found", "missed"])
        let named = try labels(of: grouped).labels.map(\.text)
        #expect(named.contains("missed (2)") && named.contains("found") && !named.contains("cat (2)"))
        #expect(named.count { $0 == "cat" } == 2 && named.count { $0 == "dog" } == 1)
        #expect(grouped.colors == [.category(1), .category(1), .category(0)])
    }

    @Test("a class mask tints its pixels in the legend's colours and leaves ignored ones alone")
    func classMask() throws {
        let classes = (0..<80).flatMap { y in (0..<120).map { x in UInt8(y < 40 ? 3 : x < 60 ? 7 : 255) } }
        let mask = ClassMask(
            width: 120, height: 80, classes: classes, names: ["sky", "building", "pole", "road"], ignored: [255])
        let overlay = Overlay(Self.plain, objects: [], classMask: mask)
        let texts = try labels(of: overlay).labels.map(\.text)
        #expect(texts == ["road 50 %", "class 7 25 %"])
        let image = try overlay.image(scale: 2)
        func pixel(_ x: Int, _ y: Int) -> [Int] { (0..<3).map { Int(image[20 + x * 8 + 4, 20 + y * 8 + 4, $0]) } }
        #expect(pixel(110, 70) == [100, 110, 120])
        for (x, y, number) in [(60, 20, 3), (20, 60, 7)] {
            let expected = zip([100, 110, 120], Color.category(number).bytes).map { $0 * 0.4 + Double($1) * 0.6 }
            for (value, wanted) in zip(pixel(x, y), expected) { #expect(abs(Double(value) - wanted) <= 1.5) }
        }
    }

    @Test("an instance mask is tinted inside, strongest at its edge, and nothing outside it changes")
    func instanceMask() throws {
        let pixels = (0..<80).flatMap { y in (0..<120).map { x in UInt8((20..<60).contains(x) && y >= 40 ? 1 : 0) } }
        let mask = try RunLengthMask(width: 120, height: 80, pixels: pixels)
        let image = try Overlay(Self.plain, objects: [.init("", mask: mask)]).image(scale: 2)
        func red(_ x: Int, _ y: Int) -> Int { Int(image[20 + x, 20 + y, 0]) }
        // Blue has no red: the more of it, the less red. Eight pixels of the PNG are one of the image.
        #expect(red(40 * 8, 60 * 8) == 58)
        #expect(red(20 * 8, 60 * 8) == 5)
        #expect(red(20 * 8 - 1, 60 * 8) == 100 && red(40 * 8, 40 * 8 - 1) == 100)
        // Along the image's lower edge there is no line.
        #expect(red(40 * 8, 80 * 8 - 4) == 58)
        let small = try RunLengthMask(width: 12, height: 8, pixels: (0..<96).map { UInt8($0 % 12 == 5 ? 1 : 0) })
        #expect(try Overlay(Self.plain, objects: [.init("", mask: small)]).image().pixels.count > 0)
    }

    @Test("keypoints are joined where both ends are marked")
    func skeleton() throws {
        let points = [
            Keypoint(x: 20, y: 40), Keypoint(x: 100, y: 40), Keypoint(x: 100, y: 70, visibility: .unlabelled),
        ]
        let limbs = [Overlay.Limb(0, 1), .init(1, 2), .init(0, 99), .init(-1, 0)]
        let image = try Overlay(Self.plain, objects: [.init("", keypoints: points)], skeleton: limbs).image(scale: 2)
        #expect([image[20 + 480, 20 + 320, 0], image[20 + 480, 20 + 320, 2]] == [0x00, 0xB2])
        #expect(image[20 + 800, 20 + 440, 0] == 100)
    }
}
