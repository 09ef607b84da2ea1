import Foundation
import SaccadeGeometry
import Testing

/// What SciPy and torchvision compute, as `Tests/Fixtures/make_augmentation_fixtures.py` wrote it down.
struct SmoothingFixtures: Decodable {
    struct Smoothed: Decodable, Sendable, CustomTestStringConvertible {
        var sigma: Double
        var values: [Float]
        var testDescription: String { "sigma \(sigma)" }
    }

    var raw: [Float]
    var smoothed: [Smoothed]

    static func read() throws -> SmoothingFixtures {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../Fixtures/augmentation/augmentation.json"
        ).standardized
        return try JSONDecoder().decode(SmoothingFixtures.self, from: Data(contentsOf: file))
    }
}

@Suite struct DisplacementFieldTests {
    @Test("smoothing is SciPy's")
    func smoothed() throws {
        let fixtures = try SmoothingFixtures.read()
        #expect(fixtures.smoothed.count == 3)
        let backwards = Array(fixtures.raw.reversed())
        let raw = DisplacementField(width: 12, height: 9, dx: fixtures.raw, dy: backwards)
        for expected in fixtures.smoothed {
            let field = raw.smoothed(sigma: expected.sigma)
            #expect(zip(field.dx, expected.values).allSatisfy { abs($0 - $1) < 2e-6 }, "\(expected.sigma)")
            #expect(zip(field.dy, expected.values.reversed()).allSatisfy { abs($0 - $1) < 2e-6 })
        }
    }

    @Test("random fields are as strong as their formula says, and seeded")
    func random() {
        func field(_ seed: UInt64) -> DisplacementField {
            var generator = Generator(state: seed)
            return .random(width: 200, height: 160, alpha: 34, sigma: 4, using: &generator)
        }
        let (one, again, other) = (field(1), field(1), field(2))
        #expect(one == again && one != other && one.dx != one.dy)
        // Of noise of variance 1/3, a bell curve of two dimensions leaves 1 / (4 π σ²).
        let expected = 34 * (1.0 / 3 / (4 * Double.pi * 16)).squareRoot()
        for plane in [one.dx, one.dy, other.dx] {
            let deviation = (plane.reduce(0) { $0 + Double($1 * $1) } / Double(plane.count)).squareRoot()
            #expect(abs(deviation / expected - 1) < 0.15)
        }
    }

    @Test("a point's destination is the place that it is the source of")
    func inverse() {
        var generator = Generator(state: 3)
        let field = DisplacementField.random(width: 90, height: 70, alpha: 60, sigma: 6, using: &generator)
        for _ in 0..<500 {
            let point = Point(Double.random(in: -5...95, using: &generator), .random(in: -5...75, using: &generator))
            let back = field.source(of: field.destination(of: point))
            #expect(abs(back.x - point.x) < 1e-3 && abs(back.y - point.y) < 1e-3)
        }
        let still = DisplacementField(
            width: 3, height: 2, dx: .init(repeating: 2, count: 6), dy: .init(repeating: -1, count: 6))
        #expect(still.source(of: Point(1, 1)) == Point(3, 0) && still.destination(of: Point(3, 0)) == Point(1, 1))
    }

    @Test("a folded field still gives places")
    func folded() {
        var generator = Generator(state: 4)
        let field = DisplacementField.random(width: 40, height: 40, alpha: 3000, sigma: 1, using: &generator)
        for x in 0..<40 {
            let place = field.destination(of: Point(Double(x), 20))
            #expect(place.x.isFinite && place.y.isFinite)
        }
    }

    /// SplitMix64, which this module does not know.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}

@Suite struct PolygonClippingTests {
    static let frame = Box(left: 1, top: 2, right: 7, bottom: 6)

    @Test("of a box it is the intersection")
    func boxes() {
        for box in [
            Box(left: 0, top: 0, right: 3, bottom: 4), Box(left: 2, top: 3, right: 5, bottom: 5),
            Box(left: -9, top: -9, right: 9, bottom: 9), Box(left: 8, top: 3, right: 9, bottom: 4),
        ] {
            let area = Polygon(box).clipped(to: Self.frame).area
            #expect(abs(area - (box.intersection(Self.frame)?.area ?? 0)) < 1e-12)
        }
    }

    @Test("of anything it is as large as the points inside both are many")
    func anything() {
        var generator = DisplacementFieldTests.Generator(state: 8)
        for _ in 0..<40 {
            // Stars around a middle do not cross themselves, and are not convex.
            let polygon = Polygon(
                (0..<9).map { k in
                    let radius = Double.random(in: 0.5...5, using: &generator)
                    let angle = Double(k) / 9 * 2 * .pi
                    return Point(4 + radius * cos(angle), 4 + radius * sin(angle))
                })
            var inside = 0
            let steps = 200
            for i in 0..<steps {
                for j in 0..<steps {
                    let point = Point(
                        1 + 6 * (Double(i) + 0.5) / Double(steps), 2 + 4 * (Double(j) + 0.5) / Double(steps))
                    if contains(polygon, point) { inside += 1 }
                }
            }
            let area = Double(inside) / Double(steps * steps) * 24
            #expect(abs(polygon.clipped(to: Self.frame).area - area) < 0.06)
        }
        #expect(Polygon([]).clipped(to: Self.frame).corners.isEmpty)
    }

    /// Whether a ray to the right crosses the outline an odd number of times.
    private func contains(_ polygon: Polygon, _ point: Point) -> Bool {
        var isInside = false
        for (k, a) in polygon.corners.enumerated() {
            let b = polygon.corners[(k + 1) % polygon.corners.count]
            if (a.y > point.y) != (b.y > point.y), point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y) {
                isInside.toggle()
            }
        }
        return isInside
    }
}

@Suite struct RunLengthMaskPartTests {
    @Test("a mask of a part is that of the whole with nothing around it")
    func part() throws {
        var generator = DisplacementFieldTests.Generator(state: 5)
        for _ in 0..<50 {
            let (width, height) = (Int.random(in: 1...9, using: &generator), Int.random(in: 1...9, using: &generator))
            let (w, h) = (Int.random(in: 1...width, using: &generator), Int.random(in: 1...height, using: &generator))
            let (x, y) = (
                Int.random(in: 0...width - w, using: &generator), Int.random(in: 0...height - h, using: &generator)
            )
            let part = (0..<w * h).map { _ in UInt8.random(in: 0...1, using: &generator) }
            var whole = [UInt8](repeating: 0, count: width * height)
            for row in 0..<h { for column in 0..<w { whole[(y + row) * width + x + column] = part[row * w + column] } }
            #expect(
                try RunLengthMask(width: width, height: height, part: part, x: x, y: y, partWidth: w)
                    == RunLengthMask(width: width, height: height, pixels: whole))
        }
        for (x, y, w) in [(3, 0, 2), (0, 3, 2), (-1, 0, 2), (0, 0, 0), (0, 0, 5), (0, 0, 3)] {
            #expect(throws: GeometryError.self) {
                try RunLengthMask(width: 4, height: 4, part: [1, 1, 1, 1], x: x, y: y, partWidth: w)
            }
        }
    }
}
