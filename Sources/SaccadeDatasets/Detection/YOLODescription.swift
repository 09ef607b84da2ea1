import Foundation
import SaccadeFiles
import Yams

/// What the description of a YOLO data set says.
struct YOLODescription {
    private(set) var classNames: [String] = []
    /// Folders of images, or lists of images, for each part.
    private(set) var parts: [(split: DatasetSplit, paths: [String])] = []
    private(set) var base: String?
    private(set) var namesFile: String?

    private static let keys: [(key: String, split: DatasetSplit)] = [
        ("train", .train), ("val", .validation), ("valid", .validation), ("test", .test),
    ]
    private static let byteLimit = 1 << 20

    /// Reads a `data.yaml`.
    init(yaml path: String) throws(FileError) {
        func malformed(_ reason: String) -> FileError {
            FileError(
                .malformed, path: path, reason: reason,
                remedy: "write path, train, val and names as Ultralytics describes them")
        }
        let bytes = try RegularFile.contents(of: path, limit: Self.byteLimit)
        // Yams unfolds aliases while it reads; a few lines of them can stand for more than memory holds.
        guard bytes.count(where: { $0 == UInt8(ascii: "*") }) <= 32 else { throw malformed("has more than 32 aliases") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("is not text in UTF-8") }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw malformed("is no YAML") }
        guard let root, root.mapping != nil else { throw malformed("is no YAML of keys and values") }
        base = root["path"]?.scalar?.string
        for (key, split) in Self.keys {
            guard let value = root[key] else { continue }
            let paths = value.sequence.map { $0.compactMap(\.scalar?.string) } ?? value.scalar.map { [$0.string] } ?? []
            // An empty value is how a part is left out.
            if !paths.filter({ !$0.isEmpty && $0 != "null" }).isEmpty { parts.append((split, paths)) }
        }
        if let list = root["names"]?.sequence {
            classNames = list.map { $0.scalar?.string ?? "" }
        } else if let map = root["names"]?.mapping {
            for (key, value) in map {
                guard let number = key.scalar.flatMap({ RecordRules.integer($0.string) }), number < 1_000_000,
                    number == classNames.count, let name = value.scalar?.string
                else { throw malformed("does not number its classes 0, 1, 2 and so on") }
                classNames.append(name)
            }
        } else if let count = root["nc"]?.scalar.flatMap({ RecordRules.integer($0.string) }),
            (1...10_000).contains(count)
        {
            classNames = (0..<count).map { "class \($0)" }
        }
        guard !parts.isEmpty else { throw malformed("names no images") }
    }

    /// Reads Darknet's `obj.data`: lines of `key = value`.
    init(darknet path: String) throws(FileError) {
        for line in try TextFile.lines(of: path, limit: Self.byteLimit).lines {
            let pair = line.text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, !pair[1].isEmpty else { continue }
            if pair[0] == "names" { namesFile = pair[1] }
            if let split = Self.keys.first(where: { $0.key == pair[0] })?.split { parts.append((split, [pair[1]])) }
        }
        guard namesFile != nil, !parts.isEmpty else {
            throw FileError(
                .malformed, path: path, reason: "lacks names = … or train = …",
                remedy: "write where the names of the classes and the lists of images are")
        }
    }
}
