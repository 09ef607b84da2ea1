import Foundation
import SaccadeTensors

/// The description at the front of a safetensors file: eight bytes of length, then that much JSON.
///
/// <https://huggingface.co/docs/safetensors>. A file may come from anywhere, so nothing in it is believed before it
/// is compared with the file's size.
struct SafetensorsHeader {
    struct Entry {
        let type: ElementType
        let shape: Shape
        /// Where the bytes lie behind the header.
        let range: Range<Int>
    }

    let entries: [String: Entry]
    let metadata: [String: String]

    /// The longest header that is read, as in the reference implementation.
    static let longestLength = 100_000_000
    /// The most axes that a tensor may have.
    private static let highestRank = 8

    /// - Parameters:
    ///   - json: The header without its length.
    ///   - dataByteCount: How many bytes the file has behind it.
    ///   - path: The file, for messages.
    init(json: Data, dataByteCount: Int, path: String) throws(InterchangeError) {
        func malformed(_ sentence: String) -> InterchangeError {
            InterchangeError(.malformed, path: path, "\(sentence); this is no safetensors file, or a damaged one.")
        }
        let items: [String: Item]
        do {
            items = try JSONDecoder().decode([String: Item].self, from: json)
        } catch {
            throw malformed("the header is not understood (\(SafetensorsHeader.reason(error)))")
        }
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]
        for (name, item) in items {
            switch item {
            case .metadata(let texts):
                guard name == "__metadata__" else { throw malformed("the header says nothing about tensor \(name)") }
                metadata = texts
            case .tensor(let tensor):
                guard let type = ElementType(rawValue: tensor.dtype) else {
                    throw InterchangeError(
                        .unsupported, path: path,
                        "tensor \(name) holds \(tensor.dtype) numbers, which are not known here; "
                            + "save it as F32, F16 or BF16.")
                }
                guard tensor.shape.count <= SafetensorsHeader.highestRank, tensor.shape.allSatisfy({ $0 >= 0 }) else {
                    throw malformed("tensor \(name) has the impossible shape \(tensor.shape)")
                }
                var byteCount = type.byteCount
                for length in tensor.shape {
                    let (product, overflow) = byteCount.multipliedReportingOverflow(by: length)
                    guard !overflow else { throw malformed("tensor \(name) has the impossible shape \(tensor.shape)") }
                    byteCount = product
                }
                guard tensor.data_offsets.count == 2, 0 <= tensor.data_offsets[0],
                    tensor.data_offsets[0] <= tensor.data_offsets[1]
                else { throw malformed("tensor \(name) has the impossible offsets \(tensor.data_offsets)") }
                let range = tensor.data_offsets[0]..<tensor.data_offsets[1]
                guard range.count == byteCount else {
                    throw malformed(
                        "tensor \(name) of shape \(tensor.shape) takes \(byteCount) bytes, its offsets span \(range.count)"
                    )
                }
                entries[name] = Entry(type: type, shape: Shape(tensor.shape), range: range)
            }
        }
        // The tensors must fill the file without holes or overlaps: bytes that nobody describes, or that are two
        // things at once, are a sign of damage or of mischief.
        var end = 0
        for (name, entry) in entries.sorted(by: {
            ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key)
        })
        where !entry.range.isEmpty {
            guard entry.range.lowerBound == end else {
                throw malformed(
                    "tensor \(name) begins at byte \(entry.range.lowerBound), the one before ends at \(end)")
            }
            end = entry.range.upperBound
        }
        guard end <= dataByteCount else {
            throw InterchangeError(
                .cutShort, path: path,
                "the file is cut short: \(dataByteCount) of \(end) bytes are there; copy or save it again.")
        }
        guard end == dataByteCount else {
            throw malformed("there are \(dataByteCount - end) bytes behind the last tensor")
        }
        self.entries = entries
        self.metadata = metadata
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
        let data_offsets: [Int]  // swift-format-ignore: AlwaysUseLowerCamelCase
    }
}
