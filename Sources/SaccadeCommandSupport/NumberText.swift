import Foundation

/// A share as a percentage.
package func percent(_ share: Double, decimals: Int = 2) -> String { String(format: "%.\(decimals)f %%", share * 100) }

/// `13.4 MiB`, `392 KiB`.
package func bytes(_ count: Int) -> String {
    scaled(Double(count), step: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
}

/// `2 399 240`.
package func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(" ") }
        text.append(digit)
    }
    return (number < 0 ? "−" : "") + String(text.reversed())
}

/// `515.1 M`: four digits and a unit.
package func abbreviated(_ number: Int) -> String {
    scaled(Double(number), step: 1000, units: ["", "k", "M", "G", "T", "P", "E"])
}

private func scaled(_ number: Double, step: Double, units: [String]) -> String {
    var (value, unit) = (number, 0)
    // 999.95 would be shown as 1000.0.
    while value >= step - 0.05, unit < units.count - 1 {
        value /= step
        unit += 1
    }
    if unit == 0 { return "\(Int(value))" + (units[0].isEmpty ? "" : " \(units[0])") }
    if value >= 99.95, step == 1024 { return "\(Int(value.rounded())) \(units[unit])" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
