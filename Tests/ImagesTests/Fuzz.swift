import SaccadeFiles
import SaccadeImages

/// Decodes damaged files: nothing may happen but a picture or an ``FileError``.
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

    /// - Returns: How many files were tried.
    static func decodeMutants(count: Int, seed: UInt64, extra: [[UInt8]] = []) -> Int {
        var generator = Generator(state: seed)
        var originals = extra
        for channels in [1, 3] {
            for (width, height) in [(1, 1), (17, 9), (40, 33)] {
                let image = Image.pattern(width: width, height: height, channels: channels)
                for bytes in [try? image.pngData(), try? image.jpegData(quality: 60)] {
                    guard let bytes else { return 0 }
                    originals.append(bytes)
                    let exif = Exif.bytes(orientation: 6, bigEndian: channels == 1)
                    originals.append(
                        ImageFormat(magic: bytes) == .png
                            ? Exif.inserted(exif, intoPNG: bytes) : Exif.inserted(exif, intoJPEG: bytes))
                }
            }
        }
        var tried = 0
        for _ in 0..<count {
            var bytes = originals.randomElement(using: &generator)!
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutate(&bytes, originals.randomElement(using: &generator)!, &generator)
            }
            // A limit, so that a header that promises a gigapixel costs nothing.
            _ = try? ImageHeader(decoding: bytes, name: "mutant")
            let small = Bool.random(using: &generator) ? PixelSize(width: 4, height: 4) : nil
            _ = try? Image(decoding: bytes, name: "mutant", atLeast: small, pixelLimit: 1 << 18)
            tried += 1
        }
        return tried
    }

    private static func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout Generator) {
        guard bytes.count > 2 else { return }
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[at] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...16, using: &generator)))
        case 4: bytes = Array(bytes[..<at] + other.suffix(Int.random(in: 0...other.count, using: &generator)))
        default: bytes.insert(contentsOf: other.prefix(64).suffix(Int.random(in: 1...32, using: &generator)), at: at)
        }
    }
}
