import Foundation
public import SaccadeFiles

/// Mends what can be mended without a person: boxes that reach beyond their image are clipped; boxes without area and
/// records that stand there twice are taken out. Everything else in a file stays as it is, byte for byte.
public struct AnnotationFixes: Sendable, Encodable {
    /// A file that was mended.
    public struct File: Sendable, Encodable {
        /// The file, mended.
        public let path: String
        /// The file as it was before.
        public let backup: String
        public let clippedBoxes: Int
        public let removedRecords: Int
    }

    /// The files that were mended, sorted.
    public let files: [File]

    /// Mends the files of a data set.
    ///
    /// - Parameter problems: What a check of it found.
    /// - Throws: ``FileError`` when a file has changed since, would make no sense afterwards, or cannot be written; files
    ///   before it are mended then, this one is not.
    public init(_ problems: [Problem]) throws(FileError) {
        var edits: [String: [Int: Problem.Fix]] = [:]
        for problem in problems {
            guard let fix = problem.fix, let index = problem.place.index else { continue }
            // What is taken out need not be clipped first.
            if edits[problem.place.file]?[index] != .remove { edits[problem.place.file, default: [:]][index] = fix }
        }
        var files: [File] = []
        for path in edits.keys.sortedByBytes() {
            guard let fixes = edits[path] else { continue }
            let old = try RegularFile.contents(of: path, limit: COCOFile.byteLimit)
            let new: [UInt8] =
                switch Path(path).suffix.lowercased() {
                case "xml": try VOCEditing.mended(old, fixes, path: path)
                case "json": try COCOEditing.mended(old, fixes, path: path)
                default: try YOLOEditing.mended(old, fixes, path: path)
                }
            let backup = Self.backup(of: path)
            try AtomicFile.write(old, to: backup)
            try AtomicFile.write(new, to: path)
            let removed = fixes.values.count { $0 == .remove }
            files.append(
                File(path: path, backup: backup, clippedBoxes: fixes.count - removed, removedRecords: removed))
        }
        self.files = files
    }

    /// A name that no file has, so that an earlier backup stays.
    private static func backup(of path: String) -> String {
        var (name, number) = ("\(path).orig", 1)
        while Path(name).exists {
            number += 1
            name = "\(path).orig\(number)"
        }
        return name
    }

    /// The complaint of an editor that does not find what a reader has found.
    static func changed(_ path: String) -> FileError {
        FileError(
            .malformed, path: path, reason: "is not what it was when it was checked, or too unusual to mend",
            remedy: "check it again, or mend it by hand")
    }
}

/// Bytes in which ranges are replaced.
struct ByteEdits {
    private var edits: [(range: Range<Int>, text: [UInt8])] = []

    mutating func replace(_ range: Range<Int>, by text: String) { edits.append((range, Array(text.utf8))) }

    /// The bytes with all replacements; ranges do not overlap.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var end = 0
        for (range, text) in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            result += bytes[end..<range.lowerBound]
            result += text
            end = range.upperBound
        }
        return result + bytes[end...]
    }
}
