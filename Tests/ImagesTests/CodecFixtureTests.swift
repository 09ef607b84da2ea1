import SaccadeFiles
import SaccadeImages
import Testing

/// Small files of many kinds, and what becomes of them when they are damaged.
@Suite struct CodecFixtureTests {
    @Test("decodes to the expected pixels", arguments: CodecFixture.names)
    func pixels(name: String) throws {
        let bytes = try CodecFixture.bytes(name)
        let image = try Image(decoding: bytes, name: name)
        let expected = try CodecFixture.expected(name)
        // Two builds of libwebp or libjpeg may round differently by a level.
        #expect(image.worstDifference(from: expected) <= (name.contains("lossy") ? 1 : 0))
        let header = try ImageHeader(decoding: bytes, name: name)
        #expect(header.size == image.size && header.channels == image.channels)
        #expect(header.format.rawValue.prefix(2) == name.drop { $0 != "." }.dropFirst().prefix(2))
    }

    @Test("is refused when cut short", arguments: CodecFixture.names.filter { !$0.hasPrefix("animated") })
    func cutShort(name: String) throws {
        let bytes = try CodecFixture.bytes(name)
        // Behind the image stand a GIF's last byte and, after runs, the mark of a BMP's end.
        let end = name.hasSuffix(".gif") ? 1 : name.hasPrefix("rle") ? 2 : 0
        for count in 3..<(bytes.count - end) {
            let found = error(Array(bytes.prefix(count)))
            #expect(found?.code == .truncated, "\(count) bytes of \(bytes.count): \(found?.description ?? "opened")")
        }
    }

    @Test("is refused by its header alone when it has too many pixels", arguments: CodecFixture.names)
    func tooLarge(name: String) throws {
        let bytes = try CodecFixture.bytes(name)
        let size = try CodecFixture.expected(name).size
        #expect(error(bytes, limit: size.width * size.height - 1)?.code == .tooLarge)
        #expect(error(bytes, limit: size.width * size.height) == nil)
    }

    @Test("damaged GIFs say what is wrong")
    func damagedGIF() throws {
        let plain = try CodecFixture.bytes("plain.gif")
        #expect(reason(plain[..<10] + [0, 0, 0] + [0x3B]).contains("ends without an image"))
        #expect(reason(plain[..<10] + [0, 0, 0] + [0x99]).contains("unknown kind 153"))
        let descriptor = 13 + 16 * 3
        #expect(plain[descriptor] == 0x2C)
        var empty = plain
        empty.replaceSubrange((descriptor + 5)..<(descriptor + 7), with: [0, 0])
        #expect(reason(empty).contains("0×9 pixels"))
        // A palette of two colours for pixels of sixteen.
        let few = plain[..<10] + [0x80, 0, 0] + plain[13..<19] + plain[descriptor...]
        #expect(reason(Array(few)).contains("of a palette of 2"))
    }

    @Test(
        "damaged BMPs say what is wrong",
        arguments: [
            (10, [20, 0, 0, 0], "inside its header"), (14, [41, 0, 0, 0], "41 bytes"), (18, [0, 0, 0, 0], "0×9"),
            (18, [255, 255, 255, 255], "-1×9"), (22, [0, 0, 0, 0], "13×0"), (28, [3, 0], "3 bits per pixel"),
            (30, [4, 0, 0, 0], "wraps a JPEG"), (30, [2, 0, 0, 0], "compression 2"), (46, [1, 1, 0, 0], "257 colours"),
            (46, [2, 0, 0, 0], "of a palette of 2"),
        ])
    func damagedBMP(at: Int, bytes: [UInt8], reason: String) throws {
        var damaged = try CodecFixture.bytes("bits8.bmp")
        damaged.replaceSubrange(at..<(at + bytes.count), with: bytes)
        #expect(self.reason(damaged).contains(reason))
    }

    @Test("masks of a BMP that make no sense are refused")
    func masks() throws {
        for mask: [UInt8] in [[5, 0, 0, 0], [0, 0, 1, 0]] {
            var damaged = try CodecFixture.bytes("rgb565.bmp")
            damaged.replaceSubrange(54..<58, with: mask)
            #expect(reason(damaged).contains("side by side"))
        }
    }

    @Test("runs that leave the image are refused", arguments: ["rle4.bmp", "rle8.bmp"])
    func runs(name: String) throws {
        let start = 14 + 40 + 16
        var damaged = try CodecFixture.bytes(name)
        damaged[start] = 14
        #expect(reason(damaged).contains("a run leads out of its row"))
        damaged.replaceSubrange(start..<(start + 4), with: [0, 2, 14, 0])
        #expect(reason(damaged).contains("a step leads out of the image"))
        damaged.replaceSubrange(start..<(start + 4), with: [0, 2, 0, 9])
        #expect(reason(damaged).contains("a step leads out of the image"))
    }

    @Test("damaged WebPs say what is wrong")
    func damagedWebP() throws {
        var lossy = try CodecFixture.bytes("lossy.webp")
        lossy[20 + 3] = 0  // the start code
        #expect(reason(lossy).contains("no image begins"))
        var lossless = try CodecFixture.bytes("lossless.webp")
        lossless[20] = 0
        #expect(reason(lossless).contains("no image begins"))
        lossless.replaceSubrange(12..<16, with: Array("ABCD".utf8))
        #expect(reason(lossless).contains("holds no image"))
        // The canvas is one pixel wider than the image on it.
        var turned = try CodecFixture.bytes("turned.webp")
        turned[24] += 1
        #expect(error(turned)?.code == .malformed)
    }

    private func error(_ bytes: [UInt8], limit: Int = Image.defaultPixelLimit) -> FileError? {
        do throws(FileError) {
            _ = try Image(decoding: bytes, name: "some file", pixelLimit: limit)
            return nil
        } catch {
            return error
        }
    }

    private func reason(_ bytes: [UInt8]) -> String { error(bytes)?.reason ?? "opened" }
}
