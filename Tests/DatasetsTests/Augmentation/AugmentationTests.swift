import Foundation
import SaccadeImages
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeDatasets

/// One of each kind, with values other than the usual ones.
let everyAugmentation: [Augmentation] = [
    .horizontalFlip(probability: 0.3), .verticalFlip(probability: 0.6), .randomCrop(padding: 3, fill: .mirrored),
    .shift(fraction: 0.1, fill: .black), .randomResizedCrop(scale: 0.3...0.9, ratio: 0.5...2),
    .scaleJitter(scale: 0.5...1.5), .tile(margin: 6), .letterbox(), .rotate(degrees: 20, fill: .edge),
    .affine(degrees: 5, shift: 0.1, scale: 0.8...1.2, shear: 10, fill: .mirrored),
    .perspective(distortion: 0.4, probability: 0.7), .elastic(alpha: 30, sigma: 3, probability: 0.9),
    .elasticGrid(sigma: 4, grid: 4, probability: 0.9, fill: .edge),
    .blur(sigma: 0.5...1.5, probability: 0.8), .noise(sigma: 0.01...0.2, probability: 0.9),
    .colorJitter(brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1), .grayscale(probability: 0.4),
    .cutOut(size: 0.4, paint: .black), .randomErasing(probability: 0.9, scale: 0.1...0.3, paint: .grey),
    .mixUp(alpha: 0.4, probability: 0.5), .cutMix(alpha: 0.7, probability: 0.5),
]

@Suite struct AugmentationTests {
    @Test("there is one of each kind here")
    func all() {
        #expect(everyAugmentation.map(\.name) == Augmentation.kinds.map { $0.name })
        #expect(Set(everyAugmentation.map(\.name)).count == everyAugmentation.count)
    }

    @Test("the same seed gives the same image, and one number is drawn", arguments: everyAugmentation, [1, 3])
    func seeded(augmentation: Augmentation, channels: Int) {
        let image = noise(width: 24, height: 17, channels: channels)
        func results() -> [Image] {
            var generator = SplitMix64(seed: 5)
            return (0..<20).map { _ in augmentation.apply(to: image, using: &generator) }
        }
        let images = results()
        #expect(images == results())
        #expect(images.allSatisfy { $0.size == image.size && $0.channels == channels })
        if !augmentation.isBatchLevel, !["letterbox"].contains(augmentation.name),
            channels == 3 || augmentation.name != "grayscale"
        {
            #expect(Set(images.map(\.pixels)).count > 1)
        }
        var (generator, expected) = (SplitMix64(seed: 6), SplitMix64(seed: 6))
        _ = augmentation.apply(to: image, using: &generator)
        _ = expected.next()
        #expect(generator == expected)
    }

    @Test("images of a single pixel, a row and a column come through", arguments: everyAugmentation)
    func small(augmentation: Augmentation) {
        var generator = SplitMix64(seed: 2)
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2)] {
            let image = noise(width: width, height: height, channels: 3)
            for _ in 0..<20 {
                let result = augmentation.apply(to: image, using: &generator)
                #expect(result.size == image.size)
            }
        }
        let framed = augmentation.apply(
            to: noise(width: 3, height: 200, channels: 1), target: .init(size: PixelSize(width: 20, height: 10)),
            using: &generator)
        #expect(
            framed.size
                == (augmentation.resizes ? PixelSize(width: 20, height: 10) : PixelSize(width: 3, height: 200)))
    }

    @Test("colours change as the single changes do, in any order")
    func jitter() {
        let image = noise(width: 9, height: 7, channels: 3)
        var generator = SplitMix64(seed: 9)
        for _ in 0..<10 {
            let result = Augmentation.colorJitter(brightness: 0.5).apply(to: image, using: &generator)
            // The factor is that which takes the brightest sample where it went, unless it was cut off.
            let candidates = (0...1000).map { image.withBrightness(0.5 + Double($0) / 1000) }
            let near = candidates.contains { zip($0.pixels, result.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 } }
            #expect(near)
        }
        #expect(Augmentation.colorJitter().apply(to: image, using: &generator) == image)
        let grey = Augmentation.grayscale(probability: 1).apply(to: image, using: &generator)
        #expect(grey == image.grey().rgb())
    }

    @Test("cut-out takes a square, of which a part may lie outside")
    func cutOut() {
        let image = Image(width: 40, height: 30, filledWith: [255])
        var generator = SplitMix64(seed: 4)
        var counts: Set<Int> = []
        for _ in 0..<300 {
            let result = Augmentation.cutOut(size: 0.4, paint: .black).apply(to: image, using: &generator)
            let black = result.pixels.indices.filter { result.pixels[$0] == 0 }
            counts.insert(black.count)
            let (xs, ys) = (Set(black.map { $0 % 40 }), Set(black.map { $0 / 40 }))
            #expect(black.count == xs.count * ys.count && xs.count <= 12 && ys.count <= 12 && xs.count >= 6)
        }
        #expect(counts.contains(144) && counts.count > 5)
    }

    @Test(
        "values out of range are named, with the value",
        arguments: [
            (
                Augmentation.horizontalFlip(probability: 1.5),
                "probability of horizontalFlip must be from 0 to 1, not 1.5"
            ),
            (.horizontalFlip(probability: .nan), "not nan"), (.randomCrop(padding: -1), "not -1"),
            (.shift(fraction: 2), "fraction of shift"), (.rotate(degrees: 181), "from 0 to 180"),
            (.randomResizedCrop(scale: 0.5...1.5), "not [0.5, 1.5]"),
            (.randomResizedCrop(ratio: 0...1), "from 0.01 to 100"),
            (.affine(shear: 45), "from 0 to 44"), (.perspective(distortion: 0.9), "from 0 to 0.6"),
            (.elastic(alpha: 10, sigma: 0), "sigma of elastic"), (.blur(sigma: 0...1), "sigma of blur"),
            (.noise(sigma: 0...2), "sigma of noise"), (.colorJitter(hue: 0.6), "from 0 to 0.5"),
            (.mixUp(alpha: 0), "alpha of mixUp"), (.cutOut(size: 3), "size of cutOut"),
            (.elastic(alpha: .infinity), "not inf"),
        ])
    func problems(augmentation: Augmentation, complaint: String) throws {
        let problem = try #require(augmentation.problem)
        #expect(problem.contains(complaint), "\(problem)")
        #expect(everyAugmentation.allSatisfy { $0.problem == nil })
    }

    @Test("resizing ones come first, and mixing ones last")
    func order() {
        func problem(_ list: Augmentation...) -> String? { list.problem }
        #expect(problem() == nil)
        #expect(problem(.randomResizedCrop(), .horizontalFlip(), .mixUp(), .cutMix()) == nil)
        #expect(
            problem(.horizontalFlip(), .randomResizedCrop())?.contains("randomResizedCrop must be the first") == true)
        #expect(problem(.letterbox(), .scaleJitter())?.contains("scaleJitter must be the first") == true)
        #expect(problem(.mixUp(), .horizontalFlip())?.contains("mixUp must be the last") == true)
        #expect(problem(.horizontalFlip(), .rotate(degrees: 200))?.contains("degrees") == true)
    }
}

@Suite struct AugmentationCodingTests {
    @Test("is written and read back as a recipe holds it", arguments: everyAugmentation)
    func roundTrip(_ augmentation: Augmentation) throws {
        let data = try JSONEncoder().encode(augmentation)
        #expect(try JSONDecoder().decode(Augmentation.self, from: data) == augmentation)
    }

    @Test("what is left out is as usual")
    func usual() throws {
        func decoded(_ text: String) throws -> Augmentation {
            try JSONDecoder().decode(Augmentation.self, from: Data(text.utf8))
        }
        #expect(try decoded(#"{"kind": "horizontalFlip"}"#) == .horizontalFlip())
        #expect(try decoded(#"{"kind": "randomResizedCrop"}"#) == .randomResizedCrop())
        #expect(try decoded(#"{"kind": "elastic"}"#) == .elastic() && decoded(#"{"kind": "cutMix"}"#) == .cutMix())
        #expect(try decoded(#"{"kind": "randomErasing"}"#) == .randomErasing())
        #expect(try decoded(#"{"kind": "mixUp"}"#) == .mixUp() && decoded(#"{"kind": "blur"}"#) == .blur())
        #expect(
            try decoded(#"{"kind": "affine", "scale": [0.9, 1.1], "degrees": 3}"#)
                == .affine(degrees: 3, scale: 0.9...1.1))
        #expect(
            try decoded(#"{"kind": "perspective"}"#) == .perspective() && decoded(#"{"kind": "noise"}"#) == .noise())
    }

    @Test(
        "says what is wrong",
        arguments: [
            (#"{"kind": "flip"}"#, "choose horizontalFlip, verticalFlip"),
            (#"{"kind": "mixup"}"#, "did you mean mixUp?"), (#"{"kind": "rotat"}"#, "did you mean rotate?"),
            (#"{"kind": "shift", "fracton": 0.1}"#, "did you mean fraction?"),
            (#"{"kind": "shift", "fraction": 3}"#, "from 0 to 1"), (#"{"kind": "shift"}"#, "fraction"),
            (#"{"kind": "shift", "fraction": 0.1, "fill": "white"}"#, "black, edge or mirrored"),
            (#"{"kind": "blur", "sigma": [2, 1]}"#, "not [2, 1]"),
            (#"{"kind": "blur", "sigma": [1]}"#, "expected two numbers"),
            (#"{"kind": "blur", "sigma": 2}"#, "expected two numbers"),
            (#"{"kind": "letterbox", "size": 3}"#, "there is no setting size"), (#"{}"#, "kind"),
        ])
    func mistakes(json: String, complaint: String) throws {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Augmentation.self, from: Data(json.utf8))
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(complaint), "\(text)")
    }
}

/// What torchvision draws, as `Tests/Fixtures/make_augmentation_fixtures.py` wrote it down.
private struct DrawFixtures: Decodable {
    struct Fallback: Decodable {
        var size: [Int], ratio: [Double], part: [Int]
    }
    struct Moments: Decodable {
        var size: [Int]?
        var means: [Double], deviations: [Double]
    }
    var fallbacks: [Fallback]
    var crops: [Moments]
    var erasures: Moments

    static func read() throws -> DrawFixtures {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../Fixtures/augmentation/augmentation.json"
        ).standardized
        return try JSONDecoder().decode(DrawFixtures.self, from: Data(contentsOf: file))
    }
}

@Suite struct RandomPartTests {
    @Test("where no part fits the middle is taken, as torchvision does")
    func fallbacks() throws {
        let fixtures = try DrawFixtures.read()
        #expect(fixtures.fallbacks.count == 24)
        for expected in fixtures.fallbacks {
            let crop = RandomResizedCrop(
                scale: Interval(10, 10), ratio: Interval(expected.ratio[0], expected.ratio[1]))
            var generator = SplitMix64(seed: 1)
            let part = crop.region(
                of: PixelSize(width: expected.size[0], height: expected.size[1]), using: &generator)
            if expected.part[2] > 0, expected.part[3] > 0 {
                #expect([part.x, part.y, part.width, part.height] == expected.part, "\(expected)")
            } else {
                // A part without pixels, which torchvision then fails on.
                #expect(part.width == 1 && part.height == 1)
            }
        }
    }

    /// Area, proportions and place of many parts, against torchvision's: each mean within five deviations of a mean.
    private func compare(
        _ expected: DrawFixtures.Moments, _ size: PixelSize, _ draw: () -> (x: Int, y: Int, width: Int, height: Int)
    ) {
        let count = 5000
        var sums = [Double](repeating: 0, count: 4)
        var squares = sums
        for _ in 0..<count {
            let part = draw()
            let values = [
                Double(part.width * part.height) / Double(size.width * size.height),
                log(Double(part.width) / Double(part.height)),
                (Double(part.x) + Double(part.width) / 2) / Double(size.width),
                (Double(part.y) + Double(part.height) / 2) / Double(size.height),
            ]
            for k in 0..<4 {
                sums[k] += values[k]
                squares[k] += values[k] * values[k]
            }
        }
        for k in 0..<4 {
            let mean = sums[k] / Double(count)
            let deviation = (squares[k] / Double(count) - mean * mean).squareRoot()
            #expect(abs(mean - expected.means[k]) < 5 * expected.deviations[k] / Double(count).squareRoot(), "\(k)")
            #expect(abs(deviation / expected.deviations[k] - 1) < 0.06, "\(k)")
        }
    }

    @Test("random parts are as torchvision's")
    func crops() throws {
        for expected in try DrawFixtures.read().crops {
            let sides = try #require(expected.size)
            let size = PixelSize(width: sides[0], height: sides[1])
            var generator = SplitMix64(seed: 2)
            compare(expected, size) { RandomResizedCrop().region(of: size, using: &generator) }
        }
    }

    @Test("random erasures are as torchvision's")
    func erasures() throws {
        let size = PixelSize(width: 120, height: 90)
        let image = Image(width: 120, height: 90, filledWith: [255])
        var generator = SplitMix64(seed: 3)
        compare(try DrawFixtures.read().erasures, size) {
            let result = Augmentation.randomErasing(probability: 1, paint: .black).apply(to: image, using: &generator)
            let black = result.pixels.indices.filter { result.pixels[$0] == 0 }
            let (xs, ys) = (black.map { $0 % 120 }, black.map { $0 / 120 })
            guard let x = xs.min(), let y = ys.min(), let right = xs.max(), let low = ys.max() else {
                return (0, 0, 1, 1)
            }
            return (x, y, right - x + 1, low - y + 1)
        }
    }
}
