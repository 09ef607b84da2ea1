/// A setting that takes the place of a recipe's: `training.batchSize=64`.
public struct RecipeOverride: Sendable {
    /// The names of the sections on the way and of the setting, or places in lists, from 0.
    package private(set) var path: [String]
    package let value: Setting
    /// What was typed, which complaints give as the place of the mistake.
    package let typed: String

    /// Reads `key=value`.
    ///
    /// - Parameters:
    ///   - text: Names joined by dots, an equals sign, and the value as it would stand in a recipe: YAML.
    ///   - option: What stands before it on the command line.
    /// - Throws: ``RecipeError`` when the key is missing or the value is not YAML.
    public init(_ text: String, option: String = "--set") throws(RecipeError) {
        let typed = "\(option) \(text)"
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw RecipeError(
                "write key=value, such as training.batchSize=64", at: Location(file: typed))
        }
        let value = String(text[text.index(after: equals)...])
        try self.init(key: String(text[..<equals]), value: value, typed: typed)
    }

    /// - Parameters:
    ///   - key: Names joined by dots.
    ///   - value: YAML.
    ///   - typed: What complaints give as the place of the mistake.
    /// - Throws: ``RecipeError`` when a name is missing or the value is not YAML.
    public init(key: String, value: String, typed: String) throws(RecipeError) {
        let place = Location(file: typed)
        path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty }), path.count <= RecipeFile.maximumDepth else {
            throw RecipeError("a key is names joined by dots, such as training.batchSize", at: place)
        }
        self.typed = typed
        let isEmpty = value.allSatisfy(\.isWhitespace)
        self.value =
            try isEmpty
            ? Setting(.text("", isPlain: true), at: place)
            : RecipeFile.setting(value, file: typed).placed(at: place)
    }
}

extension RecipeOverride {
    /// The same value at another place.
    package func replacing(path: [String]) -> RecipeOverride {
        var moved = self
        moved.path = path
        return moved
    }
}

extension Setting {
    /// Reads the text of a recipe.
    ///
    /// - Throws: ``RecipeError`` with the line.
    package init(yaml: String, source: String) throws(RecipeError) {
        self = try RecipeFile.setting(yaml, file: source)
    }

    /// With other settings in place of some of these. What is on the way to them is from then on where they were typed.
    ///
    /// A section that becomes of another `kind` loses what belonged to the old one; kinds are therefore changed first,
    /// in whichever order they were typed.
    ///
    /// - Throws: ``RecipeError`` where there is nothing to go into on the way.
    package func replacing(_ overrides: [RecipeOverride]) throws(RecipeError) -> Setting {
        let kinds = overrides.filter { $0.path.last == "kind" }
        let others = overrides.filter { $0.path.last != "kind" }
        var result = self
        for override in kinds + others { result = try result.replacing(override.path[...], override) }
        return result
    }

    private func replacing(
        _ path: ArraySlice<String>, _ override: RecipeOverride
    ) throws(RecipeError) -> Setting {
        guard let name = path.first else { return override.value }
        let place = Location(file: override.typed)
        let rest = path.dropFirst()
        switch content {
        case .section(var entries):
            if let index = entries.firstIndex(where: { $0.key == name }) {
                if name == "kind", rest.isEmpty, !entries[index].value.isSameText(as: override.value) {
                    return Setting(.section([Entry(key: name, location: place, value: override.value)]), at: place)
                }
                entries[index].value = try entries[index].value.replacing(rest, override)
                entries[index].location = place
            } else {
                let nothing = Setting(.text("", isPlain: true), at: place)
                entries.append(Entry(key: name, location: place, value: try nothing.replacing(rest, override)))
            }
            return Setting(.section(entries), at: place)
        case .list(var list):
            guard let index = Int(name), list.indices.contains(index) else {
                throw RecipeError(
                    "“\(name)” must be the number of an item, from 0 to \(list.count - 1)", at: place)
            }
            list[index] = try list[index].replacing(rest, override)
            return Setting(.list(list), at: place)
        case .text:
            guard isEmpty else {
                throw RecipeError("there is no setting \(name) within \(quoted)", at: place)
            }
            return try Setting(.section([]), at: place).replacing(path, override)
        }
    }

    private func isSameText(as other: Setting) -> Bool {
        if case .text(let mine, _) = content, case .text(let others, _) = other.content {
            mine == others
        } else {
            false
        }
    }

    /// The same settings, all of them at one place.
    package func placed(at place: Location) -> Setting {
        switch content {
        case .text: Setting(content, at: place)
        case .list(let list): Setting(.list(list.map { $0.placed(at: place) }), at: place)
        case .section(let entries):
            Setting(
                .section(entries.map { Entry(key: $0.key, location: place, value: $0.value.placed(at: place)) }),
                at: place)
        }
    }
}
