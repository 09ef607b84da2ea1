import Foundation
import SaccadeFiles
import SaccadeInterchange

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that grows by lines of JSON.
struct JSONLines {
    let path: String

    /// The lines that are whole and of this type, in order.
    static func read<Record: Decodable>(_ path: String) -> [Record] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let decoder = JSONDecoder.ofRuns
        return data.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Record.self, from: $0) }
    }

    /// Adds a line and brings it onto the disk.
    ///
    /// - Returns: The file's length behind it.
    @discardableResult
    func append(_ record: some Encodable) throws -> Int {
        try AppendedFile.append(try JSONEncoder.ofRuns.encode(record) + [UInt8(ascii: "\n")], to: path)
    }

    /// Cuts off what was written after the file had `length` bytes.
    func truncate(to length: Int) throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size >= length else {
            throw RunError(
                .damaged,
                "\(path): \(size) bytes are there, \(length) were written; restore the file or train anew.")
        }
        guard size > length else { return }
        try FileDescriptor(opening: path, O_WRONLY).truncate(to: length)
    }
}

// A loss may be no number, for which JSON has no word.
extension JSONEncoder {
    /// The same text for the same value, whatever its numbers are.
    static var ofRuns: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}

extension JSONDecoder {
    /// Reads what ``Foundation/JSONEncoder/ofRuns`` writes.
    static var ofRuns: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
