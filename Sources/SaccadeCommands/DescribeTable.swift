import SaccadeCommandSupport
import SaccadeModels

/// A summary as a table for terminals.
struct SummaryTable {
    let text: String

    /// - Parameter optimizer: What the memory for training counts on.
    init(_ summary: ModelSummary, optimizer: String) {
        let spacious = Self.table(summary) { $0 }
        // Sums move together before lines are longer than a terminal is wide.
        let isWide = spacious.split(separator: "\n").contains { $0.count > TextTable.maximumWidth }
        let table = isWide ? Self.table(summary, Self.tight) : spacious
        let memory = summary.memory
        let auxiliary =
            summary.auxiliaryParameters > 0
            ? "; \(grouped(summary.auxiliaryParameters)) more in auxiliary heads, for training alone" : ""
        text = """
            \(summary.name), for \(Self.size(summary.input))

            \(table)

            Parameters      \(grouped(summary.totalParameters)), \(bytes(memory.parameterBytes)) in float32\(auxiliary)
            Multiply-adds   \(grouped(summary.totalMultiplyAdds)) (MACs) for one input
            Peak memory     \(bytes(memory.inferenceBytes)) to predict, \(bytes(memory.trainingBytes)) to train with \
            \(optimizer), at batch \(grouped(memory.batch))
            """
    }

    private static func table(_ summary: ModelSummary, _ sum: (String) -> String) -> String {
        let rows = summary.layers
        var table = TextTable([
            .init("layer"), .init("kind"), .init("stride", .right), .init("pad", .right), .init("output", .right),
            .init("params", .right), .init("weights+biases", .right), .init("MACs", .right),
            .init("memory", .right), .init("size"),
        ])
        if summary.stages == nil { table.append(["input", "", "", "", size(summary.input)]) }
        for (index, row) in rows.enumerated() {
            for stage in summary.stages ?? [] where stage.firstLayer == index {
                for (name, input) in stage.inputs.sorted(by: { $0.key < $1.key }) {
                    table.append([(stage.name.isEmpty ? "" : "\(stage.name): ") + name, "input", "", "", size(input)])
                }
            }
            let kernel = row.kernel.map { " " + size($0) } ?? ""
            let activation = row.activation.map { " + \($0.rawValue)" } ?? ""
            let shared = row.sharesParametersOf.map { "those of \($0)" }
            let parts = "\(grouped(row.weights)) + \(grouped(row.biases))"
            table.append([
                name(of: index, in: rows), sum(row.kind.rawValue + kernel + activation), row.stride.map(pair) ?? "",
                row.padding ?? "", size(row.outputSize), row.parameters > 0 ? grouped(row.parameters) : "",
                shared ?? (row.parameters > 0 ? sum(parts) : ""),
                row.multiplyAdds > 0 ? abbreviated(row.multiplyAdds) : "",
                row.activationBytes > 0 ? bytes(row.activationBytes) : "", sum(row.arithmetic),
            ])
        }
        return table.text
    }

    /// A sum without the spaces around its signs and within its numbers, and without what they count.
    private static func tight(_ sum: String) -> String {
        let sum = ["−", "+", "/", "·", "="].reduce(sum) { $0.replacing(" \($1) ", with: $1) }
            .replacing(" channels", with: "")
        return sum.contains(where: \.isLetter) ? sum : sum.filter { $0 != " " }
    }

    /// Indented by the blocks around it, and without their names.
    private static func name(of index: Int, in rows: [ModelSummary.Layer]) -> String {
        let row = rows[index]
        // A block's own row follows those of its parts.
        let block = rows[index...].first { $0.depth < row.depth }
        let prefix = block.map { "\($0.name)." } ?? ""
        let name = row.name.hasPrefix(prefix) ? row.name.dropFirst(prefix.count) : row.name[...]
        return String(repeating: "  ", count: row.depth) + name
    }

    private static func size(_ lengths: [Int]) -> String { lengths.map(String.init).joined(separator: "×") }

    private static func pair(_ lengths: [Int]) -> String {
        lengths.count == 2 && lengths[0] == lengths[1] ? "\(lengths[0])" : size(lengths)
    }
}
