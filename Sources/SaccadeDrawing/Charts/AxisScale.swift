import Foundation

/// Turns values into places along an axis and chooses the values that are marked.
struct AxisScale: Sendable {
    /// Ends of the axis, in values.
    let low: Double
    let high: Double
    let isLog: Bool
    /// The marked values and what is written beside them.
    let ticks: [(value: Double, label: String)]

    /// - Parameters:
    ///   - values: What is to be shown; anything not finite, and on a logarithmic axis anything not positive, is passed over.
    ///   - isLog: Whether equal distances are equal ratios.
    ///   - isWhole: Whether only whole numbers make sense (epochs).
    init(_ values: [Double], isLog: Bool = false, isWhole: Bool = false, count: Int = 6) {
        let shown = values.filter { $0.isFinite && abs($0) < 1e300 && (!isLog || $0 > 1e-300) }
        var (low, high) = (shown.min() ?? (isLog ? 0.1 : 0), shown.max() ?? 1)
        self.isLog = isLog
        if isLog {
            var (first, last) = (Int(log10(low).rounded(.down)), Int(log10(high).rounded(.up)))
            if first == last { (first, last) = (first - 1, last + 1) }
            (self.low, self.high) = (pow(10, Double(first)), pow(10, Double(last)))
            let every = max(1, (last - first + count - 1) / count)
            ticks = stride(from: first, through: last, by: every).map {
                (pow(10, Double($0)), (-3...4).contains($0) ? Self.label(pow(10, Double($0)), step: 1e-3) : "1e\($0)")
            }
            return
        }
        // Steps between values closer than this would have no digits left.
        if high - low < 1e-290 {
            let spread = max(abs(low), abs(high)) < 1e-280 ? 1 : abs(low) * 0.1
            (low, high) = (low - spread, high + spread)
        }
        // Steps of 1, 2 or 5 times a power of ten: the smallest that needs no more than `count` of them.
        let rough = high / Double(count) - low / Double(count)
        let power = pow(10, log10(rough).rounded(.down))
        var step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        if isWhole { step = max(1, step.rounded()) }
        let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
        (self.low, self.high) = (first * step, last * step)
        ticks = (0...min(20, Int(last - first))).map {
            let value = (first + Double($0)) * step
            return (value, Self.label(value, step: step))
        }
    }

    /// How far along the axis a value stands; 0 and 1 at its ends.
    func place(_ value: Double) -> Double {
        isLog ? log10(value / low) / log10(high / low) : (value - low) / (high - low)
    }

    /// Whether a value can be shown.
    func shows(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e300 && (!isLog || value > 1e-300) }

    /// With as many digits as the step asks for.
    static func label(_ value: Double, step: Double) -> String {
        if value == 0 { return "0" }
        if abs(value) >= 1e6 || abs(value) < 1e-4 || step < 1e-6 {
            let power = log10(abs(value)).rounded(.down)
            let digits = fixed(value / pow(10, power), digits: 2)
            return "\(digits)e\(Int(power))"
        }
        return fixed(value, digits: max(0, Int((-log10(step) - 1e-9).rounded(.up))))
    }

    /// So many decimals, without trailing zeros when there is a shorter way to say it.
    static func fixed(_ value: Double, digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let rounded = (value * scale).rounded() / scale
        if rounded == rounded.rounded(), abs(rounded) < 1e15 { return String(Int(rounded)) }
        return String(rounded)
    }
}
