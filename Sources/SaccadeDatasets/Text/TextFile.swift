import SaccadeFiles

/// Text files of data sets: UTF-8, with lines that end in LF or CR LF.
enum TextFile {
    /// Larger files are refused: 256 MiB.
    static let byteLimit = 1 << 28

    /// One line without its end.
    struct Line {
        /// From 1.
        let number: Int
        let text: String
    }

    /// The lines of a text, and a problem for each that is not UTF-8, which is left out.
    ///
    /// - Throws: ``FileError`` when the file cannot be read or is text of two bytes for each character.
    static func lines(of path: String, limit: Int = byteLimit) throws(FileError) -> (lines: [Line], problems: [Problem])
    {
        try lines(in: RegularFile.contents(of: path, limit: limit), path: path)
    }

    /// As ``lines(of:limit:)``, for bytes that were read already.
    static func lines(in bytes: [UInt8], path: String) throws(FileError) -> (lines: [Line], problems: [Problem]) {
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw FileError(.malformed, path: path, reason: "is text in UTF-16", remedy: "save it as UTF-8")
        }
        var body = bytes[...]
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        var lines: [Line] = []
        var problems: [Problem] = []
        var pieces = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        for (index, piece) in pieces.enumerated() {
            let content = piece.last == UInt8(ascii: "\r") ? piece.dropLast() : piece
            let place = Problem.Place(file: path, line: index + 1, index: index)
            guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
                problems.append(
                    Problem(.encoding, at: place, "this line is not text in UTF-8", remedy: "save the file as UTF-8"))
                continue
            }
            if text.unicodeScalars.contains("\u{FFFD}") {
                problems.append(
                    Problem(
                        .encoding, at: place, "holds the mark � of a character that was lost",
                        remedy: "take the text from its source again"))
            }
            lines.append(Line(number: index + 1, text: text))
        }
        return (lines, problems)
    }
}
