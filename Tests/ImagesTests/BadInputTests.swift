import Foundation
import SaccadeFiles
import SaccadeImages
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct BadInputTests {
    /// The error that decoding gives, or nothing.
    private func error(_ body: () throws(FileError) -> Image) -> FileError? {
        do throws(FileError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    private func decodingError(_ bytes: [UInt8], limit: Int = Image.defaultPixelLimit) -> FileError? {
        error { () throws(FileError) in try Image(decoding: bytes, name: "some.jpg", pixelLimit: limit) }
    }

    @Test("what is not a file")
    func notAFile() throws {
        let folder = try TemporaryFolder()
        func code(_ path: String) -> FileError.Code? {
            error { () throws(FileError) in try Image(contentsOf: path) }?.code
        }
        #expect(code(folder.file("nothing.png")) == .missing)
        #expect(code("") == .missing)
        #expect(code("a\0b") == .missing)
        #expect(code(folder.path) == .notAFile)
        #expect(code("/dev/null") == .notAFile)
        _ = FileManager.default.createFile(atPath: folder.file("empty.png"), contents: Data())
        #expect(code(folder.file("empty.png")) == .empty)
        #if canImport(Glibc)
            // Nobody ever writes to this pipe: it must not be waited for.
            #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
            #expect(code(folder.file("pipe")) == .notAFile)
        #endif
        #expect(throws: FileError.self) { try ImageHeader(contentsOf: folder.file("nothing.png")) }
    }

    @Test("the message names the file, the trouble and the remedy")
    func message() {
        let found = error { () throws(FileError) in try Image(contentsOf: "no/such.png") }
        #expect(found.map { "\($0)" } == "no/such.png: there is no such file; check the path.")
        #expect(
            decodingError(Array("%PDF-1.7....".utf8)).map { "\($0)" }
                == "some.jpg: is not a JPEG, PNG, WebP, GIF, BMP or TIFF image (it looks like a PDF document); "
                + "convert it to one of these, or leave it out.")
    }

    @Test(
        "other contents",
        arguments: [
            ("RIFF____WAVEfmt ", "sound"), ("GIF88a__", "47 49 46 38"), ("<!DOCTYPE html>", "web page"),
            ("%PDF-1.4", "PDF"), ("____ftypheic", "HEIF"), ("hello", "68 65 6c 6c"), ("x", "78"),
        ])
    func otherContents(text: String, named: String) {
        let found = decodingError(Array(text.utf8))
        #expect(found?.code == .unknownFormat)
        #expect(found?.reason.contains(named) == true)
    }

    @Test(
        "every beginning of a file is refused, never filled up with grey",
        arguments: [ImageFormat.jpeg, .png, .webp])
    func cutShort(format: ImageFormat) throws {
        let image = Image.ramp(width: 30, height: 20, channels: 3)
        let bytes =
            switch format {
            case .png: try image.pngData()
            case .webp: try image.webPData()
            default: try image.jpegData()
            }
        for count in 0..<bytes.count {
            let found = decodingError(Array(bytes.prefix(count)))
            #expect(found != nil && found?.code != .unknownFormat || count < 3, "\(count) bytes of \(bytes.count)")
            if count > 60 { #expect(found?.code == .truncated) }
        }
    }

    @Test("too many pixels are refused by the header alone")
    func tooLarge() throws {
        let image = Image.ramp(width: 30, height: 20, channels: 3)
        for bytes in [try image.pngData(), try image.jpegData(), try image.webPData()] {
            #expect(decodingError(bytes, limit: 599)?.code == .tooLarge)
            #expect(decodingError(bytes, limit: 600) == nil)
        }
        // A PNG header that promises 2³¹-1 by 2³¹-1 pixels.
        var huge = try image.pngData()
        huge.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
        #expect(decodingError(huge)?.code == .tooLarge)
        huge.replaceSubrange(16..<24, with: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        #expect(decodingError(huge)?.code == .malformed)
    }

    @Test("a changed byte in the pixels of a PNG is noticed")
    func changedByte() throws {
        var bytes = try Image.pattern(width: 30, height: 20, channels: 3).pngData()
        bytes[bytes.count / 2] ^= 4
        #expect(decodingError(bytes)?.code == .malformed)
    }

    @Test("writing leaves a whole file and nothing else")
    func writing() throws {
        let folder = try TemporaryFolder()
        let image = Image.ramp(width: 12, height: 9, channels: 3)
        try image.writePNG(to: folder.file("a.png"))
        try image.writePNG(to: folder.file("a.png"))
        try image.writeJPEG(to: folder.file("a.jpg"))
        #expect(folder.contents == ["a.jpg", "a.png"])
        #expect(try Image(contentsOf: folder.file("a.png")) == image)
    }

    @Test("a file that cannot be written is an error and leaves nothing")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        let image = Image.ramp(width: 12, height: 9, channels: 3)
        for path in [folder.file("missing/a.png"), folder.path, "", "a\0b"] {
            do throws(FileError) {
                try image.writePNG(to: path)
                Issue.record("wrote \(path)")
            } catch {
                #expect(error.code.isAboutWriting)
            }
        }
        #expect(folder.contents.isEmpty)
    }

    @Test("an image too wide for JPEG or WebP is an error")
    func unencodable() {
        let wide = Image(width: 70_000, height: 1, filledWith: [0])
        for encode in [{ try wide.jpegData() }, { try wide.webPData() }, { try wide.webPData(quality: nil) }] {
            do {
                _ = try encode()
                Issue.record("encoded")
            } catch {
                #expect((error as? FileError)?.code == .unencodable)
            }
        }
    }
}
