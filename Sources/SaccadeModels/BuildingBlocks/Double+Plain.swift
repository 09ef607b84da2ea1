import Foundation

extension Double {
    /// As a person writes it: `5`, `0.2`, `-1.25`; six digits that count.
    public var plain: String {
        let text = String(format: "%.6g", self)
        return text == "-0" ? "0" : text
    }
}

extension NumberGrid {
    /// A line for each row, its numbers with a space between.
    public var text: String {
        rows.map { $0.map(\.plain).joined(separator: " ") }.joined(separator: "\n")
    }
}
