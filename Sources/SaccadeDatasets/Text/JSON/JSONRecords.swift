import SaccadeFiles
import SaccadeSettings

/// A file of JSON whose outermost object holds long lists, read record by record and in whatever order one likes.
///
/// In memory are a piece of the file and one record. What is no JSON anywhere in the file is an error of the file; what a
/// record lacks is the caller's business.
final class JSONRecords {
    /// Longer records are refused, for they have to be in memory: 64 MiB.
    static let recordLimit = 1 << 26

    private let path: String
    /// What messages call such a file: `COCO file`.
    private let kind: String
    private let limit: Int
    private let parser = JSONParser()
    private var window: JSONWindow
    /// Where lists begin, behind their brackets, by the names under which they stand in the outermost object.
    private var lists: [String: Int] = [:]
    /// The names in the outermost object.
    private var names: [String] = []
    /// Whether the next record is the first of its list; nil where there is no next one.
    private var isFirst: Bool?
    /// How many records of the list have been read.
    private(set) var count = 0

    /// Looks through the whole file for the lists.
    ///
    /// - Parameters:
    ///   - kind: What messages call such a file.
    ///   - limit: The most bytes that it may have.
    ///   - wanted: Lists whose records will be read later. Everything else is tried for being JSON now.
    ///   - pieceSize: So many bytes are read at once.
    /// - Throws: ``FileError`` when the file cannot be read or its outermost object is no JSON.
    init(
        _ path: String, as kind: String, limit: Int, lists wanted: Set<String>, pieceSize: Int = JSONWindow.pieceSize
    ) throws(FileError) {
        self.path = path
        self.kind = kind
        self.limit = limit
        window = try JSONWindow(path, limit: limit, pieceSize: pieceSize)
        try findLists(wanted)
    }

    /// Whether something of a wanted name is there, and not null.
    func has(_ name: String) -> Bool { names.contains(name) }

    /// Goes to the beginning of a list.
    ///
    /// - Throws: ``FileError`` when there is none.
    func begin(_ name: String) throws(FileError) {
        guard let offset = lists[name] else {
            guard !names.contains(name) else { throw malformed("\(name) is not of the right type") }
            throw malformed("it has no “\(name)”" + (nearest(to: name, among: names).map { ", only “\($0)”" } ?? ""))
        }
        window.move(to: offset)
        (isFirst, count) = (true, 0)
    }

    /// The next record of the list, which is good until another is asked for; nil behind the last.
    ///
    /// - Throws: ``FileError`` when what stands there is no JSON.
    func next() throws(FileError) -> JSONValue? {
        guard let isFirst else { return nil }
        let byte = try window.peekBehindSpace()
        if byte == UInt8(ascii: "]") {
            window.advance()
            self.isFirst = nil
            return nil
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw try syntaxError() }
            window.advance()
        }
        let record = try value()
        self.isFirst = false
        count += 1
        return record
    }

    private func findLists(_ wanted: Set<String>) throws(FileError) {
        try skipMark()
        guard try window.peekBehindSpace() == UInt8(ascii: "{") else {
            throw try syntaxError(otherwise: "it is not of the right type")
        }
        window.advance()
        if try window.peekBehindSpace() == UInt8(ascii: "}") {
            window.advance()
        } else {
            repeat { try findList(wanted) } while try isFollowed()
        }
        guard try window.peekBehindSpace() == nil else { throw try syntaxError() }
    }

    /// Looks at a name in the outermost object, and at what stands there.
    private func findList(_ wanted: Set<String>) throws(FileError) {
        guard try window.peekBehindSpace() == UInt8(ascii: "\""), let name = try value().text else {
            throw try syntaxError(otherwise: "a name in it holds text that is not UTF-8 or has wrong escapes")
        }
        guard try window.peekBehindSpace() == UInt8(ascii: ":") else { throw try syntaxError() }
        window.advance()
        let isList = try window.peekBehindSpace() == UInt8(ascii: "[")
        let offset = window.offset + 1
        let isWanted = wanted.contains(name)
        guard !isWanted || !names.contains(name) else { throw malformed("it has “\(name)” twice") }
        if isWanted, isList {
            lists[name] = offset
            guard try window.skipValue() else { throw try syntaxError() }
        } else if isList {
            window.advance()
            (isFirst, count) = (true, 0)
            while try next() != nil {}
        } else if try value().isNull {
            return
        }
        if isWanted || names.count < 64 { names.append(name) }
    }

    /// Whether another name follows in the outermost object.
    private func isFollowed() throws(FileError) -> Bool {
        let byte = try window.peekBehindSpace()
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else { throw try syntaxError() }
        window.advance()
        return byte == UInt8(ascii: ",")
    }

    /// Passes the mark that some editors put in front of UTF-8; refuses the one of UTF-16.
    private func skipMark() throws(FileError) {
        let start = try RegularFile.beginning(of: path, count: 3)
        guard !start.starts(with: [0xFF, 0xFE]), !start.starts(with: [0xFE, 0xFF]) else {
            throw FileError(.malformed, path: path, reason: "is text in UTF-16", remedy: "save it as UTF-8")
        }
        if start == [0xEF, 0xBB, 0xBF] { window.move(to: 3) }
    }

    /// Parses the value that comes next.
    private func value() throws(FileError) -> JSONValue {
        guard try window.peekBehindSpace() != nil else { throw try syntaxError() }
        let offset = window.offset
        guard let range = try window.value(limit: Self.recordLimit) else {
            throw try syntaxError(
                otherwise: "\(try place(of: offset)): what begins here is longer than \(Self.recordLimit) bytes")
        }
        do throws(JSONSyntax.Fault) {
            return try window.bytes(of: range) { bytes throws(JSONSyntax.Fault) in try parser.parse(bytes) }
        } catch {
            throw try syntaxError(otherwise: "\(try place(of: offset + error.offset)): \(error.reason)")
        }
    }

    /// The first place in the file at which it stops to be JSON: the one that was met may be only a consequence.
    private func syntaxError(otherwise reason: String = "it is no JSON") throws(FileError) -> FileError {
        let bytes = try RegularFile.contents(of: path, limit: limit)
        return bytes.withUnsafeBufferPointer { bytes in
            do throws(JSONSyntax.Fault) {
                _ = try JSONSyntax.check(bytes)
                return malformed(reason)
            } catch {
                return malformed("\(JSONSyntax.place(of: error.offset, in: bytes)): \(error.reason)")
            }
        }
    }

    private func place(of offset: Int) throws(FileError) -> String {
        try RegularFile.contents(of: path, limit: limit).withUnsafeBufferPointer {
            JSONSyntax.place(of: offset, in: $0)
        }
    }

    private func malformed(_ reason: String) -> FileError {
        FileError(
            .malformed, path: path, reason: "is no \(kind): \(reason)", remedy: "mend it or write it again")
    }
}
