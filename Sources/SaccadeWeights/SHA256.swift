package import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The hash that tells whether a download came whole (FIPS 180-4, sections 4.1.2, 5 and 6.2).
package struct SHA256 {
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private var waiting: [UInt8] = []
    private var byteCount: UInt64 = 0
    private var schedule = [UInt32](repeating: 0, count: 64)

    package init() {}

    /// The hash of a file, in 64 hexadecimal digits.
    package static func ofFile(at path: String) throws(FileError) -> String {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var start = 0
        while start < size {
            let count = min(piece.count, size - start)
            try piece.withUnsafeMutableBufferPointer { piece throws(FileError) in
                try file.read(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(piece)[..<count]), at: start)
            }
            hash.add(piece[..<count])
            start += count
        }
        return hash.finished()
    }

    package mutating func add(_ bytes: ArraySlice<UInt8>) {
        byteCount += UInt64(bytes.count)
        var rest = bytes
        if !waiting.isEmpty {
            let missing = 64 - waiting.count
            waiting += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard waiting.count == 64 else { return }
            let block = waiting
            mix(block[...])
            waiting = []
        }
        while rest.count >= 64 {
            mix(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        waiting = Array(rest)
    }

    /// Pads what was added (section 5.1.1).
    ///
    /// - Returns: The hash in 64 hexadecimal digits.
    package mutating func finished() -> String {
        let bits = byteCount * 8
        var end: [UInt8] = [0x80]
        while (waiting.count + end.count) % 64 != 56 { end.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            end.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        add(end[...])
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// One block of 64 bytes (section 6.2.2).
    private mutating func mix(_ block: ArraySlice<UInt8>) {
        func turned(_ x: UInt32, _ bits: UInt32) -> UInt32 { x >> bits | x << (32 - bits) }
        block.withUnsafeBytes { bytes in
            for t in 0..<16 {
                schedule[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * t, as: UInt32.self))
            }
        }
        schedule.withUnsafeMutableBufferPointer { w in
            for t in 16..<64 {
                let s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3
                let s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10
                w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
            }
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
            let one = h &+ s1 &+ (e & f ^ ~e & g) &+ Self.constants[t] &+ schedule[t]
            let s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
            let two = s0 &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
    private static let constants: [UInt32] = {
        let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
        return primes.map { prime in
            // The cube root of prime · 2⁹⁶, whole: the 32 bits behind the point are its last. Found by halving.
            var (low, high) = (UInt64(0), UInt64(1) << 36)
            while high - low > 1 {
                let middle = (low + high) / 2
                if isCube(of: middle, atMost: UInt64(prime)) { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }()

    /// Whether the cube of a number below 2³⁶ is at most `prime` · 2⁹⁶.
    private static func isCube(of number: UInt64, atMost prime: UInt64) -> Bool {
        let square = number.multipliedFullWidth(by: number)
        // The square has at most 72 bits; its product with the number at most 108.
        let low = square.low.multipliedFullWidth(by: number)
        let high = (square.high * number).addingReportingOverflow(low.high)
        return high.partialValue < prime << 32 || (high.partialValue == prime << 32 && low.low == 0)
    }
}
