/// A number of bytes as people write it: `4GiB`, `500 MB`, `1.5g`.
package struct ByteSize: Equatable {
    package let bytes: Int

    package static let hint = "a number with a unit, such as 4GiB, 500MB or 1.5G"

    private static let units: [String: Double] = [
        "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30,
        "tib": 0x1p40, "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40,
    ]

    /// nil for what is no size, or none that a number of bytes can be.
    package init?(_ text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
        guard let value = Double(number), let factor = Self.units[unit] else { return nil }
        let bytes = (value * factor).rounded()
        guard bytes >= 1, bytes <= 0x1p62 else { return nil }
        self.bytes = Int(bytes)
    }
}
