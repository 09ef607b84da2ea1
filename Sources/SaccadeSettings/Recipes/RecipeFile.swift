import Foundation
import SaccadeFiles
import Yams

/// Reads YAML into ``Setting``s, within bounds that no honest recipe reaches.
package enum RecipeFile {
    package static let maximumByteCount = 1 << 20
    package static let maximumSettingCount = 50_000
    package static let maximumDepth = 64
    /// So few that the settings which they stand for, even nested in each other, can still be counted.
    package static let maximumAliasCount = 32

    package static func exists(_ path: String) -> Bool { Path(path).exists }

    /// The text of a file.
    package static func text(of path: String) throws(RecipeError) -> String {
        let location = Location(file: path)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try RegularFile.contents(of: path, limit: maximumByteCount)
        } catch {
            throw RecipeError("\(error.reason); \(error.remedy)", at: location)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecipeError("this is not text in UTF-8; save the recipe as UTF-8", at: location)
        }
        return text
    }

    /// The one document of a YAML text.
    package static func setting(_ text: String, file: String) throws(RecipeError) -> Setting {
        let location = Location(file: file)
        // Yams unfolds aliases while it reads, so a bomb of them has to be found before.
        guard text.utf8.split(separator: UInt8(ascii: "*")).count <= maximumAliasCount + 1 else {
            throw RecipeError(
                "more than \(maximumAliasCount) aliases (*name); use repeat for layers that recur", at: location)
        }
        let root: Node?
        // A byte order mark is no part of the text, and some editors write one.
        do { root = try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text) } catch {
            throw problem(error, location)
        }
        guard let root else { throw RecipeError("the file is empty; it must hold a recipe", at: location) }
        var budget = maximumSettingCount
        return try setting(root, at: location, depth: 0, &budget)
    }

    private static func setting(
        _ node: Node, at parent: Location, depth: Int, _ budget: inout Int
    ) throws(RecipeError) -> Setting {
        let location = Location(file: parent.file, line: node.mark?.line ?? parent.line)
        budget -= 1
        guard budget > 0 else {
            throw RecipeError("more than \(maximumSettingCount) settings; shorten the recipe", at: location)
        }
        guard depth < maximumDepth else {
            throw RecipeError("nested more than \(maximumDepth) levels deep; flatten the recipe", at: location)
        }
        switch node {
        case .scalar(let scalar):
            return Setting(.text(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any), at: location)
        case .sequence(let sequence):
            var list: [Setting] = []
            for item in sequence { list.append(try setting(item, at: location, depth: depth + 1, &budget)) }
            return Setting(.list(list), at: location)
        case .mapping(let mapping):
            var entries: [Setting.Entry] = []
            for (key, value) in mapping {
                let line = key.mark?.line ?? location.line
                guard case .scalar(let scalar) = key else {
                    throw RecipeError(
                        "a key must be a word", at: Location(file: parent.file, line: line))
                }
                let place = Location(file: parent.file, line: line)
                let value = try setting(value, at: place, depth: depth + 1, &budget)
                entries.append(Setting.Entry(key: scalar.string, location: place, value: value))
            }
            return Setting(.section(entries), at: location)
        case .alias:
            throw RecipeError("an alias without its anchor", at: location)
        }
    }

    private static func problem(_ error: any Error, _ location: Location) -> RecipeError {
        func at(_ line: Int?, _ problem: String) -> RecipeError {
            RecipeError(
                "this is not YAML: \(problem)", at: Location(file: location.file, line: line ?? location.line))
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return at(mark.line, problem)
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { offset in 1 + yaml.prefix(offset).utf8.count { $0 == UInt8(ascii: "\n") } }
            return at(line, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return RecipeError(
                "the key \(keys.first ?? "") stands here twice; remove one of them",
                at: Location(file: location.file, line: context.mark.line))
        default: return at(nil, "the reader gave up")
        }
    }
}
