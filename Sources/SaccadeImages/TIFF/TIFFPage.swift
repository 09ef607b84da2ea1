import SaccadeFiles

/// What a TIFF says about one page, before its pixels.
struct TIFFPage: Sendable {
    /// How the bits of a sample are meant.
    enum Format: Int, Sendable {
        case unsigned = 1
        case signed = 2
        case float = 3
    }

    /// What the samples of a pixel are, TIFF's "photometric interpretation".
    enum Photometric {
        static let whiteIsZero = 0
        static let blackIsZero = 1
        static let rgb = 2
        static let palette = 3
        static let cmyk = 5
        static let yCbCr = 6
        static let cieLab = 8
    }

    /// Where in the file its directory is.
    let directory: Int
    let storedWidth: Int
    let storedHeight: Int
    let orientation: Orientation
    /// Bits of a sample; `nil` where samples differ.
    let bits: Int?
    /// `nil` where it is unknown, or differs among samples.
    let format: Format?
    /// Samples of a pixel, also those that are no colours.
    let samples: Int
    let photometric: Int
    let compression: Int
    let isPlanar: Bool
    /// Whether the last sample is a transparency that the colours are already multiplied by.
    var isPremultiplied: Bool
    let palette: Palette?
    /// Whether inks are others than cyan, magenta, yellow and black.
    let hasOtherInks: Bool
    /// The tags of the places and lengths of strips or tiles, and how many there have to be.
    let pieces: (places: Int, lengths: Int, count: Int)

    /// - Throws: ``FileError`` where there is no image of a size, not where it is of a kind that is not decoded.
    init(_ directory: TIFFDirectory, in file: TIFFFile, _ problem: TIFFProblem) throws(FileError) {
        func integer(_ tag: Int) throws(FileError) -> Int? { try directory.integer(tag, in: file, problem) }
        self.directory = directory.offset
        guard let width = try integer(256), let height = try integer(257) else {
            throw problem.malformed("its size is not told")
        }
        let sides = 1...Int(Int32.max)
        guard sides.contains(width), sides.contains(height) else {
            throw problem.malformed("it has \(width)×\(height) pixels")
        }
        (storedWidth, storedHeight) = (width, height)
        orientation = Orientation(rawValue: try integer(274) ?? 1) ?? .upright

        let samples = try integer(277) ?? 1
        guard (1...65_535).contains(samples) else { throw problem.malformed("its pixels have \(samples) samples") }
        self.samples = samples
        let allBits = Set(try directory.integers(258, limit: samples, in: file, problem) ?? [1])
        bits = allBits.count == 1 ? allBits.first : nil
        // 4, "undefined", is what some write for whole numbers.
        let formats = Set(try directory.integers(339, limit: samples, in: file, problem) ?? [1])
        format = formats.count == 1 ? formats.first.flatMap { Format(rawValue: $0 == 4 ? 1 : $0) } : nil

        compression = try integer(259) ?? 1
        let isFax = (2...4).contains(compression)
        let usual = isFax ? Photometric.whiteIsZero : samples >= 3 ? Photometric.rgb : Photometric.blackIsZero
        photometric = try integer(262) ?? usual
        isPlanar = try integer(284) == 2 && samples > 1
        hasOtherInks = try integer(332) ?? 1 != 1
        let extra = try directory.integers(338, limit: samples, in: file, problem) ?? []
        isPremultiplied = extra.count == 1 && extra[0] == 1

        if photometric == Photometric.palette, let bits, (1...8).contains(bits) {
            let colors = 1 << bits
            let levels = try directory.integers(320, limit: 3 * colors, in: file, problem) ?? []
            guard levels.count == 3 * colors else { throw problem.malformed("its palette has no \(colors) colours") }
            palette = Palette(tiff: levels)
        } else {
            palette = nil
        }

        // The products fit: each side is below 2³¹, and so few samples.
        let planes = isPlanar ? samples : 1
        if let tileWidth = try integer(322), let tileHeight = try integer(323) {
            guard sides.contains(tileWidth), sides.contains(tileHeight) else {
                throw problem.malformed("its tiles have \(tileWidth)×\(tileHeight) pixels")
            }
            let (columns, rows) = ((width - 1) / tileWidth + 1, (height - 1) / tileHeight + 1)
            let count = columns.multipliedReportingOverflow(by: rows * planes)
            guard !count.overflow else { throw problem.malformed("it has too many tiles") }
            pieces = (324, 325, count.partialValue)
        } else {
            let rows = try integer(278).map { min(max($0, 1), height) } ?? height
            pieces = (273, 279, ((height - 1) / rows + 1) * planes)
        }
    }

    /// Width and height of the upright page.
    var size: PixelSize {
        orientation.swapsSides
            ? PixelSize(width: storedHeight, height: storedWidth) : PixelSize(width: storedWidth, height: storedHeight)
    }

    /// Channels of the image: 1 for grey, 3 for colour.
    var channels: Int {
        switch photometric {
        case Photometric.whiteIsZero, Photometric.blackIsZero: 1
        case Photometric.palette: palette?.channels ?? 3
        default: 3
        }
    }

    /// What its pixels are, in words.
    var kind: String {
        let samples: String
        switch format {
        case .unsigned: samples = "unsigned"
        case .signed: samples = "signed"
        case .float: samples = "float"
        case nil: samples = "odd"
        }
        let colors: String
        switch photometric {
        case Photometric.whiteIsZero, Photometric.blackIsZero: colors = "grey"
        case Photometric.palette: colors = "palette"
        case Photometric.cmyk: colors = "CMYK"
        case Photometric.cieLab: colors = "Lab"
        default: colors = "colour"
        }
        return "\(bits.map { "\($0)-bit " } ?? "")\(samples) \(colors)"
    }

    /// Refuses a page whose strips or tiles are missing or lie behind the end of the file.
    ///
    /// Done before anything is decoded: libtiff reads past a missing end, and makes grey of it.
    func checkPieces(of directory: TIFFDirectory, in file: TIFFFile, _ problem: TIFFProblem) throws(FileError) {
        if compression == 7, let tables = directory.entries[347],
            tables.place > file.source.size || tables.count > file.source.size - tables.place
        {
            throw problem.cutShort
        }
        let step = 1 << 16
        for first in stride(from: 0, to: pieces.count, by: step) {
            let wanted = min(step, pieces.count - first)
            let places = try directory.integers(pieces.places, from: first, limit: wanted, in: file, problem)
            let lengths = try directory.integers(pieces.lengths, from: first, limit: wanted, in: file, problem)
            guard let places, places.count == wanted else {
                throw problem.malformed("it is in \(pieces.count) parts, and not all are there")
            }
            // Old writers left the lengths out; then libtiff works them out.
            guard let lengths else { continue }
            guard lengths.count == wanted else {
                throw problem.malformed("it is in \(pieces.count) parts, and not all have a length")
            }
            for (place, length) in zip(places, lengths)
            where place > file.source.size || length > file.source.size - place {
                throw problem.cutShort
            }
        }
    }
}

extension Palette {
    /// The colours in a TIFF: all reds, then all greens, then all blues, of 16 bits.
    fileprivate init(tiff levels: [Int]) {
        // Some writers left them at 8 bits, which 16 would make black.
        let shift = levels.allSatisfy { $0 < 256 } ? 0 : 8
        let count = levels.count / 3
        self.init(
            rgb: (0..<count).flatMap { color in
                (0..<3).map { UInt8(truncatingIfNeeded: levels[$0 * count + color] >> shift) }
            })
    }
}
