import SaccadeImages
import Testing

@Suite struct ResizeTests {
    static let sizes = [
        (1, 1), (2, 3), (20, 13), (32, 32), (61, 20), (30, 47), (60, 46), (61, 47), (97, 30), (128, 111), (7, 200),
        (55, 20), (60, 9),
    ]

    @Test("equals Pillow's resize", arguments: ResizeFilter.allCases, sizes)
    func equalsPillow(filter: ResizeFilter, size: (Int, Int)) throws {
        let resized = try Fixture.image("source.png").resized(width: size.0, height: size.1, filter: filter)
        let expected = try Fixture.image("\(filter.rawValue)_\(size.0)x\(size.1).png")
        #expect(resized == expected)
    }

    @Test("equals Pillow's resize of grey images", arguments: [(20, 13), (97, 30)])
    func grey(size: (Int, Int)) throws {
        let resized = try Fixture.image("grey.png").resized(width: size.0, height: size.1)
        let expected = try Fixture.image("grey_bilinear_\(size.0)x\(size.1).png")
        #expect(resized == expected)
    }

    @Test("equals Pillow's grey")
    func toGrey() throws {
        #expect(try Fixture.image("source.png").grey() == Fixture.image("grey.png"))
    }

    @Test("short side, then the middle: equals torchvision's Resize and CenterCrop, in one step or two")
    func shortSideAndCrop() throws {
        let source = try Fixture.image("source.png")
        let expected = try Fixture.image("crop_32_28.png")
        #expect(source.resized(shortSide: 32).centerCropped(width: 28, height: 28) == expected)
        #expect(source.resized(shortSide: 32, centerCrop: 28, 28) == expected)
    }

    @Test(
        "one step equals two for every filter",
        arguments: ResizeFilter.allCases, [(300, 200, 64, 64), (99, 301, 50, 33), (40, 40, 80, 71), (16, 16, 16, 9)])
    func oneStep(filter: ResizeFilter, c: (width: Int, height: Int, side: Int, crop: Int)) {
        let source = Image.pattern(width: c.width, height: c.height, channels: 3)
        let two = source.resized(shortSide: c.side, filter: filter).centerCropped(width: c.crop, height: c.crop - 2)
        #expect(source.resized(shortSide: c.side, centerCrop: c.crop, c.crop - 2, filter: filter) == two)
    }

    @Test("one colour stays that colour at any size", arguments: [1, 2, 3, 5, 17, 64, 200], ResizeFilter.allCases)
    func constant(side: Int, filter: ResizeFilter) {
        for colour: [UInt8] in [[200], [200, 3, 255]] {
            let image = Image(width: 23, height: 31, filledWith: colour)
            #expect(
                image.resized(width: side, height: 2 * side + 1, filter: filter)
                    == Image(width: side, height: 2 * side + 1, filledWith: colour))
        }
    }

    @Test("half the size by area is the rounded mean of four pixels")
    func area() {
        let image = Image.pattern(width: 20, height: 14, channels: 3)
        let half = image.resized(width: 10, height: 7, filter: .area)
        for y in 0..<7 {
            for x in 0..<10 {
                let pairs = [0, 1].map { (Int(image[2 * x, 2 * y + $0]) + Int(image[2 * x + 1, 2 * y + $0]) + 1) / 2 }
                #expect(Int(half[x, y]) == (pairs[0] + pairs[1] + 1) / 2)
            }
        }
    }

    @Test("a line of pixels does not become a huge image")
    func line() {
        let line = Image.pattern(width: 60_000, height: 1, channels: 3)
        #expect(line.resized(shortSide: 20).size == PixelSize(width: 2000, height: 20))
        #expect(line.resized(shortSide: 224, centerCrop: 224, 224).size == PixelSize(width: 224, height: 224))
        #expect(
            line.resized(shortSide: 224, centerCrop: 224, 224, filter: .nearest).size
                == PixelSize(width: 224, height: 224))
    }

    @Test("crops, flips and channels")
    func rearranging() {
        let image = Image.pattern(width: 7, height: 5, channels: 3)
        let part = image.cropped(x: 2, y: 1, width: 4, height: 3)
        #expect(part[0, 0, 1] == image[2, 1, 1] && part[3, 2, 2] == image[5, 3, 2])
        let flipped = image.flippedHorizontally()
        #expect(flipped[0, 4, 0] == image[6, 4, 0] && flipped.flippedHorizontally() == image)
        #expect(image.grey().rgb().grey() == image.grey())
        #expect(image.converted(toChannels: 1).channels == 1 && image.converted(toChannels: 3) == image)
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, channels: 3, pixels: [0])
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).resized(width: 0, height: 3)
        }
        await #expect(processExitsWith: .failure) {
            _ = Image(width: 2, height: 2, filledWith: [0]).cropped(x: 1, y: 0, width: 2, height: 1)
        }
    }
}
