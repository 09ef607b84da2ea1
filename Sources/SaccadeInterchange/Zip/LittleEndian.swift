extension [UInt8] {
    /// A whole number whose least significant byte comes first.
    ///
    /// - Returns: `nil` where the bytes end before it does.
    func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type, at offset: Int) -> Number? {
        let size = Number.bitWidth / 8
        guard offset >= 0, offset <= count - size else { return nil }
        return (0..<size).reduce(Number(0)) { $0 | Number(self[offset + $1]) << Number(8 * $1) }
    }

    /// Adds a whole number, least significant byte first.
    mutating func append<Number: FixedWidthInteger & UnsignedInteger>(littleEndian number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
