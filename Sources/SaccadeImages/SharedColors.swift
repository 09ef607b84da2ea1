/// One palette for several images, and the number of every pixel's colour in it.
struct SharedColors {
    /// Red, green and blue of each colour; 1 to 256 of them.
    let palette: [UInt8]
    /// For all images one after the other, row by row.
    var numbers: [UInt8]

    init(of images: [Image]) {
        if let colors = Self.fewColors(images) {
            palette = colors.flatMap {
                [
                    UInt8(truncatingIfNeeded: $0 >> 16), UInt8(truncatingIfNeeded: $0 >> 8),
                    UInt8(truncatingIfNeeded: $0),
                ]
            }
            var numberOf: [UInt32: UInt8] = [:]
            for (number, color) in colors.enumerated() { numberOf[color] = UInt8(number) }
            numbers = []
            numbers.reserveCapacity(images.reduce(0) { $0 + $1.width * $1.height })
            var last: (color: UInt32, number: UInt8) = (colors[0], 0)
            for image in images {
                image.forEachColor { color in
                    if color != last.color { last = (color, numberOf[color] ?? 0) }
                    numbers.append(last.number)
                }
            }
        } else {
            var cut = MedianCut()
            for image in images { image.forEachColor { cut.count($0) } }
            palette = cut.palette(colors: 256)
            let numberOf = cut.nearest(in: palette)
            numbers = []
            numbers.reserveCapacity(images.reduce(0) { $0 + $1.width * $1.height })
            for image in images { image.forEachColor { numbers.append(numberOf[MedianCut.bin(of: $0)]) } }
        }
    }

    /// All colours in order, where there are no more than a palette holds.
    private static func fewColors(_ images: [Image]) -> [UInt32]? {
        var colors: Set<UInt32> = []
        var last: UInt32?
        for image in images {
            var hasMany = false
            image.forEachColor { color in
                guard color != last, !hasMany else { return }
                last = color
                colors.insert(color)
                hasMany = colors.count > 256
            }
            if hasMany { return nil }
        }
        return colors.sorted()
    }
}

extension Image {
    /// Calls `body` with each pixel's colour, `0xRRGGBB`, row by row.
    @inline(__always)
    fileprivate func forEachColor(_ body: (UInt32) -> Void) {
        pixels.withUnsafeBufferPointer { bytes in
            if channels == 1 {
                for value in bytes { body(UInt32(value) * 0x01_01_01) }
            } else {
                for at in stride(from: 0, to: bytes.count, by: 3) {
                    body(UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]))
                }
            }
        }
    }
}
