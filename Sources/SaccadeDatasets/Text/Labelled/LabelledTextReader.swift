import Foundation
import SaccadeFiles

/// Reads the parts of a layout one after the other.
struct LabelledTextReader {
    struct Entry {
        let text: String
        let className: String
        let split: DatasetSplit?
        let place: Problem.Place
    }

    /// All texts together have at most so many bytes, for they stay in memory: 1 GiB.
    private static let byteLimit = 1 << 30

    private(set) var entries: [Entry] = []
    private(set) var problems: [Problem] = []
    private var byteCount = 0

    mutating func read(_ part: LabelledTextLayout.Part) throws(FileError) {
        switch part.contents {
        case .lines(let name):
            let (lines, bad) = try TextFile.lines(in: TextFile.contents(of: part.path), path: part.path)
            problems += bad
            for line in lines {
                try add(line.text, name, part.split, .init(file: part.path, line: line.number, index: line.number - 1))
            }
        case .documents(let name):
            for file in Self.documents(in: part.path) {
                let path = "\(part.path)/\(file)"
                do throws(FileError) {
                    let bytes = try TextFile.contents(of: path, limit: TextFile.lineByteLimit)
                    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
                        problems.append(
                            Problem(
                                .encoding, at: .init(file: path), "this file is not text in UTF-8",
                                remedy: "save it as UTF-8"))
                        continue
                    }
                    try add(text, name, part.split, .init(file: path))
                } catch {
                    // One bad file among many is a bad sample, but what is too much altogether ends it.
                    if byteCount > Self.byteLimit { throw error }
                    problems.append(Problem(error))
                }
            }
        case .table:
            let table = try LabelledTextTable(part.path, split: part.split)
            problems += table.problems
            for entry in table.entries { try add(entry.text, entry.className, entry.split, entry.place) }
        }
    }

    private mutating func add(
        _ text: String, _ className: String, _ split: DatasetSplit?, _ place: Problem.Place
    ) throws(FileError) {
        guard !text.isBlank else {
            problems.append(Problem(.emptyText, at: place, "has no words", remedy: "write a text, or delete it"))
            return
        }
        byteCount += text.utf8.count
        guard byteCount <= Self.byteLimit else {
            throw FileError(
                .tooLarge, path: place.file, reason: "the texts up to here have more than \(Self.byteLimit) bytes",
                remedy: "take fewer of them")
        }
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        entries.append(Entry(text: text, className: className, split: split, place: place))
    }

    /// The text files right in a folder, sorted.
    static func documents(in folder: String) -> [String] {
        ((try? FolderContents.names(in: folder)) ?? []).filter {
            !$0.hasPrefix(".") && Path($0).suffix.lowercased() == "txt"
        }
    }
}

/// A table of texts and their classes: CSV or TSV, whose first line names its columns.
struct LabelledTextTable {
    private(set) var entries: [LabelledTextReader.Entry] = []
    private(set) var problems: [Problem] = []

    /// - Parameter split: The part that all of the texts belong to, where the table has no column for it.
    /// - Throws: ``FileError`` when the file cannot be read or its columns have other names.
    init(_ path: String, split: DatasetSplit?) throws(FileError) {
        let table = try CSVFile(path)
        problems = table.problems
        guard let header = table.records.first?.fields, let columns = Self.columns(header) else {
            throw FileError(
                .malformed, path: path, reason: "its first line does not name the columns text and label",
                remedy: "begin it with text,label")
        }
        for record in table.records.dropFirst() {
            let place = Problem.Place(file: path, line: record.line, index: record.line - 1)
            guard record.fields.count == header.count else {
                problems.append(
                    Problem(
                        .malformedRecord, at: place, "has \(record.fields.count) values in \(header.count) columns",
                        remedy: "give each column a value, and put values with commas between \""))
                continue
            }
            let name = record.fields[columns.label].trimmingCharacters(in: .whitespaces)
            guard !name.isEmpty else {
                problems.append(Problem(.malformedRecord, at: place, "lacks a class", remedy: "write it"))
                continue
            }
            let own = columns.split.flatMap { DatasetSplit(ofText: record.fields[$0]) }
            entries.append(.init(text: record.fields[columns.text], className: name, split: own ?? split, place: place))
        }
    }

    /// Whether a file is such a table, by the names of its columns.
    static func isTable(_ path: String) -> Bool {
        let suffix = Path(path).suffix.lowercased()
        guard ["csv", "tsv"].contains(suffix), let start = try? RegularFile.beginning(of: path, count: 4096),
            let line = start.split(whereSeparator: { $0 == 10 || $0 == 13 }).first,
            let text = String(validating: line, as: UTF8.self)
        else { return false }
        let separator: Character = suffix == "tsv" ? "\t" : ","
        return columns(text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)) != nil
    }

    private static func columns(_ header: [String]) -> (text: Int, label: Int, split: Int?)? {
        let names = header.map { name in
            name.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["\"", "\u{FEFF}"]).lowercased()
        }
        guard let text = names.firstIndex(where: { ["text", "sentence", "review", "content"].contains($0) }),
            let label = names.firstIndex(where: { ["label", "class", "category", "sentiment"].contains($0) })
        else { return nil }
        return (text, label, names.firstIndex { ["split", "set", "subset"].contains($0) })
    }
}
