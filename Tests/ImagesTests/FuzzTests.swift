import Foundation
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

/// Decoders meet files whose bytes were flipped, cut and spliced: 60 000 of them, always the same.
@Suite struct FuzzTests {
    /// So many damaged files of each format; `SACCADE_FUZZ` sets another number, and adds small reference files.
    static let wanted = ProcessInfo.processInfo.environment["SACCADE_FUZZ"].flatMap(Int.init)

    @Test("damaged files of one format are opened or refused", arguments: ImageFormat.allCases)
    func oneFormat(_ format: ImageFormat) throws {
        let count = Self.wanted ?? 10_000
        let tally = Fuzz.decodeMutants(of: try originals { $0 == format }, count: count, seed: 1)
        #expect(tally.wrong == 0)
        #expect(tally.opened + tally.refused == count)
        // Most are damaged beyond use, but not all: else nothing behind the headers was met.
        #expect(tally.opened > count / 100 && tally.refused > count / 4, "\(tally)")
    }

    @Test("files of one format that go on as another are opened or refused")
    func allFormats() throws {
        let count = Self.wanted ?? 10_000
        let tally = Fuzz.decodeMutants(of: try originals { _ in true }, count: count, seed: 2)
        #expect(tally.wrong == 0)
        #expect(tally.opened + tally.refused == count)
    }

    private func originals(_ isWanted: (ImageFormat) -> Bool) throws -> [[UInt8]] {
        var files = try CodecFixture.names.map(CodecFixture.bytes)
        files += try TIFFFixture.all.map { try $0.bytes() }
        let turned = Exif.bytes(orientation: 6, bigEndian: true)
        let image = Image.pattern(width: 17, height: 9, channels: 3)
        files.append(try Exif.inserted(turned, intoPNG: image.pngData()))
        files.append(try Exif.inserted(turned, intoJPEG: image.jpegData(quality: 60)))
        if Self.wanted != nil, let names = FileManager.default.enumerator(atPath: ReferenceData.suite) {
            // Sorted, for the order decides which damage comes to which file.
            for name in names.compactMap({ $0 as? String }).sorted() {
                guard let data = FileManager.default.contents(atPath: ReferenceData.suite + name) else { continue }
                if data.count < 20_000 { files.append(Array(data)) }
            }
        }
        return files.filter { ImageFormat(magic: $0).map(isWanted) ?? false }
    }
}
