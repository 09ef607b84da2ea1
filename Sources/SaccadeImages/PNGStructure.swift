/// What the chunks of a PNG file say before any pixel is decoded (W3C PNG, third edition, chapter 11).
struct PNGStructure {
    private(set) var width = 0
    private(set) var height = 0
    /// 1 when the file stores grey, with or without transparency; else 3.
    private(set) var channels = 3
    /// Whether pixels are numbers of colours in a palette.
    private(set) var hasPalette = false
    private(set) var orientation = Orientation.upright
    /// Whether the file is Apple's variation of PNG, which only Apple's software reads.
    private(set) var isApples = false
    /// Whether the header chunk was met and its size is legal.
    private(set) var hasHeader = false

    /// - Parameter bytes: A file, beginning with the PNG signature, or its first part.
    init(_ bytes: [UInt8]) {
        func long(_ at: Int) -> Int {
            Int(bytes[at]) << 24 | Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
        }
        var at = ImageFormat.pngSignature.count
        // An orientation behind the pixels would need the whole file for its size alone, so the walk ends there.
        while at + 8 <= bytes.count {
            let length = long(at)
            let name = bytes[(at + 4)..<(at + 8)]
            let body = at + 8
            guard length <= bytes.count - body, !name.elementsEqual("IDAT".utf8) else { return }
            if !hasHeader {
                isApples = name.elementsEqual("CgBI".utf8)
                guard name.elementsEqual("IHDR".utf8), length >= 13 else { return }
                width = long(body)
                height = long(body + 4)
                hasPalette = bytes[body + 9] == 3
                channels = [0, 4].contains(bytes[body + 9]) ? 1 : 3
                guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else { return }
                hasHeader = true
            } else if name.elementsEqual("eXIf".utf8) {
                if let found = Orientation(tiff: bytes[body..<(body + length)]) { orientation = found }
            }
            at = body + length + 4
        }
    }
}
