/// Numbers in text files: exact enough to be read back as they were, and without `1e-05`, which not everybody reads.
enum Decimals {
    /// A coordinate as the nearest whole millionth of a pixel: what converting back and forth adds is far below that,
    /// and what people write far above.
    static func snapped(_ value: Double) -> Double {
        abs(value) < 1e9 ? (value * 1e6).rounded() / 1e6 : value
    }

    /// A number with so many places at most, without zeros at the end.
    ///
    /// - Parameter places: In 0...12.
    static func text(_ value: Double, places: Int = 6) -> String {
        precondition((0...12).contains(places), "Decimals: places must be in 0...12, got \(places)")
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let whole = value.rounded(.towardZero)
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        var (units, fraction) = (Int(abs(whole)), Int((abs(value - whole) * scale).rounded()))
        if fraction >= Int(scale) { (units, fraction) = (units + 1, 0) }
        let sign = value < 0 && (units > 0 || fraction > 0) ? "-" : ""
        guard fraction > 0 else { return "\(sign)\(units)" }
        let digits = String(fraction)
        var decimals = String(repeating: "0", count: places - digits.count) + digits
        while decimals.last == "0" { decimals.removeLast() }
        return "\(sign)\(units).\(decimals)"
    }
}
