import Foundation
import SaccadeFiles
import SaccadeTensors

/// The description at the front of a safetensors file: eight bytes of length, then that much JSON.
///
/// <https://huggingface.co/docs/safetensors>. A file may come from anywhere, so nothing in it is believed before it
/// is compared with the file's size.
struct SafetensorsHeader {
    struct Entry {
        let type: ElementType
        let shape: [Int]
        /// Where the bytes lie behind the header.
        let range: Range<Int>
    }

    let entries: [String: Entry]
    let metadata: [String: String]

    /// The longest header that is read, as in the reference implementation.
    static let longestLength = 100_000_000

    /// - Parameters:
    ///   - json: The header without its length.
    ///   - dataByteCount: How many bytes the file has behind it.
    ///   - path: The file, for messages.
    init(json: Data, dataByteCount: Int, path: String) throws(FileError) {
        let items: [String: Item]
        do {
            items = try JSONDecoder().decode([String: Item].self, from: json)
        } catch {
            throw .malformed(path, "the header is not understood (\(SafetensorsHeader.reason(error)))")
        }
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]
        for (name, item) in items {
            switch item {
            case .metadata(let texts): metadata = texts
            case .tensor(let tensor): entries[name] = try SafetensorsHeader.entry(name, tensor, path)
            }
        }
        self.entries = entries
        self.metadata = metadata
        try requireGapless(dataByteCount, path)
    }

    private static func entry(_ name: String, _ item: TensorItem, _ path: String) throws(FileError) -> Entry {
        guard let type = ElementType(rawValue: item.dtype) else {
            throw FileError(
                .unsupported, path: path,
                reason: "tensor \(name) holds \(item.dtype) numbers, which are not known here",
                remedy: "save it as F32, F16 or BF16")
        }
        let impossible = FileError.malformed(path, "tensor \(name) has the impossible shape \(item.shape)")
        guard item.shape.count <= StoredTensor.highestRank, item.shape.allSatisfy({ $0 >= 0 }) else { throw impossible }
        var byteCount = type.byteCount
        for length in item.shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: length)
            guard !overflow else { throw impossible }
            byteCount = product
        }
        guard item.offsets.count == 2, 0 <= item.offsets[0], item.offsets[0] <= item.offsets[1] else {
            throw .malformed(path, "tensor \(name) has the impossible offsets \(item.offsets)")
        }
        let range = item.offsets[0]..<item.offsets[1]
        guard range.count == byteCount else {
            throw .malformed(
                path,
                "tensor \(name) of shape \(item.shape) takes \(byteCount) bytes, its offsets span \(range.count)")
        }
        return Entry(type: type, shape: item.shape, range: range)
    }

    /// Throws unless the tensors fill the file without holes or overlaps: bytes that nobody describes, or that are two
    /// things at once, are a sign of damage or of mischief.
    private func requireGapless(_ dataByteCount: Int, _ path: String) throws(FileError) {
        let inOrder = entries.filter { !$0.value.range.isEmpty }
            .sorted { $0.value.range.lowerBound < $1.value.range.lowerBound }
        var end = 0
        for (name, entry) in inOrder {
            guard entry.range.lowerBound == end else {
                throw .malformed(
                    path, "tensor \(name) begins at byte \(entry.range.lowerBound), the one before ends at \(end)")
            }
            end = entry.range.upperBound
        }
        guard end <= dataByteCount else {
            throw FileError(
                .truncated, path: path,
                reason: "the file is cut short: \(dataByteCount) of \(end) bytes are there",
                remedy: "copy or save it again")
        }
        guard end == dataByteCount else {
            throw .malformed(path, "there are \(dataByteCount - end) bytes behind the last tensor")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another kind than it should be"
        default: "it is no valid JSON"
        }
    }

    /// One value of the header's object.
    private enum Item: Decodable {
        case tensor(TensorItem)
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            // The reserved name is the only one that maps texts to texts.
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata(try [String: String](from: decoder))
            } else {
                self = .tensor(try TensorItem(from: decoder))
            }
        }
    }

    private struct TensorItem: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }
}

extension FileError {
    fileprivate static func malformed(_ path: String, _ reason: String) -> FileError {
        FileError(
            .malformed, path: path, reason: reason,
            remedy: "check that this is a safetensors file, and copy or save it again")
    }
}
