import SaccadeFiles

/// A table of values between commas (RFC 4180), or between tabs where its name ends in `.tsv`, whose records know their
/// lines.
///
/// Strict where a mistake would shift columns: a quotation mark within a plain value, text behind a closing one and an
/// unclosed one are problems of their record. Between tabs there are no quotation marks but those of the values.
struct CSVFile {
    struct Record {
        /// Where it begins, from 1.
        let line: Int
        let fields: [String]
    }

    private(set) var records: [Record] = []
    private(set) var problems: [Problem] = []

    /// - Throws: ``FileError`` when the file cannot be read.
    init(_ path: String) throws(FileError) {
        let (lines, problems) = try TextFile.lines(of: path)
        self.problems = problems
        if Path(path).suffix.lowercased() == "tsv" {
            records = lines.filter { !$0.text.isEmpty }.map { line in
                let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                return Record(line: line.number, fields: fields)
            }
            return
        }
        var fields: [String] = []
        var (start, open): (Int, String?) = (0, nil)
        for line in lines {
            if open == nil {
                if line.text.isEmpty { continue }
                (fields, start) = ([], line.number)
            }
            // Who opened a value long ago and never closed it has forgotten to.
            if open != nil, line.number - start > 1000 {
                refuse(path, start, "opens a quotation mark that nothing closes")
                (fields, open, start) = ([], nil, line.number)
            }
            switch Self.parse(line.text[...], into: &fields, continuing: open) {
            case .complete:
                records.append(Record(line: start, fields: fields))
                open = nil
            case .open(let value): open = value + "\n"
            case .malformed(let reason):
                refuse(path, start, reason)
                open = nil
            }
        }
        if open != nil { refuse(path, start, "opens a quotation mark that nothing closes") }
    }

    private mutating func refuse(_ path: String, _ line: Int, _ reason: String) {
        problems.append(
            Problem(
                .malformedRecord, at: .init(file: path, line: line, index: line - 1), reason,
                remedy: "put values with commas or quotation marks between \", and write \" inside as \"\""))
    }

    private enum Outcome {
        case complete
        /// A value goes on in the next line.
        case open(String)
        case malformed(String)
    }

    private static func parse(
        _ text: Substring, into fields: inout [String], continuing open: String?
    ) -> Outcome {
        var rest = text.unicodeScalars
        var quoted = open
        while true {
            if quoted == nil, rest.first == "\"" {
                rest.removeFirst()
                quoted = ""
            }
            if var value = quoted {
                while true {
                    guard let end = rest.firstIndex(of: "\"") else { return .open(value + String(rest)) }
                    value += String(rest[..<end])
                    rest = rest[rest.index(after: end)...]
                    guard rest.first == "\"" else { break }
                    value += "\""
                    rest.removeFirst()
                }
                guard rest.isEmpty || rest.first == "," else { return .malformed("has text behind a closing \"") }
                fields.append(value)
                quoted = nil
            } else {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                guard !rest[..<end].contains("\"") else { return .malformed("has a \" inside a value without any") }
                fields.append(String(rest[..<end]))
                rest = rest[end...]
            }
            guard !rest.isEmpty else { return .complete }
            rest.removeFirst()
        }
    }
}
