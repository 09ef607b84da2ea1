package import Foundation

/// Numbers of runs as people read them, alike in terminals and on pages.
package enum RunFigures {
    package static func share(_ value: Double) -> String { String(format: "%.2f %%", value * 100) }

    /// Four digits that count, as in `0.004` or `1.25e-05`.
    package static func rate(_ value: Double) -> String { String(format: "%.4g", value) }

    /// `0.8 s`, `2 min 05 s`, `3 h 12 min`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "a long time" }
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        return "\(whole / 3600) h \(two(whole / 60 % 60)) min"
    }

    /// `412 MiB`.
    package static func bytes(_ count: Int) -> String {
        var (value, unit) = (Double(count), 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return unit == 0
            ? "\(count) B" : String(format: value < 10 ? "%.1f \(units[unit])" : "%.0f \(units[unit])", value)
    }

    /// `2026-11-25 14:03`, in this place's time.
    package static func moment(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: date)
    }
}
