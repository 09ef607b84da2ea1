import CSaccadeZlib

/// Bytes compressed by deflate (RFC 1951), without a wrapper, as ZIP archives hold them.
package enum Deflate {
    /// Opens what must hold exactly `count` bytes.
    ///
    /// - Returns: `nil` where the data are damaged, or hold fewer bytes or more; no more than `count` are ever kept.
    package static func inflated(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        // zlib counts in 32 bits, and nobody needs more at once.
        guard (0...1 << 31).contains(count), bytes.count <= 1 << 31, !bytes.isEmpty else { return nil }
        var stream = z_stream()
        // Negative: 2¹⁵ bytes of window, and neither header nor checksum.
        let status = inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isWhole = false
        // A byte more than wanted, so that data of more bytes show themselves.
        let output = [UInt8](unsafeUninitializedCapacity: count + 1) { output, produced in
            bytes.withUnsafeBufferPointer { input in
                // zlib only reads through this pointer; its type is not const for reasons of age.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(count + 1)
                let status = inflate(&stream, Z_FINISH)
                produced = min(count + 1 - Int(stream.avail_out), count)
                isWhole = status == Z_STREAM_END && stream.avail_out == 1
            }
        }
        return isWhole ? output : nil
    }
}

/// The checksum of ZIP archives (CRC-32, as in PNG and gzip).
package enum Checksum {
    /// The checksum of `bytes` behind others whose checksum is `previous`.
    package static func crc32(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
        UInt32(
            truncatingIfNeeded: crc32_z(
                UInt(previous), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    package static func crc32(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { crc32($0) } }
}
