import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct WarpTests {
    @Test(
        "turns as Pillow's rotate does", arguments: [17, 90, -123.5], [(false, "framed"), (true, "expanding")])
    func rotated(degrees: Double, expanding: (Bool, String)) throws {
        let source = try Fixture.image("source.png")
        for interpolation in Interpolation.allCases {
            let ours = source.rotated(
                degrees: degrees, expanding: expanding.0, interpolation: interpolation,
                paddingMode: .color([10, 200, 30]))
            let angle = degrees == -123.5 ? "-123.5" : "\(Int(degrees))"
            let expected = try Fixture.image(
                "rotated_\(angle)_\(expanding.1)_\(interpolation).png", in: "warp")
            #expect(ours.size == expected.size)
            let differing = zip(ours.pixels, expected.pixels).count { abs(Int($0) - Int($1)) > 1 }
            // Pillow counts in 65536ths of a pixel, and so takes the neighbour of a point within that of a border.
            #expect(differing <= (interpolation == .nearest ? 4 * 3 : 0), "\(interpolation)")
        }
    }

    @Test("leans and tilts as Pillow's transform does", arguments: Interpolation.allCases)
    func transformed(interpolation: Interpolation) throws {
        let lean = try #require(Homography.affine(0.9, 0.21, -3.3, -0.13, 1.12, 2.7).inverse)
        let leaning = try Fixture.image("source.png").warped(
            by: lean, size: PixelSize(width: 70, height: 50), interpolation: interpolation)
        let expectedLeaning = try Fixture.image("affine_\(interpolation).png", in: "warp")
        #expect(leaning.worstDifference(from: expectedLeaning) <= 1)

        let tilt = try #require(Homography([0.83, 0.11, 2.53, 0.07, 0.91, 1.27, 0.0031, -0.0017, 1]).inverse)
        let tilted = try Fixture.image("grey.png").warped(
            by: tilt, size: PixelSize(width: 64, height: 40), interpolation: interpolation)
        let expectedTilted = try Fixture.image("perspective_\(interpolation).png", in: "warp")
        #expect(tilted.worstDifference(from: expectedTilted) <= 1)
    }

    @Test("quarter turns keep every pixel", arguments: Interpolation.allCases)
    func quarters(interpolation: Interpolation) {
        let image = Image.pattern(width: 7, height: 4, channels: 3)
        func turned(_ degrees: Double) -> Image {
            image.rotated(degrees: degrees, expanding: true, interpolation: interpolation)
        }
        #expect(turned(90) == image.upright(from: .turned90Clockwise))
        #expect(turned(180) == image.upright(from: .turned180))
        #expect(turned(-90) == image.upright(from: .turned90CounterClockwise))
        #expect(turned(360) == image)
        #expect(image.warped(by: .identity, interpolation: interpolation) == image)
    }

    @Test("whole moves shift, and show what is around", arguments: Interpolation.allCases)
    func moved(interpolation: Interpolation) {
        let image = Image.pattern(width: 5, height: 4, channels: 1)
        for paddingMode: PaddingMode in [.color([9]), .edge, .mirrored] {
            let moved = image.warped(
                by: .translation(2, -1), interpolation: interpolation, paddingMode: paddingMode)
            let around = image.padded(left: 2, top: 0, right: 0, bottom: 1, paddingMode: paddingMode)
            #expect(moved == around.cropped(x: 0, y: 1, width: 5, height: 4), "\(paddingMode)")
        }
    }

    @Test("padding repeats, mirrors or paints")
    func padded() {
        let image = Image(width: 3, height: 1, channels: 1, pixels: [1, 2, 3])
        func row(_ paddingMode: PaddingMode) -> [UInt8] {
            image.padded(left: 4, top: 0, right: 2, bottom: 0, paddingMode: paddingMode).pixels
        }
        #expect(row(.color([7])) == [7, 7, 7, 7, 1, 2, 3, 7, 7])
        #expect(row(.edge) == [1, 1, 1, 1, 1, 2, 3, 3, 3])
        #expect(row(.mirrored) == [3, 3, 2, 1, 1, 2, 3, 3, 2])
        let around = Image.pattern(width: 2, height: 2, channels: 3).padded(left: 1, top: 2, right: 3, bottom: 4)
        #expect(around.size == PixelSize(width: 6, height: 8))
        #expect(around[0, 0, 2] == 0 && around[1, 2, 1] == Image.pattern(width: 2, height: 2, channels: 3)[0, 0, 1])
    }

    @Test("what lies behind the horizon or infinitely far is empty, and nothing breaks")
    func horizon() {
        let image = Image(width: 8, height: 8, filledWith: [200])
        let map = Homography([1, 0, 0, 0, 1, 0, 0, 0.125, 1])
        for paddingMode: PaddingMode in [.color([0]), .edge, .mirrored] {
            let size = PixelSize(width: 20, height: 20)
            let result = image.warped(by: map, size: size, paddingMode: paddingMode)
            #expect(result.size == size && result[1, 1] == 200)
        }
        let far = Homography.scaling(1e-12, 1e-12)
        #expect(image.warped(by: far, paddingMode: .edge)[7, 7] == 0)
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).warped(by: .scaling(0, 1))
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).padded(left: -1, top: 0, right: 0, bottom: 0)
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).rotated(degrees: 9, paddingMode: .color([1, 2, 3]))
        }
    }
}
