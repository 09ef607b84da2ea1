import SaccadeGeometry
import SaccadeImages
import SaccadePrelude
import Testing

@testable import SaccadeFeatures

@Suite struct WindowSearchTests {
    static func search(
        margin: Int = 8, step: Double = 1.2,
        _ shapes: [(size: PixelSize, sides: ClosedRange<Double>)] = [
            (PixelSize(width: 64, height: 64), 40...100)
        ]
    ) throws -> WindowSearch {
        try WindowSearch(
            hog: .dalalTriggs, margin: margin, step: step,
            shapes: shapes.map { WindowShape(windowSize: $0.size, sides: $0.sides) })
    }

    @Test("a shape is as wide for its height as the middle object, and for sizes around all of them")
    func shapes() throws {
        let boxes = [(10.0, 40.0), (20, 40), (20, 45), (40, 40), (90, 30)].map {
            Box(x: 5, y: 7, width: $0.0, height: $0.1)
        }
        let shape = try #require(WindowShape(fitting: boxes, side: 48, margin: 8, cell: 8))
        // The middle ratio is 1 : 2: the root of 48² / 2 by twice that, 33.9 × 67.9, with 16 more, in whole cells.
        #expect(shape.windowSize == PixelSize(width: 48, height: 80))
        #expect(abs(shape.sides.lowerBound - 20 / 1.1) < 1e-9)
        #expect(abs(shape.sides.upperBound - 2700.0.squareRoot() * 1.1) < 1e-9)
        // One in fifty at either end may be left out.
        let odd =
            Array(repeating: Box(x: 0, y: 0, width: 30, height: 30), count: 98)
            + [Box(x: 0, y: 0, width: 1, height: 1), Box(x: 0, y: 0, width: 900, height: 900)]
        let robust = try #require(WindowShape(fitting: odd, side: 48, margin: 8, cell: 8))
        #expect(robust == WindowShape(windowSize: PixelSize(width: 64, height: 64), sides: (30 / 1.1)...(30 * 1.1)))
    }

    @Test("boxes that are none do not count, and extreme ones make windows of few cells to one")
    func strangeBoxes() throws {
        let none = [
            Box(left: .nan, top: 0, right: 1, bottom: 1), Box(left: 5, top: 0, right: 1, bottom: 1),
            Box(left: 0, top: 0, right: 0, bottom: 3), Box(left: -1e308, top: -1e308, right: 1e308, bottom: 1e308),
            Box(left: 0, top: 0, right: 1e-300, bottom: 1e-300),
        ]
        #expect(WindowShape(fitting: none, side: 48, margin: 8, cell: 8) == nil)
        #expect(WindowShape(fitting: [], side: 48, margin: 8, cell: 8) == nil)
        let line = try #require(
            WindowShape(
                fitting: none + [Box(x: 0, y: 0, width: 1e6, height: 1e-6)], side: 48, margin: 8, cell: 8))
        #expect(line.windowSize == PixelSize(width: 112, height: 40))
        let wide = try #require(
            WindowShape(fitting: [Box(x: 0, y: 0, width: 3, height: 3)], side: 4096, margin: 4096, cell: 1))
        #expect(wide.windowSize.width == 3 * 4096)
    }

    @Test("windows reach into every corner of the image and no object in one reaches out")
    func corners() throws {
        let search = try Self.search()
        for (width, height) in [(101, 77), (48, 48), (300, 60), (201, 333)] {
            let image = Image.noise(width: width, height: height, channels: 3)
            var levels = 0
            search.forEachLevel(of: image) { level in
                levels += 1
                let (rows, columns) = level.windowCounts(of: 0)
                #expect(rows > 0 && columns > 0)
                let first = level.box(row: 0, column: 0, shape: 0)
                let last = level.box(row: rows - 1, column: columns - 1, shape: 0)
                #expect(first.left == 0 && first.top == 0)
                // What does not fill a cell is left over.
                let (cellWidth, cellHeight) = (8 * level.size.horizontalScale, 8 * level.size.verticalScale)
                #expect(last.right > Double(width) - cellWidth && last.right <= Double(width))
                #expect(last.bottom > Double(height) - cellHeight && last.bottom <= Double(height))
                #expect((first.area.squareRoot() * 1.2.squareRoot()) >= 40)
                #expect((first.area.squareRoot() / 1.2.squareRoot()) <= 100)
            }
            #expect(levels > 0, "\(width)×\(height)")
        }
        search.forEachLevel(of: .noise(width: 1, height: 1, channels: 1)) { _ in Issue.record("a window on a pixel") }
        search.forEachLevel(of: .noise(width: 4000, height: 3, channels: 1)) { _ in Issue.record("a window on a line") }
    }

    @Test("each size that a shape is for has a level within half a step, and others look elsewhere")
    func levels() throws {
        let search = try Self.search(
            step: 1.25,
            [
                (PixelSize(width: 64, height: 64), 30...40), (PixelSize(width: 48, height: 80), 70...150),
            ])
        var found: [[Double]] = [[], []]
        search.forEachLevel(of: .noise(width: 400, height: 300, channels: 1)) { level in
            #expect(!level.shapes.isEmpty)
            for shape in level.shapes {
                found[shape].append(level.box(row: 0, column: 0, shape: shape).area.squareRoot())
            }
        }
        for (shape, sides) in [30.0...40, 70...150].enumerated() {
            let slack = 1.25.squareRoot() * 1.01
            #expect(found[shape].allSatisfy { $0 * slack >= sides.lowerBound && $0 / slack <= sides.upperBound })
            for side in stride(from: sides.lowerBound, through: sides.upperBound, by: 1) {
                #expect(found[shape].contains { max($0, side) / min($0, side) < slack }, "\(shape): \(side)")
            }
        }
    }

    @Test("images at several levels come in their order, and are those of the levels")
    func images() {
        let image = Image.waves(width: 230, height: 150, channels: 3)
        let pyramid = ImagePyramid(image, downTo: PixelSize(width: 20, height: 20), step: 1.1, magnification: 2)
        let levels = pyramid.levels.enumerated().filter { $0.offset % 5 != 2 }.map(\.element)
        var found: [ImagePyramid.Level] = []
        pyramid.forEachImage(at: levels) { level, image in
            found.append(level)
            let isSame = image == pyramid.image(at: level)
            #expect(isSame, "\(level)")
        }
        #expect(found == levels && levels.count > 16)
        pyramid.forEachImage(at: []) { _, _ in Issue.record("an image of no level") }
    }

    @Test("an object is described as it is on the grid where it lies")
    func descriptors() throws {
        let search = try Self.search([(PixelSize(width: 64, height: 48), 10...200)])
        let image = Image.waves(width: 160, height: 128, channels: 3)
        let (row, column) = (4, 6)
        // Of the grid of the image itself: the object begins a margin, which is a cell, after the window.
        let window = PixelSize(width: 64, height: 48)
        let expected = HOG.dalalTriggs.grid(of: image).window(row: row, column: column, size: window)
        let box = Box(x: Double(column * 8 + 8), y: Double(row * 8 + 8), width: 48, height: 32)
        let found = try #require(search.descriptors(of: box, on: image, shape: 0))
        #expect(found.count == 2 && found[0] == expected)
        let mirrored = image.flippedHorizontally()
        let other = Box(left: 160 - box.right, top: box.top, right: 160 - box.left, bottom: box.bottom)
        #expect(try #require(search.descriptors(of: other, on: mirrored, shape: 0))[0] == found[1])
    }

    @Test("objects of another form, or none at all, have no window")
    func unsuitable() throws {
        let search = try Self.search()
        let image = Image.noise(width: 100, height: 80, channels: 1)
        for box in [
            Box(x: 0, y: 0, width: 90, height: 10), Box(x: 10, y: 10, width: 5, height: 60),
            Box(x: 200, y: 0, width: 10, height: 10), Box(left: .nan, top: 0, right: 5, bottom: 5),
            Box(left: 30, top: 0, right: 20, bottom: 5), Box(x: 20, y: 20, width: 0, height: 0),
            Box(left: -.infinity, top: 4, right: 3, bottom: 100_000),
        ] { #expect(search.descriptors(of: box, on: image, shape: 0) == nil, "\(box)") }
        for box in [
            Box(x: -1e12, y: -1e12, width: 2e12, height: 2e12), Box(x: 99, y: 79, width: 1, height: 1),
            Box(x: 50, y: 30, width: 1e-9, height: 1e-9), Box(x: -40, y: 0, width: 80, height: 40),
        ] { #expect(search.descriptors(of: box, on: image, shape: 0)?.count == 2, "\(box)") }
    }

    @Test("windows, margins and steps that cannot be are refused in a sentence")
    func refused() {
        func code(
            margin: Int = 8, step: Double = 1.1, width: Int = 64, height: Int = 64, sides: ClosedRange<Double> = 20...30
        ) -> FeaturesError.Code? {
            do throws(FeaturesError) {
                _ = try WindowSearch(
                    hog: .dalalTriggs, margin: margin, step: step,
                    shapes: [WindowShape(windowSize: PixelSize(width: width, height: height), sides: sides)])
                return nil
            } catch { return error.code }
        }
        #expect(code() == nil)
        for margin in [-1, 257, .max, .min] { #expect(code(margin: margin) == .setting) }
        for step in [1, 0, -2, 5, .nan, .infinity] { #expect(code(step: step) == .setting) }
        for side in [0, -5, 8, 4097, .max, .min] {
            #expect(code(margin: 0, width: side) == .window)
            #expect(code(margin: 0, height: side) == .window)
        }
        #expect(code(margin: 22) == .window)
        #expect(code(margin: 21) == nil)
        #expect(code(sides: 0...3) == .window)
        #expect(code(sides: -1...3) == .window)
        #expect(code(sides: 1...(.infinity)) == .window)
    }
}
