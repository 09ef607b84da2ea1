import CSaccadeImageCodecs
import SaccadeFiles

// Decoders that C libraries do the work of. The header is known to keep the limit of pixels.
extension Image {
    init(jpeg bytes: [UInt8], _ header: ImageHeader, denominator: Int, name: String) throws(FileError) {
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
            throw decoded.error(.jpeg, name: name)
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

    init(png bytes: [UInt8], _ header: ImageHeader, name: String) throws(FileError) {
        let (width, height, channels) = (header.storedWidth, header.storedHeight, header.channels)
        let decoded = Decoded(count: width * height * channels) { pixels, message in
            saccade_png_decode(bytes, bytes.count, Int32(width), Int32(height), Int32(channels), pixels, message)
        }
        guard decoded.status == SACCADE_CODEC_OK else { throw decoded.error(.png, name: name) }
        self.init(width: width, height: height, channels: channels, pixels: decoded.pixels)
    }

    /// The numbers of the colours of a PNG with a palette, as one channel.
    init(indicesOfPNG bytes: [UInt8], _ header: ImageHeader, name: String) throws(FileError) {
        let (width, height) = (header.storedWidth, header.storedHeight)
        let decoded = Decoded(count: width * height) { pixels, message in
            saccade_png_decode_indices(bytes, bytes.count, Int32(width), Int32(height), pixels, message)
        }
        guard decoded.status == SACCADE_CODEC_OK else { throw decoded.error(.png, name: name) }
        self.init(width: width, height: height, channels: 1, pixels: decoded.pixels)
    }

    init(webp bytes: [UInt8], _ header: ImageHeader, name: String) throws(FileError) {
        let (width, height) = (header.storedWidth, header.storedHeight)
        let decoded = Decoded(count: width * height * 3) { pixels, message in
            saccade_webp_decode(bytes, bytes.count, Int32(width), Int32(height), pixels, message)
        }
        guard decoded.status == SACCADE_CODEC_OK else { throw decoded.error(.webp, name: name) }
        self.init(width: width, height: height, channels: 3, pixels: decoded.pixels)
    }

    init(gif bytes: [UInt8], _ structure: GIFStructure, name: String) throws(FileError) {
        let (width, height) = (structure.width, structure.height)
        let frame = saccade_gif_frame(
            left: Int32(structure.left), top: Int32(structure.top), width: Int32(structure.frameWidth),
            height: Int32(structure.frameHeight))
        let decoded = Decoded(count: width * height, filledWith: structure.surroundings) { indices, message in
            saccade_gif_decode(bytes, bytes.count, frame, Int32(width), indices, message)
        }
        guard decoded.status == SACCADE_CODEC_OK else { throw decoded.error(.gif, name: name) }
        self = try structure.palette.image(of: decoded.pixels, width: width, height: height, "GIF", name: name)
    }
}

/// What a decoder left behind.
private struct Decoded {
    var pixels: [UInt8]
    var status = SACCADE_CODEC_OK
    var message = ""

    init(
        count: Int, filledWith initial: UInt8 = 0,
        _ decode: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>) -> saccade_codec_status
    ) {
        // Filled, for a decoder that gives up half-way must not hand out what the memory held before.
        pixels = [UInt8](repeating: initial, count: count)
        var text = [CChar](repeating: 0, count: Int(SACCADE_CODEC_MESSAGE_SIZE))
        status = pixels.withUnsafeMutableBufferPointer { decode($0.baseAddress, &text) }
        if status != SACCADE_CODEC_OK { message = String(message: text) }
    }

    func error(_ format: ImageFormat, name: String) -> FileError {
        let isTruncated = status == SACCADE_CODEC_TRUNCATED || message.contains("Premature end")
        return FileError(
            isTruncated ? .truncated : .malformed, path: name,
            reason: isTruncated ? "is a \(format.name) cut short" : "is a damaged \(format.name) (\(message))",
            remedy: "copy or download it again")
    }
}

extension String {
    /// The text of a C buffer up to its terminating zero.
    init(message: [CChar]) {
        self.init(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
