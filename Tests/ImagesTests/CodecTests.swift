import Foundation
import SaccadeImages
import Testing

@Suite struct CodecTests {
    static let sizes = [(1, 1), (1, 9), (8, 1), (13, 7), (64, 48)]

    @Test("PNG gives back what it was given", arguments: sizes, [1, 3])
    func pngRoundTrip(size: (Int, Int), channels: Int) throws {
        let image = Image.pattern(width: size.0, height: size.1, channels: channels)
        for level in [0, 6, 9] {
            #expect(try Image(decoding: image.pngData(level: level), name: "round trip") == image)
        }
    }

    @Test("JPEG gives back nearly what it was given", arguments: sizes, [1, 3])
    func jpegRoundTrip(size: (Int, Int), channels: Int) throws {
        let image = Image.ramp(width: size.0, height: size.1, channels: channels)
        let back = try Image(decoding: image.jpegData(quality: 98), name: "round trip")
        #expect(image.worstDifference(from: back) <= 6)
    }

    @Test("WebP gives back what it was given, or nearly", arguments: sizes, [1, 3])
    func webPRoundTrip(size: (Int, Int), channels: Int) throws {
        let image = Image.pattern(width: size.0, height: size.1, channels: channels)
        #expect(try Image(decoding: image.webPData(quality: nil), name: "round trip") == image.rgb())
        let smooth = Image.ramp(width: size.0, height: size.1, channels: channels)
        let back = try Image(decoding: smooth.webPData(quality: 98), name: "round trip")
        #expect(smooth.rgb().worstDifference(from: back) <= 12)
        let header = try ImageHeader(decoding: smooth.webPData(), name: "a")
        #expect(header.format == .webp && header.size == smooth.size && header.channels == 3)
    }

    @Test("quality changes the size of a file")
    func quality() throws {
        let image = Image.pattern(width: 64, height: 64, channels: 3)
        #expect(try image.jpegData(quality: 10).count < image.jpegData(quality: 95).count / 2)
        #expect(try image.webPData(quality: 10).count < image.webPData(quality: 95).count / 2)
    }

    @Test("CMYK becomes RGB as in Pillow")
    func cmyk() throws {
        // Two builds of libjpeg may round differently by a level.
        #expect(try Fixture.image("cmyk.jpg").worstDifference(from: Fixture.image("cmyk_rgb.png")) <= 2)
    }

    @Test("the header tells format and size without decoding")
    func header() throws {
        let image = Image.ramp(width: 40, height: 30, channels: 3)
        let jpeg = try ImageHeader(decoding: Array(image.jpegData().prefix(700)), name: "a")
        #expect(jpeg.format == .jpeg && jpeg.size == image.size && jpeg.channels == 3)
        let png = try ImageHeader(decoding: Array(image.grey().pngData().prefix(33)), name: "b")
        #expect(png.format == .png && png.size == image.size && png.channels == 1)
    }

    @Test("each EXIF orientation stands the image up", arguments: Orientation.allCases, [false, true])
    func orientation(_ orientation: Orientation, bigEndian: Bool) throws {
        let upright = Image.pattern(width: 5, height: 3, channels: 3)
        // Stored as the standard's table says: where row 0 and column 0 of the stored image lie in the upright one.
        let (w, h) = (upright.width, upright.height)
        let at: (Int, Int) -> (Int, Int) = { x, y in
            switch orientation {
            case .upright: (x, y)
            case .mirrored: (w - 1 - x, y)
            case .turned180: (w - 1 - x, h - 1 - y)
            case .flipped: (x, h - 1 - y)
            case .transposed: (y, x)
            case .turned90CounterClockwise: (w - 1 - y, x)
            case .transversed: (w - 1 - y, h - 1 - x)
            case .turned90Clockwise: (y, h - 1 - x)
            }
        }
        let (storedWidth, storedHeight) = orientation.swapsSides ? (h, w) : (w, h)
        var stored = Image(width: storedWidth, height: storedHeight, filledWith: [0, 0, 0])
        for y in 0..<storedHeight {
            for x in 0..<storedWidth {
                let (ux, uy) = at(x, y)
                for c in 0..<3 { stored[x, y, c] = upright[ux, uy, c] }
            }
        }
        #expect(stored.upright(from: orientation) == upright)

        let exif = Exif.bytes(orientation: orientation.rawValue, bigEndian: bigEndian)
        let png = try Exif.inserted(exif, intoPNG: stored.pngData())
        #expect(try Image(decoding: png, name: "png") == upright)
        let plain = try stored.jpegData(quality: 100)
        let jpeg = Exif.inserted(exif, intoJPEG: plain)
        #expect(
            try Image(decoding: jpeg, name: "jpeg") == Image(decoding: plain, name: "plain").upright(from: orientation))
        #expect(try ImageHeader(decoding: jpeg, name: "jpeg").size == upright.size)
    }

    @Test("damaged EXIF data are passed over")
    func damagedExif() throws {
        let image = Image.ramp(width: 6, height: 4, channels: 3)
        let plain = try image.jpegData()
        let good = Exif.bytes(orientation: 6, bigEndian: false)
        let expected = try Image(decoding: plain, name: "plain")
        var damaged = (0..<good.count).map { Array(good.prefix($0)) }  // cut anywhere
        damaged.append(Exif.bytes(orientation: 0, bigEndian: true))
        damaged.append(Exif.bytes(orientation: 9, bigEndian: true))
        var far = good
        far.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
        damaged.append(far)
        for exif in damaged where exif.count < 20 || exif.count == good.count {
            #expect(try Image(decoding: Exif.inserted(exif, intoJPEG: plain), name: "damaged") == expected)
        }
    }

    @Test("a JPEG is decoded at the smallest scale that is large enough")
    func scaled() throws {
        let bytes = try Image.ramp(width: 100, height: 60, channels: 3).jpegData(quality: 95)
        func size(_ width: Int, _ height: Int) throws -> PixelSize {
            try Image(decoding: bytes, name: "a", atLeast: PixelSize(width: width, height: height)).size
        }
        #expect(try size(13, 8) == PixelSize(width: 13, height: 8))
        #expect(try size(14, 8) == PixelSize(width: 25, height: 15))
        #expect(try size(20, 20) == PixelSize(width: 50, height: 30))
        #expect(try size(51, 2) == PixelSize(width: 100, height: 60))
        #expect(try size(500, 500) == PixelSize(width: 100, height: 60))
    }
}

/// Smallest EXIF data that say an orientation.
enum Exif {
    static func bytes(orientation: Int, bigEndian: Bool) -> [UInt8] {
        let value = UInt8(orientation)
        return bigEndian
            ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
            : [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
    }

    static func inserted(_ exif: [UInt8], intoJPEG jpeg: [UInt8]) -> [UInt8] {
        let body = Array("Exif".utf8) + [0, 0] + exif
        return jpeg[..<2] + [0xFF, 0xE1, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
            + jpeg[2...]
    }

    static func inserted(_ exif: [UInt8], intoPNG png: [UInt8]) -> [UInt8] {
        func long(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let typed = Array("eXIf".utf8) + exif
        let ihdrEnd = 33
        let checksum = Int(PNGChecksums.checksum(typed[...]))
        return png[..<ihdrEnd] + long(exif.count) + typed + long(checksum) + png[ihdrEnd...]
    }
}
