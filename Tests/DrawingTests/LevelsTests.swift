import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct LevelsTests {
    @Test("no text of a network in levels leaves the page or touches another", arguments: 1...6)
    func tidy(_ levels: Int) throws {
        let widths = (0..<levels).map { 64 << $0 }
        let figure = Samples.uNet(widths, side: 512)
        try expectTidy(figure, "U-Net of \(levels) levels")
        #expect(figure.size.width <= 1140)
        for (index, figure) in Samples.awkwardLevels.enumerated() { try expectTidy(figure, "awkward \(index)") }
    }

    @Test("the encoder goes down to the right, the decoder up to the right, and levels line up")
    func shape() throws {
        let (page, labels) = try labels(of: Samples.uNet([8, 16, 32], side: 64))
        /// Places of the sizes of one level, from left to right.
        func places(_ side: Int) -> [Rectangle] {
            labels.filter { $0.text == "\(side)×\(side)" }.map(\.box).sorted { $0.x < $1.x }
        }
        let levels = [64, 32, 16].map(places)
        // Input and two; pooled and two, or joined and two; and the scores.
        #expect(levels.map(\.count) == [7, 6, 3])
        for level in levels {
            #expect(level.allSatisfy { abs($0.y - level[0].y) < 0.01 })
            #expect(zip(level, level.dropFirst()).allSatisfy { $0.right < $1.x })
        }
        #expect(levels[0][0].y < levels[1][0].y && levels[1][0].y < levels[2][0].y)
        // Pooling leads straight down, transposed convolution straight up to the part that is not copied.
        for (upper, lower) in [(levels[0], levels[1]), (levels[1], levels[2])] {
            #expect(abs(upper[2].center.x - lower[0].center.x) < 0.01)
            let (last, joined) = (lower[lower.count - 1], upper[3])
            #expect(joined.center.x < last.center.x && last.center.x - joined.center.x < 12)
        }
        // One entry for each meaning, in a corner that is free.
        let entries = ["3×3 conv, ReLU", "2×2 max pool", "2×2 up-conv", "copy", "1×1 conv"]
        for entry in entries { #expect(labels.filter { $0.text == entry }.count == 1) }
        #expect(labels.filter { $0.text == "16" }.count == 6 && labels.contains { $0.text == "input" })
        #expect(page.width < 800)
    }

    @Test("copied channels are left white, and kinds of layers have colours of their own")
    func colors() throws {
        /// How many pixels are nearly those of each kind of arrow, and of a map.
        func counts(copied: Int, _ kind: Schematic.Flow.Kind) throws -> (purple: Int, blue: Int, map: Int) {
            let figure = Schematic(
                title: "",
                maps: [
                    .init(height: 8, width: 8, channels: 40), .init(height: 4, width: 4, channels: 40),
                    .init(height: 8, width: 8, channels: 80, copied: copied),
                ],
                flows: [
                    .init(from: 0, to: 1, kind: .pooling, caption: "a"),
                    .init(from: 1, to: 2, kind: kind, caption: "b"),
                    .init(from: 0, to: 2, kind: .skip, caption: "c"),
                ])
            let image = try figure.image(scale: 1)
            func count(_ color: [Int]) -> Int {
                (0..<image.width * image.height).count { pixel in
                    (0..<3).allSatisfy { abs(Int(image.pixels[pixel * 3 + $0]) - color[$0]) < 12 }
                }
            }
            return (count([0xCC, 0x79, 0xA7]), count([0, 0x72, 0xB2]), count([0x9A, 0xD2, 0xF2]))
        }
        let (up, convolution) = (try counts(copied: 0, .upsampling), try counts(copied: 0, .convolution))
        #expect(up.purple > 20 && up.blue == 0 && convolution.purple == 0 && convolution.blue > 20)
        let half = try counts(copied: 40, .upsampling)
        #expect(half.map > 500 && half.map < up.map - 500)
    }
}
