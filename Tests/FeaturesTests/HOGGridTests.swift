import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude
import Testing

@Suite struct HOGGridTests {
    let window = PixelSize(width: 32, height: 48)

    @Test("away from edges, a window of a grid is the descriptor of its pixels but for its own edges")
    func windows() {
        let hog = HOG.dalalTriggs
        let image = Image.waves(width: 120, height: 96, channels: 3)
        let grid = hog.grid(of: image)
        #expect(grid.windowCounts(of: window) == (7, 12))
        let (row, column) = (3, 5)
        let cut = image.cropped(x: column * 8, y: row * 8, width: window.width, height: window.height)
        let (found, alone) = (grid.window(row: row, column: column, size: window), hog.descriptor(of: cut))
        #expect(found.count == alone.count && found.count == hog.length(for: window))
        // Blocks: 5 rows of 3; the one in the middle touches no edge.
        let middle = (2 * 3 + 1) * hog.blockLength
        let range = middle..<(middle + hog.blockLength)
        #expect(Array(found[range]) == Array(alone[range]))
        #expect(found != alone)
    }

    @Test("windows at corners are the whole grid's blocks there")
    func corners() {
        let grid = HOG.dalalTriggs.grid(of: .noise(width: 40, height: 48, channels: 1))
        let last = grid.window(row: 0, column: 1, size: window)
        #expect(last.suffix(36) == grid.values.suffix(36))
        #expect(grid.window(row: 0, column: 0, size: window).prefix(36) == grid.values.prefix(36))
    }

    @Test("scores are products of windows and weights, at places of all numbers", arguments: [2, 3, 5, 9])
    func scores(bins: Int) {
        let hog = HOG(orientations: bins)
        var generator = SplitMix64(seed: 3)
        let weights = (0..<hog.length(for: window)).map { _ in Float.random(in: -1...1, using: &generator) }
        for (width, height) in [(32, 48), (40, 50), (56, 48), (64, 64), (100, 90)] {
            let grid = hog.grid(of: .noise(width: width, height: height, channels: 1))
            let counts = grid.windowCounts(of: window)
            let found = grid.scores(ofWindows: window, weights: weights, bias: -0.5)
            var expected: [Float] = []
            for row in 0..<counts.rows {
                for column in 0..<counts.columns {
                    let numbers = grid.window(row: row, column: column, size: window)
                    expected.append(Float(zip(numbers, weights).reduce(-0.5) { $0 + Double($1.0) * Double($1.1) }))
                }
            }
            #expect(largestDifference(found, expected) < 1e-5, "\(width)×\(height)")
        }
    }

    @Test("a window beyond the grid, or weights for another, are wrong programs")
    func refused() async {
        await #expect(processExitsWith: .failure) {
            let grid = HOG.dalalTriggs.grid(of: .noise(width: 64, height: 64, channels: 1))
            _ = grid.window(row: 0, column: 5, size: PixelSize(width: 32, height: 32))
        }
        await #expect(processExitsWith: .failure) {
            let grid = HOG.dalalTriggs.grid(of: .noise(width: 64, height: 64, channels: 1))
            _ = grid.scores(ofWindows: PixelSize(width: 32, height: 32), weights: [1], bias: 0)
        }
    }

    @Test("a pyramid goes down by its step until the window no longer fits")
    func pyramid() {
        let image = Image.noise(width: 200, height: 101, channels: 3)
        let pyramid = ImagePyramid(image, downTo: PixelSize(width: 64, height: 32), step: 1.25)
        #expect(pyramid.levels.map(\.size.width) == [200, 160, 128, 102, 82, 66])
        #expect(pyramid.levels.map(\.size.height) == [101, 81, 65, 52, 41, 33])
        let level = pyramid.levels[2]
        #expect(pyramid.image(at: level) == image.resized(width: 128, height: 65))
        let whole = level.box(Box(x: 0, y: 0, width: 128, height: 65))
        #expect(abs(whole.right - 200) < 1e-9 && abs(whole.bottom - 101) < 1e-9)
        #expect(ImagePyramid(image, downTo: PixelSize(width: 64, height: 128), step: 1.25).levels.isEmpty)
        let larger = ImagePyramid(image, downTo: PixelSize(width: 64, height: 32), step: 2, magnification: 2)
        #expect(larger.levels.map(\.size.width) == [400, 200, 100])
    }
}
