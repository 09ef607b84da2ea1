import SaccadeFiles

/// What a BMP file says before its pixels: the headers of Windows and OS/2 (Microsoft, "Bitmap Storage"; IBM, "OS/2
/// Bitmap File Format").
struct BMPStructure {
    /// How pixels are coded.
    enum Coding {
        /// Numbers of colours, 1, 2, 4 or 8 bits each.
        case indices
        /// Numbers of colours in runs, 4 or 8 bits each (RLE4, RLE8).
        case runs
        /// Three samples in each 16, 24 or 32 bits.
        case samples(red: BMPSample, green: BMPSample, blue: BMPSample)
    }

    let width: Int
    let height: Int
    /// Whether the first row is the uppermost one.
    let isTopDown: Bool
    let bitsPerPixel: Int
    let coding: Coding
    let palette: Palette
    /// Where the pixels begin.
    let pixelOffset: Int

    /// 1 when all colours are grey, else 3.
    var channels: Int {
        if case .samples = coding { return 3 }
        return palette.channels
    }

    /// - Parameter bytes: A file, beginning with "BM", or its first part.
    /// - Throws: ``FileError`` with the code `truncated` where the bytes end before the header and the palette do.
    init(_ bytes: [UInt8], name: String) throws(FileError) {
        let numbers = LittleEndian(bytes)
        let problem = Problem(name: name)
        guard let pixelOffset = numbers.long(10), let headerSize = numbers.long(14) else { throw problem.cutShort }
        self.pixelOffset = pixelOffset

        let compression: Int
        let namedColors: Int
        switch headerSize {
        case 12:
            guard let w = numbers.short(18), let h = numbers.short(20), let bits = numbers.short(24) else {
                throw problem.cutShort
            }
            (width, height, isTopDown, bitsPerPixel) = (w, h, false, bits)
            (compression, namedColors) = (0, 0)
        case 16, 40, 52, 56, 64, 108, 124:
            guard let w = numbers.signedLong(18), let h = numbers.signedLong(22), let bits = numbers.short(28) else {
                throw problem.cutShort
            }
            (width, height, isTopDown, bitsPerPixel) = (w, abs(h), h < 0, bits)
            if headerSize == 16 {
                (compression, namedColors) = (0, 0)
            } else {
                guard let kind = numbers.long(30), let colors = numbers.long(46) else { throw problem.cutShort }
                (compression, namedColors) = (kind, colors)
            }
        default:
            throw problem.unsupported("its header has \(headerSize) bytes")
        }
        guard width > 0, height > 0 else { throw problem.malformed("it has \(width)×\(height) pixels") }

        coding = try Coding(
            compression: compression, bitsPerPixel: bitsPerPixel, headerSize: headerSize, numbers, problem)
        // Masks stand in the header or, where that is too short for them, behind it: in the same place.
        let maskEnd = 14 + headerSize + (headerSize == 40 ? [3: 12, 6: 16][compression] ?? 0 : 0)
        guard pixelOffset >= maskEnd else { throw problem.malformed("its pixels begin inside its header") }
        guard bitsPerPixel <= 8 else {
            palette = Palette(rgb: [])
            return
        }
        guard namedColors <= 1 << bitsPerPixel else {
            throw problem.malformed("\(namedColors) colours for \(bitsPerPixel) bits per pixel")
        }
        // Files of OS/2 may have fewer colours than they could name; then their pixels begin earlier.
        let colorSize = headerSize == 12 ? 3 : 4
        let colorCount = min(
            namedColors == 0 ? 1 << bitsPerPixel : namedColors, (pixelOffset - maskEnd) / colorSize)
        guard colorCount > 0 else { throw problem.malformed("it has no palette") }
        guard maskEnd + colorCount * colorSize <= bytes.count else { throw problem.cutShort }
        palette = Palette(
            rgb: (0..<colorCount).flatMap { color in
                let at = maskEnd + color * colorSize
                return [bytes[at + 2], bytes[at + 1], bytes[at]]
            })
    }

    /// The errors of one file.
    struct Problem {
        let name: String

        var cutShort: FileError {
            FileError(
                .truncated, path: name, reason: "is a BMP cut short", remedy: "copy or download it again")
        }

        func malformed(_ what: String) -> FileError {
            FileError(
                .malformed, path: name, reason: "is a damaged BMP (\(what))", remedy: "copy or download it again")
        }

        func unsupported(_ what: String) -> FileError {
            FileError(
                .unsupported, path: name, reason: "is a BMP of a rare kind (\(what))",
                remedy: "save it as an ordinary BMP or PNG")
        }
    }
}

/// Where one sample lies among the bits of a pixel.
struct BMPSample {
    let mask: UInt32
    let shift: UInt32
    /// What becomes of the sample, or its highest eight bits, on the scale of 0...255.
    let levels: [UInt8]

    /// - Parameter mask: Ones side by side.
    init(_ mask: UInt32) {
        let bits = mask.nonzeroBitCount
        let kept = min(bits, 8)
        self.mask = mask
        shift = UInt32(mask.trailingZeroBitCount + bits - kept)
        let highest = (1 << kept) - 1
        // Rounded down, as in Pillow.
        levels = (0...255).map { highest == 0 ? 0 : UInt8(min($0, highest) * 255 / highest) }
    }

    /// A mask from a file.
    ///
    /// A mask of no bits is a sample that is always 0.
    init(_ mask: Int, of bitsPerPixel: Int, _ problem: BMPStructure.Problem) throws(FileError) {
        let shifted = mask >> (mask == 0 ? 0 : mask.trailingZeroBitCount)
        guard shifted & (shifted + 1) == 0, mask >> bitsPerPixel == 0 else {
            throw problem.malformed("the bits of a sample do not lie side by side in a pixel")
        }
        self.init(UInt32(truncatingIfNeeded: mask))
    }

    /// The sample of a pixel.
    func level(in pixel: UInt32) -> UInt8 { levels[Int((pixel & mask) >> shift)] }
}

extension BMPStructure.Coding {
    /// A byte of blue, one of green, one of red, and perhaps one of something else.
    private static var standardSamples: Self {
        .samples(red: BMPSample(0xFF0000), green: BMPSample(0xFF00), blue: BMPSample(0xFF))
    }

    fileprivate init(
        compression: Int, bitsPerPixel: Int, headerSize: Int, _ numbers: LittleEndian, _ problem: BMPStructure.Problem
    ) throws(FileError) {
        switch (compression, bitsPerPixel) {
        case (0, 1), (0, 2), (0, 4), (0, 8):
            self = .indices
        case (1, 8), (2, 4):
            self = .runs
        case (0, 16):
            self = .samples(red: BMPSample(0x7C00), green: BMPSample(0x3E0), blue: BMPSample(0x1F))
        case (0, 24), (0, 32):
            self = .standardSamples
        case (3, 16), (3, 32), (6, 16), (6, 32):
            guard headerSize != 64 else { throw problem.unsupported("compression of OS/2, kind \(compression)") }
            guard let red = numbers.long(54), let green = numbers.long(58), let blue = numbers.long(62) else {
                throw problem.cutShort
            }
            if [red, green, blue] == [0, 0, 0], bitsPerPixel == 32 {
                self = .standardSamples
            } else {
                self = .samples(
                    red: try BMPSample(red, of: bitsPerPixel, problem),
                    green: try BMPSample(green, of: bitsPerPixel, problem),
                    blue: try BMPSample(blue, of: bitsPerPixel, problem))
            }
        case (4, _), (5, _):
            throw problem.unsupported("it wraps a \(compression == 4 ? "JPEG" : "PNG")")
        default:
            throw problem.unsupported("\(bitsPerPixel) bits per pixel, compression \(compression)")
        }
    }
}
