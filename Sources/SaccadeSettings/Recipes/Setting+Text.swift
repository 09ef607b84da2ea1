/// Settings as text again: what is written here reads as the same settings.
extension Setting {
    /// YAML, with a line for each entry of the outermost section and of what is too long for one.
    package var yaml: String { lines(indent: 0).joined(separator: "\n") + "\n" }

    /// Every single setting with its dotted name, such as `training.optimizer.kind`; items of lists by number, from 0.
    package var flattened: [(name: String, text: String)] {
        switch content {
        case .text(let text, _): [("", text)]
        case .list(let list) where list.allSatisfy(\.isText): [("", flow)]
        case .list(let list):
            list.enumerated().flatMap { index, item in
                item.flattened.map { (Self.joined("\(index)", $0.name), $0.text) }
            }
        case .section(let entries):
            entries.flatMap { entry in entry.value.flattened.map { (Self.joined(entry.key, $0.name), $0.text) } }
        }
    }

    private static func joined(_ a: String, _ b: String) -> String { b.isEmpty ? a : "\(a).\(b)" }

    private var isText: Bool { if case .text = content { true } else { false } }

    private static let width = 110

    private func lines(indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        switch content {
        case .text: return [space + flow]
        case .list(let list):
            return list.flatMap { item in
                // An item's first line stands behind its dash.
                let lines = item.fits(indent + 2) ? [item.flow] : item.lines(indent: indent + 2)
                return ["\(space)- \(lines[0].drop { $0 == " " })"] + lines.dropFirst()
            }
        case .section(let entries):
            guard !entries.isEmpty else { return [space + "{}"] }
            return entries.flatMap { entry in
                let key = space + Self.written(entry.key, isPlain: false)
                let isShort = indent > 0 && entry.value.fits(indent + entry.key.count)
                if isShort || entry.value.isText || entry.value.isWithoutItems {
                    return ["\(key): \(entry.value.flow)"]
                }
                return [key + ":"] + entry.value.lines(indent: indent + 2)
            }
        }
    }

    private func fits(_ indent: Int) -> Bool { isText || flow.utf8.count + indent < Self.width }

    private var isWithoutItems: Bool {
        switch content {
        case .text: false
        case .list(let list): list.isEmpty
        case .section(let entries): entries.isEmpty
        }
    }

    /// On one line.
    private var flow: String {
        switch content {
        case .text(let text, let isPlain): isEmpty ? "null" : Self.written(text, isPlain: isPlain)
        case .list(let list): "[\(list.map(\.flow).joined(separator: ", "))]"
        case .section(let entries):
            "{\(entries.map { "\(Self.written($0.key, isPlain: false)): \($0.value.flow)" }.joined(separator: ", "))}"
        }
    }

    /// A text with quotes where it would otherwise be taken for something else.
    private static func written(_ text: String, isPlain: Bool) -> String {
        let harmless = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || " _./+-".unicodeScalars.contains(scalar)
        }
        let edges = [text.first, text.last]
        if harmless, !text.isEmpty, !edges.contains(" "), text != "-", !text.hasPrefix("- "), !text.hasPrefix("--") {
            // A text that was quoted may read as a number or a truth value without its quotes.
            let isWord = text.first.map { $0.isLetter } ?? false
            if isPlain || (isWord && !readAsOther.contains(text.lowercased())) { return text }
        }
        return quoted(text)
    }

    private static let readAsOther: Set = ["null", "true", "false", "yes", "no", "inf", "infinity", "nan"]
}
