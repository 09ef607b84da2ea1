public import SaccadeFiles

/// Format and size of an image, read without decoding it.
public struct ImageHeader: Sendable, Equatable {
    /// What the file begins like.
    public let format: ImageFormat
    /// Width of the upright image in pixels.
    public let width: Int
    /// Height of the upright image in pixels.
    public let height: Int
    /// 1 for grey, 3 for colour, after decoding.
    public let channels: Int
    /// How the pixels are stored; ``width`` and ``height`` already take it into account.
    public let orientation: Orientation

    /// Width and height of the upright image.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    let storedWidth: Int
    let storedHeight: Int
    let storedChannels: Int

    /// Reads only as much of a file as its header takes.
    ///
    /// - Throws: ``FileError`` when there is no readable image, or its header is damaged.
    public init(contentsOf path: String) throws(FileError) {
        // Orientation and size nearly always lie within the first 64 KiB; embedded thumbnails and colour profiles may
        // push the size further, and a WebP's orientation stands behind its pixels.
        let start = try RegularFile.beginning(of: path, count: 1 << 16)
        if ImageFormat(magic: start) == .tiff {
            // Its directory may be anywhere, and stacks are long.
            try self.init(tiffIn: TIFFSource(opening: path))
            return
        }
        do throws(FileError) {
            try self.init(decoding: start, name: path)
        } catch {
            guard error.code == .truncated, start.count == 1 << 16 else { throw error }
            try self.init(decoding: RegularFile.contents(of: path, limit: Image.byteLimit), name: path)
        }
    }

    /// Reads the header at the beginning of an image file's bytes.
    ///
    /// - Parameter name: What errors call the bytes.
    public init(decoding bytes: [UInt8], name: String) throws(FileError) {
        let format = try ImageFormat.expected(in: bytes, name: name)
        switch format {
        case .jpeg: try self.init(jpeg: JPEGStructure(bytes, untilFrame: true), name: name)
        case .png: try self.init(png: PNGStructure(bytes), bytes, name: name)
        case .webp: try self.init(webp: WebPStructure(bytes, name: name))
        case .gif: try self.init(gif: GIFStructure(bytes, name: name))
        case .bmp: try self.init(bmp: BMPStructure(bytes, name: name))
        case .tiff: try self.init(tiffIn: TIFFSource(bytes: bytes, name: name))
        }
    }

    init(jpeg: JPEGStructure, name: String) throws(FileError) {
        guard let frame = jpeg.frame else {
            throw FileError(
                jpeg.isWhole ? .malformed : .truncated, path: name,
                reason: jpeg.isWhole
                    ? "is a JPEG without an image in it" : "is a JPEG that ends before its size is told",
                remedy: "copy or download it again")
        }
        guard frame.width > 0, frame.height > 0 else {
            throw FileError(
                .malformed, path: name, reason: "is a JPEG of \(frame.width)×\(frame.height) pixels",
                remedy: "copy or download it again")
        }
        guard frame.isDecodable, [1, 3, 4].contains(frame.components) else {
            throw FileError(
                .unsupported, path: name, reason: "is a JPEG of a rare kind (\(frame.kind))",
                remedy: "save it as an ordinary JPEG or PNG")
        }
        self.init(
            format: .jpeg, width: frame.width, height: frame.height, storedChannels: frame.components,
            orientation: jpeg.orientation)
    }

    init(png: PNGStructure, _ bytes: [UInt8], name: String) throws(FileError) {
        if png.isApples {
            throw FileError(
                .unsupported, path: name, reason: "is a PNG in Apple's own variation (CgBI)",
                remedy: "save it as an ordinary PNG")
        }
        guard png.hasHeader else {
            let ihdrEnd = 33  // signature, length, name, 13 bytes, checksum
            throw FileError(
                bytes.count < ihdrEnd ? .truncated : .malformed, path: name, reason: "is a PNG without a valid header",
                remedy: "copy or download it again")
        }
        self.init(
            format: .png, width: png.width, height: png.height, storedChannels: png.channels,
            orientation: png.orientation)
    }

    init(webp: WebPStructure) {
        self.init(
            format: .webp, width: webp.width, height: webp.height, storedChannels: 3, orientation: webp.orientation)
    }

    init(gif: GIFStructure) {
        self.init(
            format: .gif, width: gif.width, height: gif.height, storedChannels: gif.palette.channels,
            orientation: .upright)
    }

    init(bmp: BMPStructure) {
        self.init(
            format: .bmp, width: bmp.width, height: bmp.height, storedChannels: bmp.channels, orientation: .upright)
    }

    /// The first page's.
    init(tiffIn source: TIFFSource) throws(FileError) {
        let page = try TIFFFile(source).firstPage()
        _ = try page.colors(TIFFProblem(name: source.name))
        self.init(tiff: page)
    }

    init(tiff page: TIFFPage) {
        self.init(
            format: .tiff, width: page.storedWidth, height: page.storedHeight, storedChannels: page.channels,
            orientation: page.orientation)
    }

    private init(format: ImageFormat, width: Int, height: Int, storedChannels: Int, orientation: Orientation) {
        self.format = format
        self.width = orientation.swapsSides ? height : width
        self.height = orientation.swapsSides ? width : height
        self.channels = storedChannels == 1 ? 1 : 3
        self.orientation = orientation
        self.storedWidth = width
        self.storedHeight = height
        self.storedChannels = storedChannels
    }
}

extension JPEGStructure.Frame {
    /// In words, for a message.
    var kind: String {
        if precision != 8 { return "\(precision) bits per sample" }
        if [0xC3, 0xC7, 0xCB, 0xCF].contains(marker) { return "lossless" }
        if !isDecodable { return "hierarchical" }
        return "\(components) colour components"
    }
}
