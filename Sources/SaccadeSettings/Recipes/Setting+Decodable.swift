import Foundation

extension Setting {
    /// The settings as a value of a type that can be decoded.
    ///
    /// - Throws: ``RecipeError`` at the line of the setting that does not fit.
    package func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws(RecipeError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json.utf8))
        } catch {
            guard let error = error as? DecodingError else { throw self.error("\(error)") }
            // Of 4.5 where a whole number belongs the decoder says that all is no JSON, and not where.
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty, case .section = content {
                for copy in withNumbersAsTexts {
                    do {
                        _ = try JSONDecoder().decode(type, from: Data(copy.json.utf8))
                    } catch DecodingError.typeMismatch(let wanted, let context) where wanted is any BinaryInteger.Type {
                        throw copy.complaint(.typeMismatch(wanted, context))
                    } catch {}
                }
            }
            throw complaint(error)
        }
    }

    /// Copies, each with another number that is not whole, or too large, as a text, where a decoder says what it wanted.
    private var withNumbersAsTexts: [Setting] {
        switch content {
        case .text(let text, let isPlain):
            guard isPlain, Double(text) != nil, Int(text) == nil else { return [] }
            return [Setting(.text(text, isPlain: false), at: location)]
        case .list(let list):
            return list.indices.flatMap { index in
                list[index].withNumbersAsTexts.map { changed in
                    var list = list
                    list[index] = changed
                    return Setting(.list(list), at: location)
                }
            }
        case .section(let entries):
            return entries.indices.flatMap { index in
                entries[index].value.withNumbersAsTexts.map { changed in
                    var entries = entries
                    entries[index].value = changed
                    return Setting(.section(entries), at: location)
                }
            }
        }
    }

    private func complaint(_ error: DecodingError) -> RecipeError {
        switch error {
        case .dataCorrupted(let context):
            return at(context.codingPath).error(context.debugDescription)
        case .keyNotFound(let key, let context):
            return at(context.codingPath).error("\(key.stringValue) is missing")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            let culprit = at(context.codingPath)
            let key = context.codingPath.last { $0.intValue == nil }?.stringValue ?? "the value"
            let wanted =
                switch type {
                case is any BinaryInteger.Type: "a whole number"
                case is any BinaryFloatingPoint.Type: "a number"
                case is Bool.Type: "true or false"
                case is String.Type: "a text"
                case is [Any].Type: "a list"
                default: "a section of settings"
                }
            return culprit.error("\(key) must be \(wanted), got \(culprit.quoted)")
        @unknown default: return self.error("\(error)")
        }
    }

    /// The innermost setting on a path that exists.
    private func at(_ path: [any CodingKey]) -> Setting {
        var setting = self
        for key in path {
            switch setting.content {
            case .list(let list):
                guard let index = key.intValue, list.indices.contains(index) else { return setting }
                setting = list[index]
            case .section(let entries):
                guard let entry = entries.first(where: { $0.key == key.stringValue }) else { return setting }
                // The key's own line: the value may stand below it.
                setting = Setting(entry.value.content, at: entry.location)
            case .text: return setting
            }
        }
        return setting
    }

    private var json: String {
        switch content {
        case .list(let list): return "[\(list.map(\.json).joined(separator: ","))]"
        case .section(let entries):
            return "{\(entries.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
        case .text(let text, let isPlain):
            guard isPlain else { return Self.quoted(text) }
            switch text {
            case "", "~", "null": return "null"
            case "true", "yes": return "true"
            case "false", "no": return "false"
            default: break
            }
            if let integer = Int(text) { return String(integer) }
            if let integer = UInt64(text) { return String(integer) }
            // JSON has no infinity: it stays a text, which no number is.
            if let number = Double(text), number.isFinite, text.first != "0" || !text.lowercased().hasPrefix("0x") {
                return "\(number)"
            }
            return Self.quoted(text)
        }
    }

    /// With the quotes and escapes of JSON, which are also YAML's.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
