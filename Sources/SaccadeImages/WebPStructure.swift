import SaccadeFiles

/// What the chunks of a WebP file say before any pixel is decoded (RFC 9649).
struct WebPStructure {
    private(set) var width = 0
    private(set) var height = 0
    private(set) var orientation = Orientation.upright

    /// - Parameter bytes: A file, beginning with "RIFF", or its first part.
    /// - Throws: ``FileError``; with the code `truncated` where the bytes end before the size or, as it stands behind
    ///   the pixels, the orientation that the header promises.
    init(_ bytes: [UInt8], name: String) throws(FileError) {
        let numbers = LittleEndian(bytes)
        let cutShort = FileError(
            .truncated, path: name, reason: "is a WebP cut short", remedy: "copy or download it again")
        func malformed(_ what: String) -> FileError {
            FileError(
                .malformed, path: name, reason: "is a damaged WebP (\(what))", remedy: "copy or download it again")
        }
        guard let riffLength = numbers.long(4) else { throw cutShort }
        let end = 8 + riffLength
        var at = 12
        var awaitsOrientation = false
        while at + 8 <= end {
            guard let length = numbers.long(at + 4) else { throw cutShort }
            let body = at + 8
            if numbers.has("VP8X", at: at) {
                guard let flags = numbers.byte(body), let w = numbers.triple(body + 4), let h = numbers.triple(body + 7)
                else { throw cutShort }
                (width, height) = (w + 1, h + 1)
                awaitsOrientation = flags & 0x08 != 0
            } else if numbers.has("EXIF", at: at), awaitsOrientation {
                guard length <= bytes.count - body else { throw cutShort }
                // Some writers put the name of JPEG's segment in front, which does not belong here.
                let prefix = numbers.has("Exif\0\0", at: body) && length >= 6 ? 6 : 0
                if let found = Orientation(tiff: bytes[(body + prefix)..<(body + length)]) { orientation = found }
                awaitsOrientation = false
            } else if width == 0, numbers.has("VP8 ", at: at) {
                // A frame tag whose lowest bit says that another frame is needed, a start code, two times 14 bits.
                guard let tag = numbers.triple(body), let code = numbers.triple(body + 3),
                    let w = numbers.short(body + 6), let h = numbers.short(body + 8)
                else { throw cutShort }
                guard tag & 1 == 0, code == 0x2A019D else { throw malformed("no image begins where one should") }
                (width, height) = (w & 0x3FFF, h & 0x3FFF)
            } else if width == 0, numbers.has("VP8L", at: at) {
                guard let signature = numbers.byte(body), let sizes = numbers.long(body + 1) else { throw cutShort }
                guard signature == 0x2F else { throw malformed("no image begins where one should") }
                (width, height) = ((sizes & 0x3FFF) + 1, ((sizes >> 14) & 0x3FFF) + 1)
            }
            if width > 0, !awaitsOrientation { break }
            at = body + length + (length & 1)
        }
        guard width > 0, height > 0 else { throw malformed("it holds no image") }
    }
}
