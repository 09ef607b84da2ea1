import Foundation
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct DeformationTests {
    @Test("an elastic deformation is SciPy's", arguments: [(PaddingMode.edge, "nearest"), (.mirrored, "reflect")])
    func elastic(paddingMode: PaddingMode, name: String) throws {
        let source = try Fixture.image("source.png")
        let expected = try Fixture.image("elastic_\(name).png", in: "augmentation")
        func field(_ value: (Double, Double) -> Double) -> [Float] {
            (0..<source.width * source.height).map {
                Float(value(Double($0 % source.width), Double($0 / source.width)))
            }
        }
        let displacements = DisplacementField(
            width: source.width, height: source.height, dx: field { 3 * sin(0.37 * $0 + 0.21 * $1) },
            dy: field { 2.5 * cos(0.29 * $0 - 0.17 * $1) })
        #expect(source.warped(by: displacements, paddingMode: paddingMode).worstDifference(from: expected) <= 1)
        let still = displacements.scaled(by: 0)
        #expect(source.warped(by: still) == source && source.warped(by: still, interpolation: .nearest) == source)
    }

    @Test("a blur is torchvision's, where it does not see what is beyond the edges", arguments: [1.5, 3])
    func blur(sigma: Double) throws {
        let ours = try Fixture.image("source.png").blurred(sigma: sigma)
        let expected = try Fixture.image("blur_\(sigma == 3 ? "3" : "1.5").png", in: "augmentation")
        let margin = Int(3 * sigma)
        let (width, height) = (ours.width - 2 * margin, ours.height - 2 * margin)
        #expect(
            ours.cropped(x: margin, y: margin, width: width, height: height).worstDifference(
                from: expected.cropped(x: margin, y: margin, width: width, height: height)) <= 1)
    }

    @Test("noise has the stated deviation, no mean, and nothing in common with its neighbours", arguments: [1, 3])
    func noise(channels: Int) {
        let image = Image(width: 301, height: 99, filledWith: [UInt8](repeating: 128, count: channels))
        var generator = SystemRandomNumberGenerator()
        let noisy = image.withNoise(deviation: 20, using: &generator)
        let values = noisy.pixels.map { Double($0) - 128 }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + $1 * $1 } / count
        let together = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / count
        // Five deviations of each estimate.
        #expect(abs(mean) < 5 * 20 / count.squareRoot())
        #expect(abs(variance / 400 - 1) < 5 * (2 / count).squareRoot())
        #expect(abs(together / 400) < 5 / count.squareRoot())
        // Of a normal distribution 4.55 % lie beyond two deviations, and 0.27 % beyond three.
        #expect(abs(Double(values.count { abs($0) > 40 }) / count - 0.0455) < 0.007)
        #expect((0.0005...0.006).contains(Double(values.count { abs($0) > 60 }) / count))
        #expect(image.withNoise(deviation: 0, using: &generator) == image)
        let bright = Image(width: 9, height: 9, filledWith: [255]).withNoise(deviation: 255, using: &generator)
        #expect(bright.pixels.contains(255) && bright.pixels.contains { $0 < 250 })
    }

    @Test("a rectangle is painted over, and nothing else")
    func painted() {
        let image = Image.pattern(width: 7, height: 5, channels: 3)
        let result = image.painted(x: 2, y: 1, width: 4, height: 3, [9, 8, 7])
        var expected = image
        for y in 1..<4 { for x in 2..<6 { for c in 0..<3 { expected[x, y, c] = UInt8(9 - c) } } }
        #expect(result == expected)
        #expect(image.painted(x: 7, y: 5, width: 0, height: 0, [1, 2, 3]) == image)
        var generator = SystemRandomNumberGenerator()
        let noisy = image.paintedWithNoise(x: 0, y: 0, width: 7, height: 4, using: &generator)
        #expect(
            noisy != image
                && noisy.cropped(x: 0, y: 4, width: 7, height: 1) == image.cropped(x: 0, y: 4, width: 7, height: 1))
    }

    @Test("shifted is padded and cropped", arguments: [1, 3])
    func shifted(channels: Int) {
        let image = Image.pattern(width: 6, height: 4, channels: channels)
        for paddingMode: PaddingMode in [.color([UInt8](repeating: 7, count: channels)), .edge, .mirrored] {
            for (x, y) in [(2, 1), (-2, 3), (5, -4), (-9, 0), (0, 17), (13, -11), (0, 0)] {
                let around = image.padded(left: 20, top: 20, right: 20, bottom: 20, paddingMode: paddingMode)
                #expect(
                    image.shifted(x: x, y: y, paddingMode: paddingMode)
                        == around.cropped(x: 20 - x, y: 20 - y, width: 6, height: 4), "\(paddingMode) \(x) \(y)")
            }
        }
        #expect(image.flippedVertically() == image.upright(from: .turned180).flippedHorizontally())
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            let field = DisplacementField(width: 1, height: 1, dx: [0], dy: [0])
            _ = Image(width: 2, height: 2, filledWith: [0]).warped(by: field)
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).painted(x: 1, y: 0, width: 2, height: 1, [0])
        }
    }
}
