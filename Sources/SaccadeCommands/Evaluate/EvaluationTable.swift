import Foundation
import SaccadeCommandSupport
import SaccadeMetrics
import SaccadeTraining

/// A report as text: the metrics, then a row for each class, then further tables, then what was taken for what.
struct EvaluationTable {
    private let report: TaskReport

    init(_ report: TaskReport) { self.report = report }

    var text: String {
        var table = TextTable([.init("class")] + report.columns.map { .init($0.title, .right) })
        for row in report.rows {
            let values = zip(report.columns, row.values).map { column, value in
                value.isNaN ? "–" : column.isFraction ? percent(value) : "\(Int(value))"
            }
            table.append([row.name] + values)
        }
        let others = report.tables.flatMap { ["", text(of: $0)] }
        let totals = report.metrics.inOrder.map { "\($0.metric.title) \($0.metric.text($0.value))" }
        let classes = report.columns.isEmpty ? [] : ["", table.text]
        return ([totals.joined(separator: ", ")] + classes + others + (confusions.map { ["", $0] } ?? []))
            .joined(separator: "\n")
    }

    private func text(of table: TaskReport.Table) -> String {
        var text = TextTable([.init(table.title)] + table.columns.map { .init($0.title, .right) })
        for row in table.rows {
            text.append(
                [row.name]
                    + zip(table.columns, row.values).map { column, value in
                        value.isNaN
                            ? "–" : column.isFraction ? String(format: "%.1f", value * 100) : "\(Int(value))"
                    })
        }
        return text.text
    }

    /// The commonest confusions; of few classes, the whole matrix.
    private var confusions: String? {
        guard let counts = report.confusions else { return nil }
        let names = report.rows.map(\.name)
        guard names.count > 12 else {
            var table = TextTable([.init("truth ╲ taken for")] + names.map { .init($0, .right) })
            for (name, row) in zip(names, counts) { table.append([name] + row.map(String.init)) }
            return table.text
        }
        let pairs = counts.enumerated().flatMap { truth, row in
            row.enumerated().filter { $0.offset != truth && $0.element > 0 }.map { (truth, $0.offset, $0.element) }
        }.sorted { ($0.2, $1.0, $1.1) > ($1.2, $0.0, $0.1) }
        return "Commonest confusions\n"
            + pairs.prefix(10).map { "  \($0.2)× \(names[$0.0]) taken for \(names[$0.1])" }.joined(separator: "\n")
    }
}
