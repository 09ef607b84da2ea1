import Foundation
import SaccadeImages
import Testing

@Suite struct AdjustmentTests {
    static let factors: [(Double, String)] = [(0, "0"), (0.6, "0.6"), (1.7, "1.7")]

    @Test("brightness, contrast and saturation are Pillow's", arguments: factors)
    func enhanced(factor: Double, name: String) throws {
        let source = try Fixture.image("source.png")
        func expected(_ kind: String) throws -> Image {
            try Fixture.image("\(kind)_\(name).png", in: "adjustments").rgb()
        }
        #expect(try source.withBrightness(factor) == expected("brightness"))
        #expect(try source.withContrast(factor) == expected("contrast"))
        #expect(try source.withSaturation(factor) == expected("saturation"))
    }

    @Test("hue is colorsys's", arguments: [(0.1, "0.1"), (-0.4, "-0.4")])
    func hue(share: Double, name: String) throws {
        let shifted = try Fixture.image("source.png").withHue(shiftedBy: share)
        let expected = try Fixture.image("hue_\(name).png", in: "adjustments")
        #expect(shifted.worstDifference(from: expected) <= 1)
    }

    @Test("what changes nothing changes nothing")
    func nothing() throws {
        let source = try Fixture.image("source.png")
        for image in [source, source.grey()] {
            #expect(image.withBrightness(1) == image && image.withContrast(1) == image)
            #expect(image.withSaturation(1) == image && image.withHue(shiftedBy: 0) == image)
            #expect(image.withHue(shiftedBy: 3) == image && image.blurred(sigma: 0.01) == image)
        }
        let grey = source.grey()
        #expect(grey.withSaturation(0) == grey && grey.withHue(shiftedBy: 0.3) == grey)
    }

    @Test("hues go around the circle")
    func circle() {
        func shifted(_ color: [UInt8], _ share: Double) -> [UInt8] {
            Image(width: 1, height: 1, filledWith: color).withHue(shiftedBy: share).pixels
        }
        #expect(shifted([255, 0, 0], 1.0 / 3) == [0, 255, 0])
        #expect(shifted([255, 0, 0], -1.0 / 3) == [0, 0, 255])
        #expect(shifted([10, 200, 30], 0.5) == [200, 10, 180])
        #expect(shifted([77, 77, 77], 0.2) == [77, 77, 77])
    }

    @Test("a blur is the mean by a bell curve", arguments: [0.5, 1, 2.3, 40.0], [1, 3])
    func blurred(sigma: Double, channels: Int) {
        let image = Image.pattern(width: 15, height: 11, channels: channels)
        let blurred = image.blurred(sigma: sigma)
        for y in 0..<11 {
            for x in 0..<15 {
                for c in 0..<channels {
                    var (sum, weights) = (0.0, 0.0)
                    for v in 0..<11 where abs(Double(v - y)) <= 3 * sigma {
                        for u in 0..<15 where abs(Double(u - x)) <= 3 * sigma {
                            let distance = Double((u - x) * (u - x) + (v - y) * (v - y))
                            let weight = exp(-distance / (2 * sigma * sigma))
                            sum += weight * Double(image[u, v, c])
                            weights += weight
                        }
                    }
                    #expect(abs(Double(blurred[x, y, c]) - sum / weights) <= 1)
                }
            }
        }
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).withBrightness(-1)
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).blurred(sigma: 0)
        }
    }
}
