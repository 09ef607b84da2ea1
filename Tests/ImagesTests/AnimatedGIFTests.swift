import Foundation
import SaccadeFiles
import SaccadeImages
import Testing

@Suite struct AnimatedGIFTests {
    /// Smooth colours of many kinds, and noise that none of them is alike.
    private func colorful(_ number: Int, width: Int = 64, height: Int = 48) -> Image {
        var generator = Fuzz.Generator(state: UInt64(number))
        let pixels = (0..<width * height).flatMap { place in
            let (x, y) = (place % width, place / width)
            let noise = Int.random(in: 0...7, using: &generator)
            return [UInt8(x * 3 + noise), UInt8(y * 5 - noise + 7), UInt8((x + y + 9 * number) * 2 % 250)]
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    @Test("what reads GIFs here reads those of other programs", arguments: ["plain.gif", "grey.gif"])
    func reader(name: String) throws {
        let frames = SlowGIF(try CodecFixture.bytes(name)).frames
        #expect(frames.count == 1)
        #expect(frames[0].worstDifference(from: try CodecFixture.expected(name).converted(toChannels: 3)) == 0)
    }

    @Test("few colours are exact, grey ones always", arguments: [2, 3, 16, 17, 256])
    func exact(count: Int) throws {
        let grey = (0..<5).map { number in
            Image(
                width: 37, height: 23, channels: 1,
                pixels: (0..<37 * 23).map { UInt8(($0 * 7 + number * 31) % count * 255 / (count - 1)) })
        }
        let colored = grey.map { image in
            Image(
                width: 37, height: 23, channels: 3,
                pixels: image.pixels.flatMap { [$0, 255 - $0, UInt8(truncatingIfNeeded: Int($0) * 3)] })
        }
        for images in [grey, colored] {
            let film = SlowGIF(try AnimatedGIF(images, delay: .milliseconds(80)).data())
            #expect(film.frames.map(\.pixels) == images.map { $0.converted(toChannels: 3).pixels })
            #expect(film.delays == [8, 8, 8, 8, 8] && film.loops == 0)
            #expect(film.colors >= count && film.colors < max(3, 2 * count))
        }
        // Our own decoder sees the first image.
        let bytes = try AnimatedGIF(colored, delay: .milliseconds(80)).data()
        #expect(try Image(decoding: bytes, name: "ours") == colored[0])
    }

    @Test("one image is no film, and one of one colour is possible")
    func single() throws {
        let image = Image(width: 1, height: 1, filledWith: [9])
        let film = SlowGIF(try AnimatedGIF([image], delay: .zero).data())
        #expect(film.frames.map(\.pixels) == [[9, 9, 9]] && film.loops == nil)
    }

    @Test("what rounding takes from one frame the next one gets; the shortest are two hundredths of a second")
    func delays() throws {
        let image = Image(width: 2, height: 2, filledWith: [9])
        func delays(_ times: [Duration]) throws -> [Int] {
            SlowGIF(try AnimatedGIF(times.map { AnimatedGIF.Frame(image, delay: $0) }).data()).delays
        }
        // 30 frames a second: 3.33 hundredths each.
        #expect(try delays((0..<6).map { _ in .seconds(1) / 30 }) == [3, 4, 3, 3, 4, 3])
        #expect(try delays([.zero, .milliseconds(10), .seconds(1), .seconds(5000)]) == [2, 2, 97, 65500])
    }

    @Test("many colours become 256 that are near, nearer than six bits would be far")
    func medianCut() throws {
        let images = (0..<4).map { colorful($0) }
        let film = SlowGIF(try AnimatedGIF(images, delay: .milliseconds(40)).data())
        #expect(film.colors == 256 && film.frames.count == 4)
        for (image, frame) in zip(images, film.frames) {
            #expect(frame.meanDifference(from: image) < 6)
        }
        // A palette for one image has less to say, and fits better.
        let alone = SlowGIF(try AnimatedGIF([images[0]], delay: .zero).data()).frames[0]
        #expect(alone.meanDifference(from: images[0]) < film.frames[0].meanDifference(from: images[0]))
        // Nothing is at random.
        #expect(
            try AnimatedGIF(images, delay: .milliseconds(40)).data()
                == AnimatedGIF(images, delay: .milliseconds(40)).data())
    }

    @Test("grey and coloured images go together, and pixels of two colours far apart are kept apart")
    func mixed() throws {
        var images = [colorful(1)]
        images.append(Image(width: 64, height: 48, channels: 1, pixels: (0..<64 * 48).map { UInt8($0 % 256) }))
        let film = SlowGIF(try AnimatedGIF(images, delay: .milliseconds(40)).data())
        #expect(film.frames[1].meanDifference(from: images[1].converted(toChannels: 3)) < 8)
    }

    @Test("sides that GIF cannot have are refused, and a file appears whole")
    func files() throws {
        let wide = Image(width: 65_536, height: 1, filledWith: [0])
        #expect(#expect(throws: FileError.self) { try AnimatedGIF([wide], delay: .zero).data() }?.code == .unencodable)
        let widest = Image(width: 65_535, height: 1, filledWith: [7])
        #expect(SlowGIF(try AnimatedGIF([widest], delay: .zero).data()).frames[0].width == 65_535)
        let path = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString).gif").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let film = AnimatedGIF([colorful(1), colorful(2)], delay: .milliseconds(50))
        try film.write(to: path)
        #expect(Array(try Data(contentsOf: URL(filePath: path))) == (try film.data()))
        #expect(
            #expect(throws: FileError.self) { try film.write(to: "/nowhere/at/all.gif") }?.code == .missingFolder)
    }

    @Test("images of several sizes, and none, end the program")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = AnimatedGIF([]) }
        await #expect(processExitsWith: .failure) {
            let sizes = [1, 2].map { Image(width: $0, height: 1, filledWith: [0]) }
            _ = AnimatedGIF(sizes, delay: .zero)
        }
    }

    @Test(
        "Pillow sees the same films, and its own median cut of a single image is no nearer",
        .enabled(if: PillowReference.isThere, "\(PillowReference.missing)"))
    func pillow() throws {
        let images = (0..<4).map { colorful($0) }
        let grey = (0..<3).map { number in
            Image(width: 9, height: 9, channels: 1, pixels: (0..<81).map { UInt8($0 * 3 + number) })
        }
        for (name, film) in [("colours", images), ("one", [images[0]]), ("grey", grey)] {
            let delays = (0..<film.count).map { Duration.milliseconds(40 + 50 * $0) }
            let bytes = try AnimatedGIF(zip(film, delays).map { AnimatedGIF.Frame($0, delay: $1) }).data()
            let seen = try PillowReference.film(bytes, originals: film)
            #expect(seen.durations == (0..<film.count).map { 40 + 50 * $0 }, "\(name)")
            #expect(seen.loop == (film.count > 1 ? 0 : nil), "\(name)")
            let ours = SlowGIF(bytes)
            for (number, image) in film.enumerated() {
                let error = ours.frames[number].meanDifference(from: image.converted(toChannels: 3))
                #expect(abs(seen.errors[number] - error) < 1e-6, "\(name)")
                // Of several images Pillow gives each a palette.
                if name != "colours" { #expect(error <= seen.pillowErrors[number], "\(name)") }
            }
        }
    }
}
