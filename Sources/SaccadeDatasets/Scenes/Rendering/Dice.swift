import SaccadePrelude

/// Random choices that come out the same on every machine, with every version of Swift.
///
/// The standard library does not promise how `random(in:)` turns bits into numbers; these few lines do.
struct Dice {
    private var generator: SplitMix64

    init(_ generator: SplitMix64) { self.generator = generator }

    /// All 64 bits of the next number.
    mutating func bits() -> UInt64 { generator.next() }

    /// From 0 up to, never including, 1; exact in 24 bits.
    mutating func unit() -> Float { Float(generator.next() >> 40) * 0x1p-24 }

    /// From `low` to `high`.
    mutating func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

    /// One of `0..<count`; `count` is at least 1.
    mutating func below(_ count: Int) -> Int {
        Int(generator.next().multipliedFullWidth(by: UInt64(count)).high)
    }

    mutating func chance(_ probability: Float) -> Bool { unit() < probability }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A place in `weights`, which are not negative, each as likely as it is heavy.
    mutating func weighted(_ weights: [Float]) -> Int {
        var left = unit() * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return place }
        }
        return weights.count - 1
    }

    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for place in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(place, below(place + 1)) }
    }

    /// Dice of their own for one part of an image, so that a change in one part leaves the others as they are.
    mutating func split() -> Dice { Dice(SplitMix64(seed: generator.next())) }
}
