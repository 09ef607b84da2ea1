import SaccadeFiles
import SaccadeImages

/// Decodes damaged files: nothing may happen but an image or a ``FileError``.
enum Fuzz {
    /// A small generator with a seed, so that a crash can be found again.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {  // SplitMix64 (Steele, Lea and Flood, 2014)
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// What became of the damaged files.
    struct Tally: Equatable {
        var opened = 0
        var refused = 0
        /// Images that are not what their header says, or errors that do not name the file.
        var wrong = 0
    }

    /// Decodes `count` damaged copies of `originals`, cut and joined with one another too.
    static func decodeMutants(of originals: [[UInt8]], count: Int, seed: UInt64) -> Tally {
        var generator = Generator(state: seed)
        var tally = Tally()
        for _ in 0..<count {
            var bytes = originals.randomElement(using: &generator)!
            for _ in 0..<[1, 1, 1, 2, 4].randomElement(using: &generator)! {
                mutate(&bytes, originals.randomElement(using: &generator)!, &generator)
            }
            // Else nearly every damaged PNG would be refused for its checksums, and its insides never be read.
            if Bool.random(using: &generator) { PNGChecksums.repair(&bytes) }
            let small = Bool.random(using: &generator) ? PixelSize(width: 4, height: 4) : nil
            do throws(FileError) {
                // A limit, so that a header that promises a gigapixel costs nothing.
                let image = try Image(decoding: bytes, name: "mutant", atLeast: small, pixelLimit: 1 << 16)
                let header = try ImageHeader(decoding: bytes, name: "mutant")
                let isAsPromised = image.channels == header.channels && (small != nil || image.size == header.size)
                if isAsPromised { tally.opened += 1 } else { tally.wrong += 1 }
            } catch {
                if error.path == "mutant" { tally.refused += 1 } else { tally.wrong += 1 }
            }
        }
        return tally
    }

    static func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout Generator) {
        guard bytes.count > 2 else { return }
        // Half of the damage in the first bytes, where every one has a meaning.
        let reach = Bool.random(using: &generator) ? min(64, bytes.count) : bytes.count
        let at = Int.random(in: 0..<reach, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...16, using: &generator)))
        case 4: bytes = Array(bytes[..<at] + other.suffix(Int.random(in: 0...other.count, using: &generator)))
        case 5: bytes.removeSubrange(at...)
        default: bytes.insert(contentsOf: other.prefix(64).suffix(Int.random(in: 1...32, using: &generator)), at: at)
        }
    }
}

/// The checksums that PNG puts behind every chunk (W3C PNG, annex D).
enum PNGChecksums {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }

    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    }

    /// Makes them right again in a PNG whose chunks were changed.
    static func repair(_ bytes: inout [UInt8]) {
        guard ImageFormat(magic: bytes) == .png else { return }
        var at = 8
        while at + 12 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
            let end = at + 8 + length
            guard end + 4 <= bytes.count else { return }
            let checksum = checksum(bytes[(at + 4)..<end])
            for i in 0..<4 { bytes[end + i] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * i)) }
            at = end + 4
        }
    }
}
