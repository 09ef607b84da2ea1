import Testing

@testable import SaccadeRuns

@Suite struct CRC32CTests {
    /// RFC 3720, appendix B.4, and the usual check value of catalogues of checksums.
    static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ([UInt8]("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    @Test("agrees with published values", arguments: published)
    func agrees(_ bytes: [UInt8], _ checksum: UInt32) {
        #expect(CRC32C.checksum(bytes) == checksum)
    }

    @Test("agrees with the division of polynomials, bit by bit")
    func definition() {
        var generator = SystemRandomNumberGenerator()
        for count in [1, 2, 7, 64, 1000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // The remainder of the message, complemented in its first 32 bits, times x³² modulo 0x11EDC6F41, lowest bit
            // of each byte first.
            var bits =
                bytes.flatMap { byte in (0..<8).map { byte >> $0 & 1 == 1 } } + Array(repeating: false, count: 32)
            for place in 0..<32 { bits[place].toggle() }
            let polynomial: UInt64 = 0x1_1EDC_6F41
            for place in 0..<bits.count - 32 where bits[place] {
                for offset in 0...32 where polynomial >> UInt64(32 - offset) & 1 == 1 { bits[place + offset].toggle() }
            }
            let remainder = bits.suffix(32).enumerated().reduce(UInt32(0)) {
                $0 | ($1.element ? 1 : 0) << UInt32($1.offset)
            }
            #expect(CRC32C.checksum(bytes) == ~remainder)
        }
    }

    @Test("is masked by a rotation and a constant, which can be undone")
    func masked() {
        let bytes = Array("saccade".utf8)
        let turned = CRC32C.masked(bytes) &- 0xA282_EAD8
        #expect(turned >> 17 | turned << 15 == CRC32C.checksum(bytes))
    }
}
