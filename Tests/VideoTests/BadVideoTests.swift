import Foundation
import SaccadeFiles
import SaccadeImages
import SaccadeVideo
import Testing

/// Files that are no videos, or no longer.
@Suite(.enabled(if: VideoFile.isSupported, VideoFixture.missing)) struct BadVideoTests {
    private func error(_ bytes: [UInt8], pixelLimit: Int = VideoFile.defaultPixelLimit) throws -> FileError? {
        try withFile(bytes) { path in
            do throws(FileError) {
                _ = try VideoFile(contentsOf: path, pixelLimit: pixelLimit)
                return nil
            } catch {
                #expect(error.path == path)
                return error
            }
        }
    }

    @Test("other files are said to be none")
    func others() throws {
        #expect(try error([])?.code == .empty)
        #expect(try error(Array("just text".utf8))?.code == .unknownFormat)
        #expect(try error([UInt8](repeating: 0, count: 5000))?.code == .unknownFormat)
        let image = URL(filePath: VideoFixture.folder).appending(path: "../codecs/plain.gif.png").standardized.path()
        #expect(try error(Array(try Data(contentsOf: URL(filePath: image))))?.code == .unknownFormat)
        let sound = try error(Array(try Data(contentsOf: URL(filePath: VideoFixture.folder + "/sound.m4a"))))
        #expect(sound?.code == .unsupported && sound?.reason.contains("no moving pictures") ?? false)
        #expect(#expect(throws: FileError.self) { try VideoFile(contentsOf: "/nowhere.mp4") }?.code == .missing)
        #expect(#expect(throws: FileError.self) { try VideoFile(contentsOf: VideoFixture.folder) }?.code == .notAFile)
    }

    @Test("a list of other files leads nowhere")
    func playlists() throws {
        let video = VideoFixture.named("broadcast.ts").path
        let lists = [
            "ffconcat version 1.0\nfile \(video)\n",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n\(video)\n#EXT-X-ENDLIST\n",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n",
        ]
        for list in lists { #expect(try error(Array(list.utf8))?.code == .unknownFormat) }
    }

    @Test("pictures above the limit are refused, with their size")
    func limit() throws {
        let bytes = try VideoFixture.named("plain.mp4").bytes()
        let large = try error(bytes, pixelLimit: 48 * 32 - 1)
        #expect(large?.code == .tooLarge && large?.reason.contains("48×32") ?? false)
        #expect(try error(bytes, pixelLimit: 48 * 32) == nil)
        // Here the pictures grow beyond it on the way: either the whole file or the rest is refused.
        try withFile(VideoFixture.named("two-sizes.ts").bytes().reversedParts()) { path in
            var problem: FileError?
            do throws(FileError) {
                let reader = try VideoReader(contentsOf: path, pixelLimit: 1000)
                while let frame = try reader.next() { #expect(frame.image.width == 32) }
                problem = reader.problem
            } catch {
                problem = error
            }
            #expect(problem != nil)
        }
    }

    @Test("a file that ends early gives the pictures that are there, and says so; or one error")
    func shortened() throws {
        for fixture in VideoFixture.steady {
            let bytes = try fixture.bytes()
            let whole = try #require(fixture.expected.times).count
            for tenths in 1..<10 {
                try withFile(Array(bytes.prefix(bytes.count * tenths / 10))) { path in
                    do throws(FileError) {
                        let reader = try VideoReader(contentsOf: path)
                        var count = 0
                        while try reader.next() != nil { count += 1 }
                        #expect((1...whole).contains(count), "\(fixture.name) \(tenths)")
                    } catch {
                        #expect(error.path == path && !error.reason.isEmpty && !error.reason.contains("\n"))
                    }
                }
            }
        }
    }

    @Test("an AVI cut short says what is missing after the pictures that are there")
    func shortenedAVI() throws {
        // Its pictures are all key pictures, so that each stands for itself; its index lies at the end.
        let bytes = try VideoFixture.named("full-range.avi").bytes()
        let start = try #require(bytes.firstRange(of: Array("movi".utf8))).upperBound
        let second = try #require(bytes[start...].ranges(of: Array("00dc".utf8)).dropFirst().first).lowerBound
        try withFile(Array(bytes.prefix(second + 100))) { path in
            let reader = try VideoReader(contentsOf: path)
            var images: [Image] = []
            while let frame = try reader.next() { images.append(frame.image) }
            let whole = try VideoFile(contentsOf: VideoFixture.named("full-range.avi").path).frames()
            #expect(try images == [#require(try whole.next()).image])
            let problem = try #require(reader.problem)
            #expect(problem.path == path && problem.code == .malformed && problem.reason.contains("missing"))
        }
    }

    @Test("an MP4 whose table lies behind its pictures cannot be opened when that is cut off")
    func withoutTable() throws {
        let bytes = try VideoFixture.named("edit-list.mp4").bytes()
        let table = try #require(bytes.firstRange(of: Array("moov".utf8))).lowerBound - 4
        let error = try error(Array(bytes.prefix(table)))
        #expect(
            error?.code == .malformed && error?.remedy == "copy or download it again", "\(String(describing: error))")
    }

    @Test("numbers that ask for all memory are refused")
    func bombs() throws {
        var bytes = try VideoFixture.named("plain.mp4").bytes()
        func set(_ box: String, _ offset: Int, _ values: [UInt32]) throws {
            let at = try #require(bytes.firstRange(of: Array(box.utf8))).upperBound + offset
            for (place, value) in values.enumerated() {
                withUnsafeBytes(of: value.bigEndian) {
                    bytes.replaceSubrange(at + 4 * place..<at + 4 * place + 4, with: $0)
                }
            }
        }
        // A quarter of a billion pictures of one byte each, all in one chunk.
        try set("stsz", 4, [1, 0x0FFF_FFFF])
        try set("stts", 8, [0x0FFF_FFFF])
        try set("stsc", 12, [0x0FFF_FFFF])
        #expect(try error(bytes) != nil)
    }

    @Test("damaged files are opened or refused: 3 000 of them, always the same")
    func fuzz() throws {
        var generator = Generator(state: 7)
        var (opened, refused) = (0, 0)
        let originals = try VideoFixture.steady.map { try $0.bytes() }
        for number in 0..<3000 {
            var bytes = originals[number % originals.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let reach = Bool.random(using: &generator) ? min(300, bytes.count) : bytes.count
                let at = Int.random(in: 0..<reach, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
                case 2: bytes.replaceSubrange(at..<min(at + 4, bytes.count), with: [0xFF, 0xFF, 0xFF, 0xFF])
                case 3: bytes.removeSubrange(at..<min(at + 8, bytes.count))
                default: bytes.removeSubrange(max(at, 100)...)
                }
                if bytes.count < 400 { break }
            }
            try withFile(bytes) { path in
                do throws(FileError) {
                    let reader = try VideoReader(contentsOf: path, pixelLimit: 1 << 16)
                    var last = Duration.zero
                    var count = 0
                    while let frame = try reader.next(), count < 500 {
                        if frame.time < last || frame.duration < .zero { Issue.record("time runs backwards") }
                        last = frame.time
                        count += 1
                    }
                    opened += 1
                } catch {
                    if error.path == path { refused += 1 }
                }
            }
        }
        #expect(opened + refused == 3000)
        #expect(opened > 500 && refused > 500, "\(opened), \(refused)")
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {  // SplitMix64 (Steele, Lea and Flood, 2014)
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}

extension [UInt8] {
    /// Two transport streams one after the other, in the other order: packets of 188 bytes, of which those that begin a
    /// stream have number 0 of their program's table.
    fileprivate func reversedParts() -> [UInt8] {
        let packets = stride(from: 0, to: count - 187, by: 188).map { Array(self[$0..<$0 + 188]) }
        // A stream begins with its service description, which is program 17.
        let starts = packets.indices.filter { Int(packets[$0][1] & 0x1F) << 8 | Int(packets[$0][2]) == 17 }
        guard let second = starts.last, second > 0 else { return self }
        return Array((packets[second...] + packets[..<second]).joined())
    }
}
