import SaccadePrelude

/// A value in a recipe, and where it stands, so that every complaint can name its file and line.
package struct Setting: Sendable {
    package enum Content: Sendable {
        /// `isPlain` tells `50` from `"50"`.
        case text(String, isPlain: Bool)
        case list([Setting])
        case section([Entry])
    }

    package struct Entry: Sendable {
        package var key: String
        package var location: Location
        package var value: Setting

        package init(key: String, location: Location, value: Setting) {
            self.key = key
            self.location = location
            self.value = value
        }
    }

    package let content: Content
    package let location: Location

    package init(_ content: Content, at location: Location) {
        self.content = content
        self.location = location
    }

    /// A complaint about this value.
    package func error(_ message: String) -> RecipeError { RecipeError(message, at: location) }

    /// How a complaint quotes the value.
    package var quoted: String {
        switch content {
        case .text("", isPlain: true): "nothing"
        case .text(let text, _): text.count > 40 ? "“\(text.prefix(40))…”" : "“\(text)”"
        case .list: "a list"
        case .section: "a section"
        }
    }

    /// Nothing stands behind the key.
    package var isEmpty: Bool {
        if case .text(let text, isPlain: true) = content {
            text.isEmpty || text == "null" || text == "~"
        } else {
            false
        }
    }

    package var entries: [Entry]? {
        if case .section(let entries) = content { entries } else { nil }
    }

    /// - Parameter name: What the text is, for the complaint.
    package func text(_ name: String) throws(RecipeError) -> String {
        guard case .text(let text, _) = content, !isEmpty else { throw error("\(name) must be a text, got \(quoted)") }
        return text
    }

    package func list(_ name: String) throws(RecipeError) -> [Setting] {
        guard case .list(let list) = content else { throw error("\(name) must be a list, got \(quoted)") }
        return list
    }

    package func integer(_ name: String, _ range: ClosedRange<Int>) throws(RecipeError) -> Int {
        guard case .text(let text, isPlain: true) = content, let value = Int(text), range.contains(value) else {
            throw error(
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), got \(quoted)")
        }
        return value
    }

    package func number(_ name: String, _ range: ClosedRange<Double>) throws(RecipeError) -> Double {
        guard case .text(let text, isPlain: true) = content, let value = Double(text), range.contains(value) else {
            throw error("\(name) must be a number from \(range.lowerBound) to \(range.upperBound), got \(quoted)")
        }
        return value
    }

    package func flag(_ name: String) throws(RecipeError) -> Bool {
        switch content {
        case .text("true", isPlain: true), .text("yes", isPlain: true): return true
        case .text("false", isPlain: true), .text("no", isPlain: true): return false
        default: throw error("\(name) must be true or false, got \(quoted)")
        }
    }

    /// One of several words.
    package func choice<Value>(
        _ name: String, _ values: KeyValuePairs<String, Value>
    ) throws(RecipeError) -> Value {
        let word = try word(name, of: values.map(\.key))
        guard let value = values.first(where: { $0.key == word })?.value else { wrongProgram("no value for \(word)") }
        return value
    }

    /// One of several words, itself.
    package func word(_ name: String, of words: [String]) throws(RecipeError) -> String {
        guard case .text(let text, _) = content else {
            throw error("\(name) must be \(alternatives(words)), got \(quoted)")
        }
        if words.contains(text) { return text }
        throw error("\(name) must be \(alternatives(words)), got \(quoted)\(suggestion(text, words))")
    }

    /// The entries under known keys.
    ///
    /// - Parameter name: What the section is called in complaints.
    package func section(_ name: String, keys: [String]) throws(RecipeError) -> Section {
        guard case .section(let entries) = content else {
            throw error("\(name) must be a section of settings (\(keys.joined(separator: ", "))), got \(quoted)")
        }
        for entry in entries where !keys.contains(entry.key) {
            throw RecipeError(
                unknown("key", entry.key, in: name, known: keys), at: entry.location)
        }
        return Section(name: name, location: location, entries: entries)
    }
}

/// The settings under one key, all of them known.
package struct Section: Sendable {
    package let name: String
    package let location: Location
    package let entries: [Setting.Entry]

    package init(name: String, location: Location, entries: [Setting.Entry]) {
        (self.name, self.location, self.entries) = (name, location, entries)
    }

    /// The value under a key; `nil` where the key is absent or nothing stands behind it.
    package subscript(key: String) -> Setting? {
        entries.first { $0.key == key }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The value under a key that must be there.
    package func required(_ key: String) throws(RecipeError) -> Setting {
        guard let value = self[key] else {
            throw RecipeError("\(name) needs \(key)", at: entries.first { $0.key == key }?.location ?? location)
        }
        return value
    }
}

/// A complaint about a word that is none of those known, with the nearest of them.
package func unknown(_ what: String, _ word: String, in place: String, known: [String]) -> String {
    let nearest = nearest(to: word, among: known)
    let shown = word.count > 40 ? "\(word.prefix(40))…" : word
    let remedy =
        nearest.map { "did you mean \($0)?" } ?? "it may be \(alternatives(known.map { $0 }))"
    return "unknown \(what) “\(shown)” in \(place); \(remedy)"
}

private func suggestion(_ word: String, _ known: [String]) -> String {
    nearest(to: word, among: known).map { "; did you mean \($0)?" } ?? ""
}

/// `a, b or c`.
private func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
}
