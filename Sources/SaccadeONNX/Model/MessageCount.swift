import SaccadeFiles

/// Counts the messages in a file of Protocol Buffers, without making any of them.
///
/// Two bytes of a file can ask for a message that takes hundreds of bytes in memory: a file made of them alone would
/// fill any memory. This walks over the outline of a model first.
enum MessageCount {
    /// Throws where there are more than ``Limits/messages``, or the outline is damaged.
    static func check(_ bytes: [UInt8]) throws {
        var count = 0
        try bytes.withUnsafeBytes { try walk($0, 0..<$0.count, .model, &count) }
    }

    /// Messages that hold messages, and the numbers of the fields that do. None leads back to itself.
    private enum Kind {
        case model, graph, node, attribute, tensor, value, type, tensorType, shape, leaf

        func part(_ field: UInt64) -> Kind? {
            switch (self, field) {
            case (.model, 7): .graph
            case (.model, 8), (.model, 14): .leaf
            case (.graph, 1): .node
            case (.graph, 5): .tensor
            case (.graph, 11), (.graph, 12): .value
            case (.graph, 15): .leaf
            case (.node, 1), (.node, 2): .leaf
            case (.node, 5): .attribute
            case (.attribute, 5): .tensor
            case (.attribute, 9): .leaf
            case (.tensor, 13): .leaf
            case (.value, 2): .type
            case (.type, 1): .tensorType
            case (.tensorType, 2): .shape
            case (.shape, 1): .leaf
            default: nil
            }
        }
    }

    private static func walk(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ kind: Kind, _ count: inout Int
    ) throws {
        count += 1
        guard count <= Limits.messages else {
            throw Problem.malformed("the file has more than \(Limits.messages) parts, which is beyond any use")
        }
        if case .leaf = kind { return }
        var at = range.lowerBound
        func varint() throws -> UInt64 {
            var number: UInt64 = 0
            for shift in stride(from: 0, to: 70, by: 7) {
                guard at < range.upperBound else { throw damaged }
                let byte = bytes[at]
                at += 1
                if shift < 64 { number |= UInt64(byte & 0x7F) << UInt64(shift) }
                if byte < 0x80 { return number }
            }
            throw damaged
        }
        func skip(_ length: UInt64) throws -> Range<Int> {
            guard length <= UInt64(range.upperBound - at) else { throw damaged }
            defer { at += Int(length) }
            return at..<at + Int(length)
        }
        while at < range.upperBound {
            let tag = try varint()
            switch tag & 7 {
            case 0: _ = try varint()
            case 1: _ = try skip(8)
            case 5: _ = try skip(4)
            case 2:
                let part = try skip(varint())
                if let kind = kind.part(tag >> 3) { try walk(bytes, part, kind, &count) }
            default: throw damaged
            }
        }
    }

    private static let damaged = Problem.malformed("this is no ONNX model, or it is damaged")
}
