import Foundation

/// Curves of letters: • for the first, ○ for the second, where both fall together ◉.
struct TerminalChart {
    let title: String
    let series: [(name: String, points: [(x: Double, y: Double)])]
    /// Whether equal heights are equal ratios; values that are not positive are then gaps.
    var isLog = false
    /// Characters between the axes.
    var width = 64
    var height = 10

    private static let marks: [Character] = ["•", "○"]
    private static let both: Character = "◉"

    var text: String {
        let shown = series.map { one in
            (name: one.name, points: one.points.filter { $0.x.isFinite && $0.y.isFinite && (!isLog || $0.y > 0) })
        }
        let all = shown.flatMap(\.points)
        guard let left = all.map(\.x).min(), let right = all.map(\.x).max(), let low = all.map(\.y).min(),
            let high = all.map(\.y).max()
        else { return "\(title): no data" }
        var cells = Array(repeating: Array(repeating: Character(" "), count: width), count: height)
        for (number, one) in shown.enumerated() {
            for column in 0..<width {
                let x = left + (right - left) * Double(column) / Double(width - 1)
                guard let y = value(at: x, of: one.points) else { continue }
                let row = height - 1 - place(y, low, high)
                let mark = Self.marks[min(number, 1)]
                cells[row][column] = cells[row][column] == " " || cells[row][column] == mark ? mark : Self.both
            }
        }
        let legend = shown.enumerated().filter { !$0.element.points.isEmpty }.map {
            "\(Self.marks[min($0.offset, 1)]) \($0.element.name)"
        }.joined(separator: "   ")
        let labels = (0..<height).map { row in
            row == 0 ? number(high) : row == height - 1 ? number(low) : ""
        }
        let margin = labels.map(\.count).max() ?? 0
        func padded(_ label: String) -> String { String(repeating: " ", count: margin - label.count) + label }
        var lines = ["\(title)   \(legend)"]
        for row in 0..<height {
            var line = "\(padded(labels[row])) │" + String(cells[row])
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        lines.append("\(padded("")) └" + String(repeating: "─", count: width))
        let (first, last) = (String(format: "%g", left), String(format: "%g", right))
        let gap = String(repeating: " ", count: max(1, width - first.count - last.count))
        lines.append("\(padded(""))  \(first)\(left == right ? "" : gap + last)")
        return lines.joined(separator: "\n")
    }

    /// Straight between the points; nil beyond them.
    private func value(at x: Double, of points: [(x: Double, y: Double)]) -> Double? {
        guard let after = points.firstIndex(where: { $0.x >= x - 1e-9 }) else { return nil }
        let (b, a) = (points[after], points[max(after - 1, 0)])
        guard b.x > a.x else { return after == 0 && x < b.x - 1e-9 ? nil : b.y }
        let share = min(1, max(0, (x - a.x) / (b.x - a.x)))
        return isLog ? exp(log(a.y) + (log(b.y) - log(a.y)) * share) : a.y + (b.y - a.y) * share
    }

    /// The row from below, in `0..<height`.
    private func place(_ y: Double, _ low: Double, _ high: Double) -> Int {
        guard high > low else { return 0 }
        let share = isLog ? log(y / low) / log(high / low) : (y - low) / (high - low)
        return min(height - 1, max(0, Int((share * Double(height - 1)).rounded())))
    }

    private func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
