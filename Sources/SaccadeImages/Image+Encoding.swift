import CSaccadeImageCodecs
public import SaccadeFiles
import SaccadePrelude

extension Image {
    /// The bytes of a PNG file.
    ///
    /// - Parameter level: zlib's effort, 0 (none) to 9 (smallest).
    /// - Throws: ``FileError`` with the code `unencodable` when there is not enough memory.
    public func pngData(level: Int = 6) throws(FileError) -> [UInt8] {
        require((0...9).contains(level), "pngData: level \(level) is not in 0...9")
        return try encoded("PNG") { encoded, count, message in
            saccade_png_encode(
                pixels, Int32(width), Int32(height), Int32(channels), Int32(level), encoded, count, message)
        }
    }

    /// The bytes of a PNG file whose pixels are numbers of colours.
    ///
    /// - Parameters:
    ///   - palette: Red, green and blue of each number, 1 to 256 of them.
    ///   - level: zlib's effort, 0 (none) to 9 (smallest).
    /// - Precondition: The image has one channel, and the palette a colour for each of its values.
    public func indexedPNGData(palette: [[UInt8]], level: Int = 6) throws(FileError) -> [UInt8] {
        require((0...9).contains(level), "indexedPNGData: level \(level) is not in 0...9")
        require(
            channels == 1 && (1...256).contains(palette.count) && palette.allSatisfy { $0.count == 3 }
                && pixels.allSatisfy { $0 < palette.count },
            "indexedPNGData: \(palette.count) colours for an image of \(channels) channels")
        let colors = palette.flatMap(\.self)
        return try encoded("PNG") { encoded, count, message in
            saccade_png_encode_indexed(
                pixels, Int32(width), Int32(height), colors, Int32(palette.count), Int32(level), encoded, count,
                message)
        }
    }

    /// The bytes of a baseline JPEG file with chroma at half resolution.
    ///
    /// - Parameter quality: 1 (smallest) to 100 (best).
    /// - Throws: ``FileError`` with the code `unencodable` when a side exceeds the 65 500 pixels that the encoder allows.
    public func jpegData(quality: Int = 90) throws(FileError) -> [UInt8] {
        require((1...100).contains(quality), "jpegData: quality \(quality) is not in 1...100")
        return try encoded("JPEG") { encoded, count, message in
            saccade_jpeg_encode(
                pixels, Int32(width), Int32(height), Int32(channels), Int32(quality), encoded, count, message)
        }
    }

    /// The bytes of a WebP file, always of three channels.
    ///
    /// - Parameter quality: 0 (smallest) to 100 (best), or `nil` to keep every pixel as it is.
    /// - Throws: ``FileError`` with the code `unencodable` when a side exceeds the 16 383 pixels that WebP allows.
    public func webPData(quality: Int? = 80) throws(FileError) -> [UInt8] {
        require(quality.map((0...100).contains) ?? true, "webPData: quality \(quality!) is not in 0...100")
        let colored = rgb()
        // Where nothing may be lost, the number says how hard to look for a small file.
        let losslessEffort = 75
        return try encoded("WebP") { encoded, count, message in
            saccade_webp_encode(
                colored.pixels, Int32(width), Int32(height), quality == nil ? 1 : 0, Int32(quality ?? losslessEffort),
                encoded, count, message)
        }
    }

    /// Writes a PNG file, whole or not at all.
    public func writePNG(to path: String, level: Int = 6) throws(FileError) {
        try AtomicFile.write(pngData(level: level), to: path)
    }

    /// Writes a JPEG file, whole or not at all.
    ///
    /// - Parameter quality: 1 (smallest) to 100 (best).
    public func writeJPEG(to path: String, quality: Int = 90) throws(FileError) {
        try AtomicFile.write(jpegData(quality: quality), to: path)
    }

    /// Writes a WebP file, whole or not at all.
    ///
    /// - Parameter quality: 0 (smallest) to 100 (best), or `nil` to keep every pixel as it is.
    public func writeWebP(to path: String, quality: Int? = 80) throws(FileError) {
        try AtomicFile.write(webPData(quality: quality), to: path)
    }

    private func encoded(
        _ format: String,
        _ encode: (
            UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>, UnsafeMutablePointer<CChar>
        ) -> saccade_codec_status
    ) throws(FileError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: Int(SACCADE_CODEC_MESSAGE_SIZE))
        let status = encode(&bytes, &count, &message)
        defer { saccade_codec_free(bytes) }
        guard status == SACCADE_CODEC_OK, let bytes else {
            throw FileError(
                .unencodable, path: "\(format) image of \(width)×\(height) pixels",
                reason: "cannot be encoded (\(String(message: message)))", remedy: "shrink it or choose another format")
        }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

extension FileError.Code {
    /// The image cannot be encoded as asked.
    public static let unencodable = FileError.Code(rawValue: "unencodable")
}
