import Foundation
import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude
import TestSupport
import Testing

@Suite struct HOGTests {
    @Test("equals OpenCV's HOGDescriptor", arguments: HOGFixtures.shared.cases)
    func openCV(_ c: HOGFixtures.Case) {
        let hog = HOG(
            orientations: c.orientations, cellSide: c.cellSide, blockSide: c.blockSide,
            takesSquareRoots: c.takesSquareRoots,
            normalization: HOG.Normalization(
                form: .besideNorm, epsilon: 0.1 * Float(c.blockSide * c.blockSide * c.orientations),
                secondEpsilon: 1e-3))
        let difference = largestDifference(hog.descriptor(of: c.picture), c.values.floats)
        #expect(difference < 5e-6)
    }

    @Test("the paper's settings are OpenCV's defaults")
    func defaults() throws {
        let noise = try #require(HOGFixtures.shared.cases.first)
        let descriptor = HOG.dalalTriggs.descriptor(of: noise.picture)
        #expect(descriptor.count == 3780)
        #expect(largestDifference(descriptor, noise.values.floats) < 5e-6)
    }

    @Test("a ramp votes for the two bins beside its direction, or for one", arguments: [true, false])
    func ramp(alongX: Bool) {
        let image = Image.drawn(64, 128, 1) { x, y, _ in alongX ? 2 * x : y }
        let middle = (row: 7, column: 3)
        func bins(_ hog: HOG) -> [Float] {
            let grid = hog.grid(of: image)
            let start = (middle.row * grid.columns + middle.column) * hog.blockLength
            return Array(grid.values[start..<(start + hog.blockLength)])
        }
        let split = bins(.dalalTriggs)
        let whole = bins(
            HOG(
                samples: .luminance, takesSquareRoots: false, voting: .nearest,
                normalization: HOG.scikitImage.normalization))
        for cell in 0..<4 {
            let (split, whole) = (split[(9 * cell)..<(9 * cell + 9)], whole[(9 * cell)..<(9 * cell + 9)])
            if alongX {
                #expect(abs(split[split.startIndex] - 0.3529) < 1e-3)
                #expect(abs(split[split.startIndex + 8] - 0.3529) < 1e-3)
                #expect(abs(whole[whole.startIndex] - 0.5) < 1e-3)
            } else {
                #expect(split.indices.max { split[$0] < split[$1] } == split.startIndex + 4)
                #expect(abs(whole[whole.startIndex + 4] - 0.5) < 1e-3)
            }
            #expect(split.filter { $0 > 1e-3 }.count == (alongX ? 2 : 1))
            #expect(whole.filter { $0 > 1e-3 }.count == 1)
        }
    }

    @Test("on noise, the two libraries' numbers agree by half; in the wrong order not at all")
    func libraries() {
        let noise = Image.noise(width: 64, height: 128, channels: 1)
        let openCV = HOG.dalalTriggs
        let scikitImage = HOG(
            samples: .luminance, takesSquareRoots: false, voting: .nearest,
            normalization: HOG.scikitImage.normalization)
        let (ours, theirs) = (openCV.descriptor(of: noise), scikitImage.descriptor(of: noise))
        #expect(abs(correlation(ours, theirs) - 0.52) < 0.05)
        // As OpenCV has them: blocks column by column, cells within blocks likewise.
        var byColumns: [Float] = []
        for (column, row) in (0..<7).flatMap({ column in (0..<15).map { (column, $0) } }) {
            for cell in [0, 2, 1, 3] {
                let start = (row * 7 + column) * 36 + cell * 9
                byColumns += ours[start..<(start + 9)]
            }
        }
        #expect(byColumns.sorted() == ours.sorted() && byColumns != ours)
        #expect(abs(correlation(byColumns, theirs)) < 0.1)
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let count = Double(a.count)
        let (meanA, meanB) = (Double(a.reduce(0, +)) / count, Double(b.reduce(0, +)) / count)
        let (da, db) = (a.map { Double($0) - meanA }, b.map { Double($0) - meanB })
        let products = zip(da, db).reduce(0) { $0 + $1.0 * $1.1 }
        return products / (da.reduce(0) { $0 + $1 * $1 } * db.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    static let settings: [HOG] = [
        .dalalTriggs, .scikitImage,
        HOG(orientations: 6, cellSide: 4, blockSide: 1, takesSquareRoots: false),
        HOG(orientations: 18, cellSide: 5, blockSide: 3, samples: .luminance, voting: .nearest),
        HOG(orientations: 2, cellSide: 3, blockSide: 4, samples: .luminance),
        HOG(
            orientations: 7, cellSide: 2, blockSide: 2, takesSquareRoots: false, voting: .nearest,
            normalization: HOG.Normalization(form: .insideNorm, epsilon: 0.5, limit: 0.3, secondEpsilon: 0.1)),
        HOG(orientations: 36, cellSide: 13, blockSide: 1),
    ]

    @Test("agrees with its definition at sizes of all kinds", arguments: settings)
    func definition(_ hog: HOG) {
        for (width, height) in [(64, 40), (41, 67), (39, 39), (13, 100), (17, 16), (1, 1), (1, 90), (90, 1), (2, 2)] {
            for channels in [1, 3] {
                for image in [
                    Image.noise(width: width, height: height, channels: channels, seed: 7),
                    Image.waves(width: width, height: height, channels: channels),
                ] {
                    let (found, expected) = (hog.descriptor(of: image), slowHOG(hog, image))
                    #expect(found.count == hog.length(for: image.size))
                    // The arc tangent is good to a hundredth of a degree, which narrow bins with few votes show most.
                    let tolerance = hog.voting == .nearest ? 2e-6 : 3e-4 * Float(max(hog.orientations, 7))
                    #expect(largestDifference(found, expected) < tolerance, "\(width)×\(height)×\(channels)")
                }
            }
        }
    }

    @Test("an image without edges has no gradients, and none has NaN")
    func flat() {
        for hog in Self.settings {
            let image = Image(width: 60, height: 60, filledWith: [9, 200, 77])
            #expect(hog.descriptor(of: image).allSatisfy { $0 == 0 })
        }
    }

    @Test("an image smaller than a block has no numbers")
    func small() {
        let grid = HOG.dalalTriggs.grid(of: .noise(width: 15, height: 400, channels: 3))
        #expect(grid.columns == 0 && grid.values.isEmpty)
        #expect(grid.windowCounts(of: PixelSize(width: 64, height: 128)) == (0, 0))
        #expect(
            grid.scores(
                ofWindows: PixelSize(width: 16, height: 16), weights: [Float](repeating: 1, count: 36), bias: 0) == [])
    }

    @Test("a mirror image has its cells and bins in reverse")
    func mirror() {
        let hog = HOG(voting: .nearest, normalization: HOG.scikitImage.normalization)
        // Brighter downwards everywhere: no gradient is level, and so on the border of the first bin and the last.
        let image = Image.drawn(40, 48, 1) { x, y, _ in 2 * y + 3 * (x * 37 % 11) }
        let mirrored = Image.drawn(40, 48, 1) { x, y, _ in Int(image[39 - x, y]) }
        let (a, b) = (hog.grid(of: image), hog.grid(of: mirrored))
        func cell(_ grid: HOGGrid, _ row: Int, _ column: Int, _ cy: Int, _ cx: Int) -> [Float] {
            let start = ((row * grid.columns + column) * 4 + cy * 2 + cx) * 9
            return Array(grid.values[start..<(start + 9)])
        }
        for row in 1..<4 {
            for column in 0..<4 {
                for (cy, cx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    let (plain, other) = (cell(a, row, column, cy, cx), cell(b, row, 3 - column, cy, 1 - cx))
                    #expect(largestDifference(plain, other.reversed()) < 1e-6)
                    #expect(plain.contains { $0 > 0.1 })
                }
            }
        }
    }

    @Test("settings that make no descriptor are refused", .timeLimit(.minutes(1)))
    func refused() async {
        await #expect(processExitsWith: .failure) { _ = HOG(orientations: 1) }
        await #expect(processExitsWith: .failure) { _ = HOG(cellSide: 0) }
        await #expect(processExitsWith: .failure) { _ = HOG(blockSide: 9) }
    }

    @Test(
        "the astronaut's 311 364 numbers are scikit-image's",
        .enabled(if: ReferenceData.has("hog_reference"), Comment(rawValue: ReferenceData.missing)))
    func scikitImage() throws {
        let image = try Image(contentsOf: ReferenceData.path("hog_reference/astronaut.png"))
        let folder = ReferenceData.path("hog_reference")
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".npy") })
        // Version 1: 8 bytes of name and version, 2 of the header's length, the header, 64-bit numbers.
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        let start = 10 + Int(data[8]) + Int(data[9]) << 8
        let expected = stride(from: start, to: data.count, by: 8).map { place in
            Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(data[place + $1]) << (8 * $1) })
        }
        #expect(expected.count == 311_364)
        let found = HOG.scikitImage.descriptor(of: image)
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) <= 1e-6 })
    }

    @Test(
        "OpenCV's detector of people scores an image as OpenCV does",
        .enabled(if: ReferenceData.has("hog_reference"), Comment(rawValue: ReferenceData.missing)))
    func people() throws {
        let people = HOGFixtures.shared.people
        let image = try Image(contentsOf: ReferenceData.path("hog_reference/astronaut.png"))
        let window = PixelSize(width: 64, height: 128)
        let grid = HOG.dalalTriggs.grid(of: image)
        #expect(grid.windowCounts(of: window) == (people.rows, people.columns))
        let scores = grid.scores(ofWindows: window, weights: people.weights.floats, bias: people.bias)
        #expect(abs(people.bias - -6.665_791_5) < 1e-6)
        #expect(largestDifference(scores, people.scores.floats) < 5e-5)
    }
}
