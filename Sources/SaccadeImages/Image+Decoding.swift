import CSaccadeImageCodecs
public import SaccadeFiles

extension Image {
    /// How many pixels a picture may have unless the caller says otherwise: 100 megapixels.
    public static let defaultPixelLimit = 100_000_000

    /// Files above this many bytes are refused unread: 100 megapixels never need them.
    static let byteLimit = 1 << 30

    /// Decodes a JPEG or PNG file, upright.
    ///
    /// The format is told by the first bytes, not by the name. Every JPEG of 8 bits per sample is understood (baseline,
    /// progressive, grey, YCbCr, RGB, CMYK and YCCK, the latter two converted to RGB as Pillow does), and every PNG.
    /// Transparency is dropped, not blended, and of 16-bit samples the high byte is taken, as Pillow's `convert("RGB")`
    /// does; colour profiles and gamma are not applied. The EXIF orientation is.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - leastSize: Where given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, as long as the upright picture
    ///     has at least this size; several times faster when a small picture is wanted. PNGs come whole.
    ///   - pixelLimit: Pictures of more pixels are refused before any memory is taken for them.
    /// - Throws: ``FileError``; a file cut short or damaged is an error, never a picture with a grey part.
    public init(
        contentsOf path: String, atLeast leastSize: PixelSize? = nil, pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) {
        try self.init(
            decoding: RegularFile.contents(of: path, limit: Image.byteLimit), name: path, atLeast: leastSize,
            pixelLimit: pixelLimit)
    }

    /// Decodes the bytes of a JPEG or PNG file, upright, exactly as ``init(contentsOf:atLeast:pixelLimit:)`` does.
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
        }
        self = stored.upright(from: header.orientation)
    }

    private init(jpeg bytes: [UInt8], _ header: ImageHeader, denominator: Int, name: String) throws(FileError) {
        let width = (header.storedWidth + denominator - 1) / denominator
        let height = (header.storedHeight + denominator - 1) / denominator
        let channels = header.storedChannels
        let decoded = Decoded(count: width * height * channels) { pixels, message in
            saccade_jpeg_decode(
                bytes, bytes.count, Int32(header.storedWidth), Int32(header.storedHeight), Int32(denominator),
                Int32(channels), pixels, message)
        }
        // Stray bytes between markers are common in cameras' files and harmless; missing or undecodable data is not.
        let isHarmless = decoded.message.contains("extraneous bytes") || !decoded.message.hasPrefix("Corrupt")
        if decoded.status != SACCADE_CODEC_OK, decoded.status != SACCADE_CODEC_WARNING || !isHarmless {
            throw decoded.error("JPEG", name: name)
        }
        guard channels == 4 else {
            self.init(width: width, height: height, channels: channels, pixels: decoded.pixels)
            return
        }
        let rgb = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
            saccade_cmyk_to_rgb(decoded.pixels, width * height, buffer.baseAddress)
            count = width * height * 3
        }
        self.init(width: width, height: height, channels: 3, pixels: rgb)
    }

    private init(png bytes: [UInt8], _ header: ImageHeader, name: String) throws(FileError) {
        let (width, height, channels) = (header.storedWidth, header.storedHeight, header.channels)
        let decoded = Decoded(count: width * height * channels) { pixels, message in
            saccade_png_decode(bytes, bytes.count, Int32(width), Int32(height), Int32(channels), pixels, message)
        }
        guard decoded.status == SACCADE_CODEC_OK else { throw decoded.error("PNG", name: name) }
        self.init(width: width, height: height, channels: channels, pixels: decoded.pixels)
    }
}

/// What a decoder left behind.
private struct Decoded {
    var pixels: [UInt8]
    var status = SACCADE_CODEC_OK
    var message = ""

    init(
        count: Int,
        _ decode: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>) -> saccade_codec_status
    ) {
        // Zeroed, for a decoder that gives up half-way must not hand out what the memory held before.
        pixels = [UInt8](repeating: 0, count: count)
        var text = [CChar](repeating: 0, count: Int(SACCADE_CODEC_MESSAGE_SIZE))
        status = pixels.withUnsafeMutableBufferPointer { decode($0.baseAddress, &text) }
        if status != SACCADE_CODEC_OK { message = String(message: text) }
    }

    func error(_ format: String, name: String) -> FileError {
        let isTruncated = status == SACCADE_CODEC_TRUNCATED || message.contains("Premature end")
        return FileError(
            isTruncated ? .truncated : .malformed, path: name,
            reason: isTruncated ? "is a \(format) cut short" : "is a damaged \(format) (\(message))",
            remedy: "copy or download it again")
    }
}

extension ImageHeader {
    /// Refuses a picture of too many pixels.
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

extension String {
    /// The text of a C buffer up to its terminating zero.
    init(message: [CChar]) {
        self.init(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
