import CSaccadeJSON

/// Parses one JSON document after the other, each in the memory of the one before.
final class JSONParser {
    private let handle: OpaquePointer

    init() {
        guard let handle = saccade_json_create() else {
            fatalError("no memory for a JSON parser")  // of a few hundred bytes: nothing else would work either
        }
        self.handle = handle
    }

    deinit { saccade_json_destroy(handle) }

    /// Parses a document. Texts and numbers that cannot be held become marks, at which only those stop who ask for
    /// them: see ``JSONValue``.
    ///
    /// - Parameter bytes: The document; ``JSONParser/padding`` bytes behind it must be readable.
    /// - Returns: Its outermost value, which is good until the next document is parsed.
    /// - Throws: ``JSONSyntax/Fault`` with a place in this document.
    func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONSyntax.Fault) -> JSONValue {
        if let value = parsed(bytes) { return value }
        let unreadable = try JSONSyntax.check(bytes)
        var marked: [UInt8] = []
        marked.reserveCapacity(bytes.count + Self.padding)
        var end = 0
        for part in unreadable {
            marked += bytes[end..<part.range.lowerBound]
            marked += (part.isText ? JSONValue.textMark : "\"\(JSONValue.numberMark)\"").utf8
            end = part.range.upperBound
        }
        marked += bytes[end...]
        let count = marked.count
        marked += repeatElement(0, count: Self.padding)
        let value = marked.withUnsafeBufferPointer { parsed(UnsafeBufferPointer(rebasing: $0[..<count])) }
        guard let value else { throw JSONSyntax.Fault(reason: "it cannot be parsed", offset: 0) }
        return value
    }

    static let padding = Int(SACCADE_JSON_PADDING)

    private func parsed(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        var root = saccade_json_value()
        return saccade_json_parse(handle, bytes.baseAddress, bytes.count, &root) == nil ? JSONValue(raw: root) : nil
    }
}
