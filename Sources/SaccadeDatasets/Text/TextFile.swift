import SaccadeFiles

/// Text files of data sets: UTF-8, with lines that end in LF or CR LF.
enum TextFile {
    /// Larger files are refused: 256 MiB.
    static let byteLimit = 1 << 28
    /// Longer lines are left out: 1 MiB, without their ends.
    static let lineByteLimit = 1 << 20
    /// Files with more lines are refused, for each takes memory: 16 777 216.
    static let lineLimit = 1 << 24
    /// Files with more lines that are left out are refused: then they are not text.
    static let problemLimit = 10_000

    /// One line without its end.
    struct Line {
        /// From 1.
        let number: Int
        let text: String
    }

    /// All bytes of a text file, plain or `.gz`, without a byte order mark.
    ///
    /// - Throws: ``FileError`` when it cannot be read or opened, is larger than the limit, or is text of two bytes for
    ///   each character.
    static func contents(of path: String, limit: Int = byteLimit) throws(FileError) -> [UInt8] {
        var bytes = try RegularFile.contents(of: path, limit: limit)
        if Gzip.isGzip(bytes) {
            do throws(GzipError) {
                bytes = try Gzip.decompress(bytes, limit: limit)
            } catch {
                let reason =
                    if case .exceedsLimit(let limit) = error { "holds more than \(limit) bytes" } else {
                        "is damaged gzip"
                    }
                throw FileError(.malformed, path: path, reason: reason, remedy: "download it again")
            }
        }
        try refuseUTF16(bytes, path: path)
        if bytes.starts(with: byteOrderMark) { bytes.removeFirst(byteOrderMark.count) }
        return bytes
    }

    /// The lines of a text, and a problem for each that is not UTF-8 or too long, which is left out.
    ///
    /// - Throws: ``FileError`` when the file cannot be read, is text of two bytes for each character, or is not text at
    ///   all.
    static func lines(of path: String, limit: Int = byteLimit) throws(FileError) -> (lines: [Line], problems: [Problem])
    {
        try lines(in: RegularFile.contents(of: path, limit: limit), path: path)
    }

    /// As ``lines(of:limit:)``, for bytes that were read already.
    static func lines(in bytes: [UInt8], path: String) throws(FileError) -> (lines: [Line], problems: [Problem]) {
        try refuseUTF16(bytes, path: path)
        var lines: [Line] = []
        var problems: [Problem] = []
        var start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        var index = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            var content = bytes[start..<end]
            if content.last == UInt8(ascii: "\r") { content.removeLast() }
            let place = Problem.Place(file: path, line: index + 1, index: index)
            if content.count > lineByteLimit {
                problems.append(
                    Problem(
                        .malformedRecord, at: place,
                        "this line has \(content.count) bytes where at most \(lineByteLimit) make sense",
                        remedy: "break it into lines"))
            } else if !content.contains(0), let text = String(validating: content, as: UTF8.self) {
                if text.unicodeScalars.contains("\u{FFFD}") {
                    problems.append(
                        Problem(
                            .encoding, at: place, "holds the mark � of a character that was lost",
                            remedy: "take the text from its source again"))
                }
                lines.append(Line(number: index + 1, text: text))
            } else {
                problems.append(
                    Problem(.encoding, at: place, "this line is not text in UTF-8", remedy: "save the file as UTF-8"))
            }
            guard problems.count <= problemLimit else {
                throw FileError(
                    .malformed, path: path,
                    reason: "more than \(problemLimit) lines are unusable, the first in line "
                        + "\(problems[0].place.line ?? 1): \(problems[0].message)", remedy: problems[0].remedy)
            }
            index += 1
            guard index <= lineLimit else {
                throw FileError(
                    .tooLarge, path: path, reason: "has more than \(lineLimit) lines", remedy: "split the file")
            }
            start = end + 1
        }
        return (lines, problems)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func refuseUTF16(_ bytes: [UInt8], path: String) throws(FileError) {
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw FileError(.malformed, path: path, reason: "is text in UTF-16", remedy: "save it as UTF-8")
        }
    }
}

extension StringProtocol {
    /// Whether there is nothing to read.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
