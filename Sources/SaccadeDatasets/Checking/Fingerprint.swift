import SaccadeImages

/// What tells whether two image files are the same, or show the same.
struct Fingerprint: Sendable {
    /// Equal for equal files, and for others hardly ever: whoever finds two compares their bytes.
    struct Content: Sendable, Hashable {
        let byteCount: Int
        let hash: UInt64

        /// FNV-1a, 64 bits (Fowler, Noll and Vo, 1991).
        init(_ bytes: [UInt8]) {
            byteCount = bytes.count
            hash = bytes.withUnsafeBufferPointer { bytes in
                bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            }
        }
    }

    /// What remains of an image that is resized, recompressed or slightly retouched: on a grey image of 17×16 pixels,
    /// whether each pixel is darker than its right neighbour (the difference hash of Krawetz, 2013, with 256 bits), and
    /// those pixels.
    struct Look: Sendable {
        static let width = 17
        static let height = 16
        /// So many of the 256 bits may differ.
        static let bitTolerance = 12
        /// So much may the grey values differ, in the mean.
        static let greyTolerance = 6
        /// Images with less between dark and bright than that show nothing to recognise.
        static let leastContrast = 24

        let bits: SIMD4<UInt64>
        let greys: [UInt8]

        init(_ image: Image) {
            greys = image.grey().resized(width: Self.width, height: Self.height).pixels
            var bits = SIMD4<UInt64>.zero
            for y in 0..<Self.height {
                for x in 0..<Self.width - 1 where greys[y * Self.width + x] < greys[y * Self.width + x + 1] {
                    let bit = y * (Self.width - 1) + x
                    bits[bit / 64] |= 1 << UInt64(bit % 64)
                }
            }
            self.bits = bits
        }

        var hasContrast: Bool { Int(greys.max() ?? 0) - Int(greys.min() ?? 0) >= Self.leastContrast }

        func resembles(_ other: Look) -> Bool {
            let difference = bits ^ other.bits
            let count = (0..<4).reduce(0) { $0 + difference[$1].nonzeroBitCount }
            guard count <= Self.bitTolerance else { return false }
            let sum = zip(greys, other.greys).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            return sum <= Self.greyTolerance * greys.count
        }
    }

    let content: Content
    let look: Look
}
