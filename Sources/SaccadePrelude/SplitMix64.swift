/// A small seedable generator, so that a run can be repeated exactly: the same seed gives the same numbers, on every
/// machine.
///
/// Sebastiano Vigna's SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). It is
/// a value: a copy repeats what the original will give. Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    /// All that the generator remembers: `SplitMix64(seed: state)` carries on where this one stands.
    public private(set) var state: UInt64

    /// A generator at the start of the sequence that belongs to `seed`. Any seed is as good as any other.
    public init(seed: UInt64) { state = seed }

    /// A generator for one of many independent streams: `SplitMix64(seed: 7, stream: epoch, sample)` gives every sample
    /// of every epoch numbers of its own, which do not depend on which thread asks first.
    ///
    /// - Parameters:
    ///   - seed: The seed of the run.
    ///   - stream: What tells this stream from its siblings; the order of the numbers matters.
    public init(seed: UInt64, stream: Int...) {
        state = seed
        for key in stream {
            // Mixed before each key, so that (seed 1, stream 2) is not (seed 2, stream 1).
            state = next() ^ UInt64(bitPattern: Int64(key))
        }
    }

    /// The next 64 bits, each as likely to be 0 as 1.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
