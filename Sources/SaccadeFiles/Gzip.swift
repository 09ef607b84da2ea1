import CSaccadeZlib

/// Why compressed bytes cannot be opened.
public enum GzipError: Error, Equatable, Sendable {
    /// The bytes do not begin as a gzip file does.
    case notGzip
    /// The compressed data end too early.
    case truncated
    /// A checksum, length or code inside is wrong; the text is zlib's own, in English.
    case corrupt(String)
    /// There is more than the limit allows, in bytes. Nothing beyond the limit has been kept.
    case exceedsLimit(Int)
}

/// Opens gzip data (RFC 1952) through zlib, and never writes more bytes than the caller allows: a file of a few
/// kilobytes can claim to hold gigabytes.
public enum Gzip {
    /// Deflate cannot do better than 1032 : 1 (two bits for 258 bytes), so a file that promises more is lying.
    package static let largestRatio = 1032

    /// Whether `bytes` begin with the two bytes that every gzip file begins with.
    public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The whole content of a gzip file, with its checksums verified. Several files glued together count as one.
    ///
    /// - Parameters:
    ///   - bytes: The compressed file.
    ///   - limit: The most bytes that may come out; at least 0.
    /// - Throws: ``GzipError``, when the data are damaged or hold more than `limit` bytes.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        let (output, ended) = try inflated(bytes, limit: limit)
        guard ended else { throw .exceedsLimit(limit) }
        return output
    }

    /// The first `count` bytes of the content, or all of it where there is less; the rest is not looked at.
    package static func prefix(_ bytes: [UInt8], count: Int) throws(GzipError) -> [UInt8] {
        try inflated(bytes, limit: count).output
    }

    /// Up to `limit` bytes of content, and whether that was all.
    private static func inflated(_ bytes: [UInt8], limit: Int) throws(GzipError) -> (output: [UInt8], ended: Bool) {
        precondition(limit >= 0, "Gzip: limit must be at least 0")
        guard isGzip(bytes) else { throw .notGzip }
        var stream = z_stream()
        // 15 is the largest window; 16 more asks for the gzip wrapper with its checksum.
        let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .corrupt("zlib could not start (\(status))") }
        defer { inflateEnd(&stream) }

        var output: [UInt8] = []
        let result: Result<Bool, GzipError> = bytes.withUnsafeBufferPointer { input in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 17) { chunk in
                var consumed = 0
                while true {
                    // zlib counts in 32 bits, so a large file goes in by pieces.
                    let piece = min(input.count - consumed, 1 << 30)
                    // zlib only reads through this pointer; its type is not const for reasons of age.
                    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + consumed)
                    stream.avail_in = UInt32(piece)
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    consumed += piece - Int(stream.avail_in)
                    let produced = chunk.count - Int(stream.avail_out)
                    let room = limit - output.count
                    output.append(contentsOf: chunk[..<min(produced, room)])
                    // Exactly full is not yet too much: only the next byte is.
                    if produced > room { return .success(false) }
                    switch status {
                    case Z_STREAM_END:
                        if consumed == input.count { return .success(true) }
                        guard inflateReset(&stream) == Z_OK else { return .failure(.corrupt("zlib could not restart")) }
                    case Z_OK:
                        continue
                    case Z_BUF_ERROR where consumed == input.count:
                        return .failure(.truncated)
                    default:
                        return .failure(.corrupt(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"))
                    }
                }
            }
        }
        return (output, try result.get())
    }
}
