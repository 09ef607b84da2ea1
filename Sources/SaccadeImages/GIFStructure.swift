import SaccadeFiles

/// What a GIF file says before the pixels of its first frame (CompuServe, "GIF89a Specification", 1990).
struct GIFStructure {
    /// The canvas, which grows with a first frame that does not fit on it, as in Pillow.
    private(set) var width: Int
    private(set) var height: Int
    private(set) var left = 0
    private(set) var top = 0
    private(set) var frameWidth = 0
    private(set) var frameHeight = 0
    private(set) var palette = Palette.ramp
    /// What the canvas around the frame is filled with: the number of the colour that is transparent, else 0.
    private(set) var surroundings: UInt8 = 0

    /// - Parameter bytes: A file, beginning with "GIF", or its first part.
    /// - Throws: ``FileError`` with the code `truncated` where the bytes end before the first frame begins.
    init(_ bytes: [UInt8], name: String) throws(FileError) {
        let numbers = LittleEndian(bytes)
        let cutShort = FileError(
            .truncated, path: name, reason: "is a GIF that ends before its image begins",
            remedy: "copy or download it again")
        func malformed(_ what: String) -> FileError {
            FileError(
                .malformed, path: name, reason: "is a damaged GIF (\(what))", remedy: "copy or download it again")
        }
        guard let screenWidth = numbers.short(6), let screenHeight = numbers.short(8),
            let flags = numbers.byte(10), numbers.byte(12) != nil
        else { throw cutShort }
        width = screenWidth
        height = screenHeight
        var at = 13

        /// The colours at `at`, of which the low three bits of `flags` tell the number.
        func colors(_ flags: Int) throws(FileError) -> Palette {
            let end = at + 3 << ((flags & 7) + 1)
            guard end <= bytes.count else { throw cutShort }
            defer { at = end }
            return Palette(rgb: Array(bytes[at..<end]))
        }
        if flags & 0x80 != 0 { palette = try colors(flags) }

        while let introducer = numbers.byte(at) {
            switch introducer {
            case 0x21:  // an extension: its kind, then blocks that tell their length, the last of which is empty
                if numbers.byte(at + 1) == 0xF9, let length = numbers.byte(at + 2), length >= 4,
                    let control = numbers.byte(at + 3), let transparent = numbers.byte(at + 6), control & 1 == 1
                {
                    surroundings = UInt8(transparent)
                }
                at += 2
                while let length = numbers.byte(at), length > 0 { at += 1 + length }
                at += 1
            case 0x2C:  // the frame
                guard let x = numbers.short(at + 1), let y = numbers.short(at + 3), let w = numbers.short(at + 5),
                    let h = numbers.short(at + 7), let flags = numbers.byte(at + 9)
                else { throw cutShort }
                guard w > 0, h > 0 else { throw malformed("its frame has \(w)×\(h) pixels") }
                (left, top, frameWidth, frameHeight) = (x, y, w, h)
                (width, height) = (max(width, x + w), max(height, y + h))
                at += 10
                if flags & 0x80 != 0 { palette = try colors(flags) }
                return
            case 0x3B:
                throw malformed("it ends without an image")
            default:
                throw malformed("a block of unknown kind \(introducer)")
            }
        }
        throw cutShort
    }
}
