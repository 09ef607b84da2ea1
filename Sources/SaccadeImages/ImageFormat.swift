import SaccadeFiles

/// The file formats that images are read from and written to.
///
/// What a file holds is told by its first bytes, never by its name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg
    case png
    case webp
    case gif
    case bmp
    case tiff

    static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// In either order of bytes: TIFF, and BigTIFF for files above 4 GB.
    static let tiffSignatures: [[UInt8]] = [
        [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], [0x49, 0x49, 0x2B, 0x00], [0x4D, 0x4D, 0x00, 0x2B],
    ]

    /// The format that bytes begin like, or nothing.
    public init?(magic bytes: [UInt8]) {
        if bytes.starts(with: Self.pngSignature) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if bytes.starts(with: "BM".utf8) {
            self = .bmp
        } else if Self.tiffSignatures.contains(where: bytes.starts) {
            self = .tiff
        } else {
            return nil
        }
    }

    /// As it is written in a sentence.
    var name: String { self == .webp ? "WebP" : rawValue.uppercased() }

    /// Refuses bytes that are no image, and says what they look like.
    static func expected(in bytes: [UInt8], name: String) throws(FileError) -> ImageFormat {
        if bytes.isEmpty {
            throw FileError(.empty, path: name, reason: "is empty", remedy: "copy or download it again")
        }
        if let format = ImageFormat(magic: bytes) { return format }
        if isBeginning(bytes) {
            throw FileError(
                .truncated, path: name, reason: "ends after \(bytes.count) bytes", remedy: "copy or download it again")
        }
        if bytes.dropFirst().starts(with: pngSignature[1..<4]) {
            throw FileError(
                .malformed, path: name,
                reason: "is a PNG whose first bytes were changed, as a transfer in text mode does",
                remedy: "copy or download it again, in binary mode")
        }
        throw FileError(
            .unknownFormat, path: name,
            reason: "is not a JPEG, PNG, WebP, GIF, BMP or TIFF image (it \(appearance(of: bytes)))",
            remedy: "convert it to one of these, or leave it out")
    }

    /// Whether a known format's first bytes begin so, but go on.
    private static func isBeginning(_ bytes: [UInt8]) -> Bool {
        let magics =
            [pngSignature, [0xFF, 0xD8], Array("GIF87a".utf8), Array("GIF89a".utf8), Array("BM".utf8)] + tiffSignatures
        if magics.contains(where: { $0.starts(with: bytes) }) { return true }
        let (riff, webp) = (Array("RIFF".utf8), Array("WEBP".utf8))
        return bytes.count < 12 && riff.starts(with: bytes.prefix(4)) && webp.starts(with: bytes.dropFirst(8))
    }

    private static func appearance(of bytes: [UInt8]) -> String {
        let known: [(offset: Int, magic: [UInt8], name: String)] = [
            (4, Array("ftyp".utf8), "HEIF image or video"), (0, Array("RIFF".utf8), "video or sound"),
            (0, Array("%PDF".utf8), "PDF document"), (0, [0x50, 0x4B, 0x03, 0x04], "ZIP archive"),
            (0, [0x1F, 0x8B], "gzip archive"), (0, Array("<svg".utf8), "SVG drawing"), (0, Array("<".utf8), "web page"),
        ]
        for candidate in known where bytes.dropFirst(candidate.offset).starts(with: candidate.magic) {
            return "looks like a \(candidate.name)"
        }
        let digits = Array("0123456789abcdef")
        let start = bytes.prefix(4).map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
        return "begins with the bytes \(start)"
    }
}
