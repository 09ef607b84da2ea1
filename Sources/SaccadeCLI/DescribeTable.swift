import SaccadeModels

/// A description as a table for terminals.
struct DescriptionTable {
    let text: String

    /// - Parameter optimizer: What the memory for training counts on.
    init(_ description: Description, optimizer: String) {
        let rows = description.layers
        var table = TextTable([
            .init("layer"), .init("kind"), .init("stride", .right), .init("pad", .right), .init("output", .right),
            .init("params", .right), .init("weights+biases", .right), .init("mult-adds", .right),
            .init("memory", .right), .init("size"),
        ])
        table.append(["input", "", "", "", Self.size(description.input)])
        for (index, row) in rows.enumerated() {
            let kernel = row.kernel.map { " " + Self.size($0) } ?? ""
            let activation = row.activation.map { " + \($0)" } ?? ""
            let shared = row.sharesParametersOf.map { "those of \($0)" }
            table.append([
                Self.name(of: index, in: rows), row.kind + kernel + activation, row.stride.map(Self.pair) ?? "",
                row.padding ?? "", Self.size(row.outputSize), row.parameters > 0 ? grouped(row.parameters) : "",
                shared ?? (row.parameters > 0 ? "\(grouped(row.weights)) + \(grouped(row.biases))" : ""),
                row.multiplyAdds > 0 ? abbreviated(row.multiplyAdds) : "",
                row.activationBytes > 0 ? bytes(row.activationBytes) : "", row.arithmetic,
            ])
        }
        let memory = description.memory
        text = """
            \(description.name), for \(Self.size(description.input))

            \(table.text)

            Parameters      \(grouped(description.totalParameters)), \(bytes(memory.parameterBytes)) in float32
            Multiply-adds   \(grouped(description.totalMultiplyAdds)) for one input
            Peak memory     \(bytes(memory.inferenceBytes)) to predict, \(bytes(memory.trainingBytes)) to train with \
            \(optimizer), at batch \(grouped(memory.batch))
            """
    }

    /// Indented by the blocks around it, and without their names.
    private static func name(of index: Int, in rows: [Description.Layer]) -> String {
        let row = rows[index]
        // A block's own row follows those of its parts.
        let block = rows[index...].first { $0.depth < row.depth }
        let name = block.map { row.name.dropFirst($0.name.count + 1) } ?? row.name[...]
        return String(repeating: "  ", count: row.depth) + name
    }

    private static func size(_ lengths: [Int]) -> String { lengths.map(String.init).joined(separator: "×") }

    private static func pair(_ lengths: [Int]) -> String {
        lengths.count == 2 && lengths[0] == lengths[1] ? "\(lengths[0])" : size(lengths)
    }
}

/// `2 399 240`.
func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(" ") }
        text.append(digit)
    }
    return (number < 0 ? "−" : "") + String(text.reversed())
}

/// `515.1 M`: four digits and a unit.
func abbreviated(_ number: Int) -> String {
    scaled(Double(number), step: 1000, units: ["", "k", "M", "G", "T", "P", "E"])
}

/// `13.4 MiB`.
func bytes(_ count: Int) -> String {
    scaled(Double(count), step: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
}

private func scaled(_ number: Double, step: Double, units: [String]) -> String {
    var (value, unit) = (number, 0)
    // 999.95 would be shown as 1000.0.
    while value >= step - 0.05, unit < units.count - 1 {
        value /= step
        unit += 1
    }
    if unit == 0 { return "\(Int(value))" + (units[0].isEmpty ? "" : " \(units[0])") }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
