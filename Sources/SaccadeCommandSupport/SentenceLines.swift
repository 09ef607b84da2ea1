import Foundation
package import SaccadeFiles

/// The lines of a text file or of standard input, one after another: a sentence each.
///
/// A line that is no text, or endless, ends it with an error that says which one.
package struct SentenceLines: Sequence, IteratorProtocol {
    /// A longer line is no sentence: 1 MiB.
    private static let limit = 1 << 20

    private let name: String
    private let handle: FileHandle
    private var waiting = Data()
    private var number = 0
    private var isOver = false

    /// - Parameter path: Of the file; “-” is standard input.
    package init(_ path: String) throws(FileError) {
        if path == "-" {
            (name, handle) = ("standard input", .standardInput)
        } else {
            // Says what is wrong with it, where something is.
            _ = try RegularFile.beginning(of: path, count: 1)
            guard let opened = FileHandle(forReadingAtPath: path) else {
                throw FileError(.unreadable, path: path, reason: "cannot be opened", remedy: "check its permissions")
            }
            (name, handle) = (path, opened)
        }
    }

    package mutating func next() -> Result<String, FileError>? {
        guard !isOver else { return nil }
        while true {
            if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
                defer { waiting = waiting[(end + 1)...] }
                return text(of: waiting[..<end])
            }
            guard waiting.count <= Self.limit else {
                return failed("line \(number + 1) has more than \(Self.limit) bytes", "give a sentence in each line")
            }
            let more = (try? handle.read(upToCount: 1 << 16)) ?? Data()
            if more.isEmpty {
                isOver = true
                return waiting.isEmpty ? nil : text(of: waiting)
            }
            waiting = Data(waiting) + more
        }
    }

    private mutating func text(of line: Data) -> Result<String, FileError> {
        number += 1
        let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
            return failed("line \(number) is not text in UTF-8", "save it as UTF-8")
        }
        return .success(number == 1 && text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    }

    private mutating func failed(_ reason: String, _ remedy: String) -> Result<String, FileError> {
        isOver = true
        return .failure(FileError(.malformed, path: name, reason: reason, remedy: remedy))
    }
}
