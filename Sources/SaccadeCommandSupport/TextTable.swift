/// Rows of text in columns that line up.
package struct TextTable {
    package struct Column {
        package enum Alignment { case left, right }
        var title: String
        var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// Characters of a line that most terminals show.
    package static let maximumWidth = 120

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    /// - Parameter cells: Those at the end may be left out.
    package mutating func append(_ cells: [String]) { rows.append(cells) }

    /// A line of titles, a rule, and the rows. Columns in which nothing stands are left out; where the lines would be
    /// longer than ``maximumWidth``, columns move together.
    package var text: String {
        let used = columns.indices.filter { column in
            rows.contains { column < $0.count && !$0[column].isEmpty }
        }
        let widths = used.map { column in
            rows.reduce(columns[column].title.count) { max($0, column < $1.count ? $1[column].count : 0) }
        }
        let gap = widths.reduce(2 * (widths.count - 1), +) > Self.maximumWidth ? " " : "  "
        func line(_ cells: [String]) -> String {
            var line = ""
            for (index, (column, width)) in zip(used, widths).enumerated() {
                let cell = column < cells.count ? cells[column] : ""
                let space = String(repeating: " ", count: width - cell.count)
                line += index > 0 ? gap : ""
                line += columns[column].alignment == .left ? cell + space : space + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: gap)
        return ([line(columns.map(\.title)), rule] + rows.map(line)).joined(separator: "\n")
    }
}
