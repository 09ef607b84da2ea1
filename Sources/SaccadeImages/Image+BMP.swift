import SaccadeFiles

extension Image {
    /// The image in a BMP file, of which the header is known to keep the limit of pixels.
    init(bmp bytes: [UInt8], _ structure: BMPStructure, name: String) throws(FileError) {
        let (width, height) = (structure.width, structure.height)
        let problem = BMPStructure.Problem(name: name)
        let indices: [UInt8]
        switch structure.coding {
        case .samples(let red, let green, let blue):
            let pixels = try structure.rows(of: bytes, problem) { row, y, target in
                let bytesPerPixel = structure.bitsPerPixel / 8
                for x in 0..<width {
                    var pixel: UInt32 = 0
                    for k in 0..<bytesPerPixel { pixel |= UInt32(row[x * bytesPerPixel + k]) << UInt32(8 * k) }
                    let at = (y * width + x) * 3
                    target[at] = red.level(in: pixel)
                    target[at + 1] = green.level(in: pixel)
                    target[at + 2] = blue.level(in: pixel)
                }
            }
            self.init(width: width, height: height, channels: 3, pixels: pixels)
            return
        case .indices:
            indices = try structure.rows(of: bytes, problem) { row, y, target in
                let bits = structure.bitsPerPixel
                let mask = UInt8((1 << bits) - 1)
                for x in 0..<width {
                    target[y * width + x] = row[x * bits / 8] >> UInt8(8 - bits - x * bits % 8) & mask
                }
            }
        case .runs:
            var runs = BMPRuns(width: width, height: height, isTopDown: structure.isTopDown)
            try runs.decode(bytes.dropFirst(structure.pixelOffset), nibbles: structure.bitsPerPixel == 4, problem)
            indices = runs.indices
        }
        self = try structure.palette.image(of: indices, width: width, height: height, "BMP", name: name)
    }
}

extension BMPStructure {
    /// Gives each stored row to `convert`, with the row of the image that it is and all bytes of the result.
    fileprivate func rows(
        of bytes: [UInt8], _ problem: Problem,
        _ convert: (UnsafeBufferPointer<UInt8>, Int, UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(FileError) -> [UInt8] {
        let rowBytes = (width * bitsPerPixel + 31) / 32 * 4
        guard pixelOffset <= bytes.count, (bytes.count - pixelOffset) / rowBytes >= height else {
            throw problem.cutShort
        }
        let resultCount = width * height * (bitsPerPixel <= 8 ? 1 : 3)
        return bytes.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: resultCount) { target, count in
                for row in 0..<height {
                    let start = pixelOffset + row * rowBytes
                    convert(
                        UnsafeBufferPointer(rebasing: source[start..<(start + rowBytes)]),
                        isTopDown ? row : height - 1 - row, target)
                }
                count = resultCount
            }
        }
    }
}

/// The image that runs of colours build up, from left to right and, as a rule, from the bottom to the top.
private struct BMPRuns {
    let width: Int
    let height: Int
    let isTopDown: Bool
    /// The colours' numbers; 0 where no run comes.
    var indices: [UInt8]
    private var x = 0
    private var y = 0

    init(width: Int, height: Int, isTopDown: Bool) {
        self.width = width
        self.height = height
        self.isTopDown = isTopDown
        indices = [UInt8](repeating: 0, count: width * height)
    }

    /// - Parameter nibbles: Whether a byte holds two pixels (RLE4) or one (RLE8).
    mutating func decode(
        _ bytes: ArraySlice<UInt8>, nibbles: Bool, _ problem: BMPStructure.Problem
    ) throws(FileError) {
        var at = bytes.startIndex
        func next() throws(FileError) -> Int {
            guard at < bytes.endIndex else { throw problem.cutShort }
            defer { at += 1 }
            return Int(bytes[at])
        }
        while true {
            // Some files end with the last pixel.
            if at >= bytes.endIndex, y >= height || y == height - 1 && x == width { return }
            let (count, value) = (try next(), try next())
            switch (count, value) {
            case (0, 0):  // end of the row
                (x, y) = (0, y + 1)
            case (0, 1):  // end of the image
                return
            case (0, 2):  // a step to the right and forward
                let (right, forward) = (try next(), try next())
                (x, y) = (x + right, y + forward)
                guard x <= width, y < height else { throw problem.malformed("a step leads out of the image") }
            case (0, _):  // so many single pixels, padded to an even number of bytes
                var byte = 0
                for k in 0..<value {
                    if !nibbles || k % 2 == 0 { byte = try next() }
                    try put(nibbles ? k % 2 == 0 ? byte >> 4 : byte & 15 : byte, problem)
                }
                if (nibbles ? (value + 1) / 2 : value) % 2 == 1 { _ = try next() }
            default:  // one colour again and again, or two in turn
                for k in 0..<count {
                    try put(nibbles ? k % 2 == 0 ? value >> 4 : value & 15 : value, problem)
                }
            }
        }
    }

    private mutating func put(_ index: Int, _ problem: BMPStructure.Problem) throws(FileError) {
        guard x < width, y < height else { throw problem.malformed("a run leads out of its row") }
        indices[(isTopDown ? y : height - 1 - y) * width + x] = UInt8(index)
        x += 1
    }
}
