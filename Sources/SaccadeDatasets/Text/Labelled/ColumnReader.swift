import Foundation
import SaccadeFiles

/// Reads CoNLL's columns.
struct ColumnReader {
    struct Row {
        let word: String
        let tag: String
        let split: DatasetSplit?
        let file: String
        let line: Int
    }

    /// Longer sentences are files without blank lines: 4096 words.
    private static let sentenceLimit = 4096

    private(set) var sentences: [[Row]] = []
    private(set) var problems: [Problem] = []
    private let tagColumn: Int?

    init(tagColumn: Int?) { self.tagColumn = tagColumn }

    mutating func read(_ path: String, _ split: DatasetSplit?) throws(FileError) {
        let (lines, bad) = try TextFile.lines(in: TextFile.contents(of: path), path: path)
        problems += bad
        let isUniversal = Path(path).suffix.lowercased() == "conllu"
        var sentence = Pending()
        var next = 1
        for line in lines {
            // A line that cannot be read takes its sentence with it; its problem is known.
            if line.number != next { sentence.leaveOut(nil) }
            next = line.number + 1
            if line.text.isBlank || line.text.hasPrefix("-DOCSTART-") {
                finish(&sentence)
            } else if !isUniversal {
                add(line, path, split, wordColumn: 1, tagColumn, to: &sentence)
            } else if Self.isWordOfUniversal(line.text) {
                add(line, path, split, wordColumn: 2, tagColumn ?? 4, to: &sentence)
            }
        }
        if bad.contains(where: { $0.place.line ?? 0 >= next }) { sentence.leaveOut(nil) }
        finish(&sentence)
    }

    /// A sentence whose end has not come yet.
    private struct Pending {
        var rows: [Row] = []
        var columns: Int?
        private(set) var problem: Problem?
        private(set) var isLeftOut = false

        /// - Parameter problem: Why; nil where that is known already.
        mutating func leaveOut(_ problem: Problem?) {
            if !isLeftOut { self.problem = problem }
            isLeftOut = true
        }
    }

    private mutating func finish(_ sentence: inout Pending) {
        if let problem = sentence.problem { problems.append(problem) }
        if !sentence.isLeftOut, !sentence.rows.isEmpty { sentences.append(sentence.rows) }
        sentence = Pending()
    }

    private func add(
        _ line: TextFile.Line, _ path: String, _ split: DatasetSplit?, wordColumn: Int, _ tagColumn: Int?,
        to sentence: inout Pending
    ) {
        func leaveOut(_ reason: String, _ remedy: String) {
            sentence.leaveOut(
                Problem(
                    .malformedRecord, at: .init(file: path, line: line.number, index: line.number - 1),
                    "\(reason), so the sentence is left out", remedy: remedy))
        }
        let fields =
            line.text.contains("\t")
            ? line.text.split(separator: "\t", omittingEmptySubsequences: false)
            : line.text.split(whereSeparator: \.isWhitespace)
        let tagColumn = tagColumn ?? fields.count
        guard fields.count > 1, fields.indices.contains(wordColumn - 1), fields.indices.contains(tagColumn - 1),
            !fields[wordColumn - 1].isBlank, !fields[tagColumn - 1].isBlank
        else {
            leaveOut("lacks a word or its label", "write both, with a tab between")
            return
        }
        if let columns = sentence.columns, columns != fields.count {
            leaveOut(
                "has \(fields.count) columns where the line before has \(columns)", "give each line of the file as many"
            )
        }
        sentence.columns = fields.count
        guard sentence.rows.count < Self.sentenceLimit else {
            leaveOut(
                "is a sentence's word number \(Self.sentenceLimit + 1)", "write a blank line behind each sentence")
            return
        }
        sentence.rows.append(
            Row(
                word: fields[wordColumn - 1].trimmingCharacters(in: .whitespaces),
                tag: fields[tagColumn - 1].trimmingCharacters(in: .whitespaces), split: split, file: path,
                line: line.number))
    }

    /// Whether a line of a `.conllu` file is a word: not a comment, not two words in one (3-4), not one that is not
    /// said (3.1).
    private static func isWordOfUniversal(_ line: String) -> Bool {
        let number = line.prefix { !$0.isWhitespace }
        return !line.hasPrefix("#") && !number.contains("-") && !number.contains(".")
    }

    private static let suffixes = ["conll", "conllu", "bio", "iob", "iob2", "train", "testa", "testb"]

    /// The files of columns right in a folder, sorted.
    static func files(in folder: String) -> [String] {
        ((try? FolderContents.names(in: folder)) ?? []).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }.filter {
            suffixes.contains(Path($0).suffix.lowercased()) || hasColumns($0)
        }
    }

    /// Whether a file is of columns by its name or its beginning.
    static func isColumns(_ path: String) -> Bool {
        suffixes.contains(Path(path).suffix.lowercased()) || hasColumns(path)
    }

    static func split(of path: String) -> DatasetSplit? {
        switch Path(path).suffix.lowercased() {
        case "train": .train
        case "testa": .validation
        case "testb": .test
        default: DatasetSplit(ofText: Path(path).name)
        }
    }

    /// Whether a text file begins like one of columns: with `-DOCSTART-`, or with lines of one number of columns, two
    /// at least, that blank lines part into sentences.
    private static func hasColumns(_ path: String) -> Bool {
        guard ["txt", "tsv"].contains(Path(path).suffix.lowercased()),
            let start = try? RegularFile.beginning(of: path, count: 8192)
        else { return false }
        if start.starts(with: "-DOCSTART-".utf8) { return true }
        // The last line may be cut.
        let lines = start.split(separator: 10, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace).count
        }
        let counts = Set(lines.filter { $0 > 0 })
        guard counts.count == 1, let columns = counts.first, (2...16).contains(columns) else { return false }
        return lines.contains(0) && lines.count { $0 > 0 } >= 4
    }
}
