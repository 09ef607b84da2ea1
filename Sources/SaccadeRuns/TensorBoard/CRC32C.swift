/// The cyclic redundancy check of Castagnoli's polynomial, as iSCSI has it (RFC 3720, appendix B.4): reflected
/// polynomial 0x82F63B78, all ones at the beginning and flipped at the end.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    }

    /// As TFRecord files store it, so that checksums of data that hold checksums are no weaker: turned right by 15 bits,
    /// plus a constant (`tensorflow/core/lib/hash/crc32c.h`).
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
