public import SaccadeFiles

extension Image {
    /// How many pixels an image may have unless the caller says otherwise: 100 megapixels.
    public static let defaultPixelLimit = 100_000_000

    /// Files above this many bytes are refused unread: 100 megapixels never need them.
    static let byteLimit = 1 << 30

    /// Decodes a JPEG, PNG, WebP, GIF, BMP or TIFF file, upright.
    ///
    /// The format is told by the first bytes, not by the name. Every JPEG of 8 bits per sample is understood (baseline,
    /// progressive, grey, YCbCr, RGB, CMYK and YCCK, the latter two converted to RGB as Pillow does), every PNG, WebP
    /// and GIF, and BMPs of 1 to 32 bits per pixel, plain, in runs (RLE4, RLE8) or with masks. Of TIFFs,
    /// grey, RGB, palettes, CMYK and YCbCr in strips or tiles, in all common compressions. Of several frames or
    /// pages the first is the image; ``TIFFStack`` has all pages.
    ///
    /// TIFFs may have samples of other kinds. Unsigned ones of up to 16 bits have a scale of their own, so that of 12 bits
    /// too the highest eight are taken. Signed, 32-bit and floating-point ones have none: the least value of the page
    /// becomes 0 and the greatest 255, but for floats that are all within 0...1, where 1 becomes 255. (``TIFFStack``
    /// gives the values themselves.)
    ///
    /// Transparency is dropped, not blended, and of 16-bit samples the high byte is taken, as Pillow's `convert("RGB")`
    /// does; colour profiles and gamma are not applied. The EXIF orientation is. Images that can only hold grey come
    /// with one channel: grey JPEGs, PNGs and TIFFs, and GIFs, BMPs and TIFFs whose whole palette is grey.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - leastSize: Where given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, as long as the upright image
    ///     has at least this size; several times faster when a small image is wanted. Others come whole.
    ///   - pixelLimit: Images of more pixels are refused before any memory is taken for them.
    /// - Throws: ``FileError``; a file cut short or damaged is an error, never an image with a grey part.
    public init(
        contentsOf path: String, atLeast leastSize: PixelSize? = nil, pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) {
        // Of a stack, which may be larger than memory, only the first page is read.
        if try ImageFormat(magic: RegularFile.beginning(of: path, count: 4)) == .tiff {
            self = try Image(firstPageIn: TIFFSource(opening: path), pixelLimit: pixelLimit)
            return
        }
        try self.init(
            decoding: RegularFile.contents(of: path, limit: Image.byteLimit), name: path, atLeast: leastSize,
            pixelLimit: pixelLimit)
    }

    /// Decodes the bytes of such a file, upright, exactly as ``init(contentsOf:atLeast:pixelLimit:)`` does.
    ///
    /// - Parameter name: What errors call the bytes.
    public init(
        decoding bytes: [UInt8], name: String, atLeast leastSize: PixelSize? = nil,
        pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) {
        let stored: Image
        let header: ImageHeader
        switch try ImageFormat.expected(in: bytes, name: name) {
        case .jpeg:
            let structure = JPEGStructure(bytes)
            header = try ImageHeader(jpeg: structure, name: name)
            try header.check(pixelLimit, name: name)
            guard structure.isWhole else {
                throw FileError(
                    .truncated, path: name, reason: "is a JPEG cut short (it has no end marker)",
                    remedy: "copy or download it again")
            }
            stored = try Image(jpeg: bytes, header, denominator: header.denominator(for: leastSize), name: name)
        case .png:
            header = try ImageHeader(png: PNGStructure(bytes), bytes, name: name)
            try header.check(pixelLimit, name: name)
            stored = try Image(png: bytes, header, name: name)
        case .webp:
            header = try ImageHeader(webp: WebPStructure(bytes, name: name))
            try header.check(pixelLimit, name: name)
            stored = try Image(webp: bytes, header, name: name)
        case .gif:
            let structure = try GIFStructure(bytes, name: name)
            header = ImageHeader(gif: structure)
            try header.check(pixelLimit, name: name)
            stored = try Image(gif: bytes, structure, name: name)
        case .bmp:
            let structure = try BMPStructure(bytes, name: name)
            header = ImageHeader(bmp: structure)
            try header.check(pixelLimit, name: name)
            stored = try Image(bmp: bytes, structure, name: name)
        case .tiff:
            self = try Image(firstPageIn: TIFFSource(bytes: bytes, name: name), pixelLimit: pixelLimit)
            return
        }
        self = stored.upright(from: header.orientation)
    }
}

extension Image {
    /// Decodes a file whose pixels are numbers: as ``init(contentsOf:atLeast:pixelLimit:)``, but of a PNG with a palette
    /// the numbers of the colours, not the colours, as torchvision reads such files. A TIFF's palette is passed over as
    /// well, and its deep samples are the numbers that they are, not what could be seen of them.
    ///
    /// - Throws: ``FileError`` as there, and where a deep sample of a TIFF is not a whole number of 0...255.
    public init(numbersIn path: String) throws(FileError) {
        if try ImageFormat(magic: RegularFile.beginning(of: path, count: 4)) == .tiff {
            self = try Image(numbersIn: TIFFSource(opening: path))
            return
        }
        let bytes = try RegularFile.contents(of: path, limit: Image.byteLimit)
        guard ImageFormat(magic: bytes) == .png, PNGStructure(bytes).hasPalette else {
            try self.init(decoding: bytes, name: path)
            return
        }
        let header = try ImageHeader(png: PNGStructure(bytes), bytes, name: path)
        try header.check(Image.defaultPixelLimit, name: path)
        self = try Image(indicesOfPNG: bytes, header, name: path).upright(from: header.orientation)
    }
}

extension ImageHeader {
    /// Refuses an image of too many pixels.
    func check(_ pixelLimit: Int, name: String) throws(FileError) {
        // Both sides are below 2³¹, so the product fits.
        guard width * height <= pixelLimit else {
            throw FileError(
                .tooLarge, path: name,
                reason: "has \(width)×\(height) pixels, more than the limit of \(pixelLimit)",
                remedy: "shrink it first, or raise the limit")
        }
    }

    /// The largest of 1, 2, 4 and 8 that leaves at least `size`.
    func denominator(for size: PixelSize?) -> Int {
        guard let size else { return 1 }
        for denominator in [8, 4, 2] {
            let (w, h) = ((width + denominator - 1) / denominator, (height + denominator - 1) / denominator)
            if w >= size.width, h >= size.height { return denominator }
        }
        return 1
    }
}
