import CSaccadeImageCodecs
import SaccadeFiles

/// How the samples of a page become an image.
enum TIFFColors: Equatable {
    case grey(isInverted: Bool)
    case rgb
    case cmyk
    case palette
    /// By libtiff, to 8-bit RGB: YCbCr, of which two channels may be of half the size.
    case converted

    /// Colours of a pixel, without transparency.
    var channels: Int {
        switch self {
        case .grey, .palette: 1
        case .rgb, .converted: 3
        case .cmyk: 4
        }
    }
}

extension TIFFPage {
    /// What is decoded. libtiff's code for rarer compressions is little used, and this is not the place to find its faults.
    private static let compressions: Set = [
        1, 2, 3, 4,  // none; CCITT's three of fax machines
        5, 7, 8,  // LZW, JPEG, Deflate
        32773, 32946,  // PackBits, Deflate by its first number
        34925, 50000, 50001,  // LZMA, Zstandard, WebP
    ]
    private static let names = [
        6: "JPEG as before 1995", 34661: "JBIG", 34712: "JPEG 2000", 33003: "JPEG 2000", 33005: "JPEG 2000",
        34887: "LERC", 34892: "lossy DNG", 50002: "JPEG XL", 34676: "SGI's LogLuv", 34677: "SGI's LogLuv",
    ]

    /// How the page is to be decoded.
    ///
    /// - Throws: ``FileError`` with the code `unsupported` where it is not.
    func colors(_ problem: TIFFProblem) throws(FileError) -> TIFFColors {
        guard Self.compressions.contains(compression) else {
            throw problem.unsupported("compressed as \(Self.names[compression] ?? "number \(compression)")")
        }
        guard let bits, let format else { throw problem.unsupported("the samples of a pixel differ in kind") }
        let isKnown =
            switch format {
            case .unsigned: (1...16).contains(bits) || bits == 32 || bits == 64
            case .signed: [8, 16, 32, 64].contains(bits)
            case .float: [16, 32, 64].contains(bits)
            }
        guard isKnown else { throw problem.unsupported("samples are \(kind)") }
        let hasBytes = format == .unsigned && (bits == 8 || bits == 16)
        let colors: TIFFColors
        switch photometric {
        case Photometric.whiteIsZero, Photometric.blackIsZero:
            colors = .grey(isInverted: photometric == Photometric.whiteIsZero)
        case Photometric.rgb: colors = .rgb
        case Photometric.palette where format == .unsigned && bits <= 8: colors = .palette
        case Photometric.cmyk where hasBytes && !hasOtherInks: colors = .cmyk
        // In planes, JPEG's colours would stay as they are.
        case Photometric.yCbCr where isPlanar && compression == 7: throw problem.unsupported("YCbCr in planes of JPEG")
        case Photometric.yCbCr where hasBytes && bits == 8 && samples == 3:
            colors = compression == 7 ? .rgb : .converted
        default: throw problem.unsupported("its pixels are \(kind), number \(photometric)")
        }
        // One more may be a transparency, which is dropped; several are channels that somebody would miss.
        guard samples == colors.channels || samples == colors.channels + 1 else {
            throw problem.unsupported("its pixels have \(samples) channels: a page for each would do")
        }
        return colors
    }
}

extension TIFFSamples {
    /// The image, as stored.
    func image(_ colors: TIFFColors, _ page: TIFFPage, _ problem: TIFFProblem) throws(FileError) -> Image {
        let pixels: [UInt8]
        switch colors {
        case .converted: pixels = bytes
        case .palette:
            guard let palette = page.palette else { throw problem.malformed("it has no palette") }
            return try palette.image(of: bytes, width: width, height: height, "TIFF", name: problem.name)
        case .cmyk:
            // The conversion expects ink as Adobe stores it in JPEGs, upside down.
            let light = try levels(isInverted: true, problem)
            pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
                saccade_cmyk_to_rgb(light, width * height, target.baseAddress)
                count = width * height * 3
            }
        case .grey(let isInverted):
            pixels = divided(try levels(isInverted: false, problem), isInverted: isInverted)
        case .rgb:
            pixels = divided(try levels(isInverted: false, problem), isInverted: false)
        }
        return Image(width: width, height: height, channels: pixels.count / (width * height), pixels: pixels)
    }

    /// The colours without the transparency behind them, which they were multiplied by.
    private func divided(_ levels: [UInt8], isInverted: Bool) -> [UInt8] {
        let flip: UInt8 = isInverted ? 255 : 0
        guard channels == 2 || channels == 4 else { return isInverted ? levels.map { $0 ^ flip } : levels }
        let colors = channels - 1
        return [UInt8](unsafeUninitializedCapacity: width * height * colors) { target, count in
            for pixel in 0..<(width * height) {
                let opacity = Int(levels[pixel * channels + colors])
                for c in 0..<colors {
                    let level = Int(levels[pixel * channels + c])
                    target[pixel * colors + c] = (opacity > 0 ? UInt8(min(255, 255 * level / opacity)) : 0) ^ flip
                }
            }
            count = width * height * colors
        }
    }
}
