/// A text that equals another only where both have the same Unicode scalars.
///
/// To `String` an é of one scalar and an e with an accent behind it are the same, as they are to a reader. Vocabularies
/// and metrics are compared with what other programs count, which goes by scalars.
package struct ExactText: Sendable, Hashable, Comparable {
    package let text: String

    package init(_ text: some StringProtocol) { self.text = String(text) }

    package static func == (a: ExactText, b: ExactText) -> Bool {
        a.text.utf8.count == b.text.utf8.count && withBytes(a, b) { $0.elementsEqual($1) }
    }

    /// By the bytes of UTF-8, which is the order of the scalars.
    package static func < (a: ExactText, b: ExactText) -> Bool {
        withBytes(a, b) { $0.lexicographicallyPrecedes($1) }
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No byte of UTF-8, so that two texts in a row cannot be cut in another place.
        hasher.combine(0xFF as UInt8)
    }

    private static func withBytes(
        _ a: ExactText, _ b: ExactText,
        _ compare: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var (a, b) = (a.text, b.text)
        return a.withUTF8 { a in b.withUTF8 { b in compare(a, b) } }
    }
}
