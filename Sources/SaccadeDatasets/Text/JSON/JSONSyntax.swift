/// Where text stops being JSON (RFC 8259), and what in it is JSON but cannot be held.
///
/// This is the slow way, for text that a parser has refused without saying where. Texts between quotation marks and
/// numbers are judged by themselves: one that makes no sense costs its record, while a bracket that is missing costs the
/// file.
struct JSONSyntax {
    /// Why text is no JSON, and where.
    struct Fault: Error {
        let reason: String
        /// In bytes from the beginning.
        let offset: Int
    }

    /// A text or number that is delimited but cannot be held: not UTF-8, half of a surrogate pair, beyond float64.
    struct Unreadable {
        let range: Range<Int>
        let isText: Bool
    }

    /// Lists and objects in each other, at most.
    static let depthLimit = 1024

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// The closing brackets that are waited for.
    private var open: [UInt8] = []
    private var unreadable: [Unreadable] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads a whole document.
    ///
    /// - Returns: What in it cannot be held, in order.
    static func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) -> [Unreadable] {
        var syntax = JSONSyntax(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { syntax.position = 3 }
        try syntax.document()
        return syntax.unreadable
    }

    /// A place in text as people look for it: line and column, both from 1; columns are bytes.
    static func place(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        let before = bytes[..<min(offset, bytes.count)]
        let column = before.count - (before.lastIndex(of: newline).map { $0 + 1 } ?? 0) + 1
        return "line \(before.count { $0 == newline } + 1), column \(column)"
    }

    private static let newline = UInt8(ascii: "\n")

    private mutating func document() throws(Fault) {
        repeat { try value() } while try !isDone()
        guard position == bytes.count else { throw fault("nothing more belongs") }
    }

    /// Walks over a value, or over the beginning of a list or object up to its first value.
    private mutating func value() throws(Fault) {
        while true {
            skipSpace()
            switch next {
            case UInt8(ascii: "["):
                try enter(until: UInt8(ascii: "]"))
                if next == UInt8(ascii: "]") { return }
            case UInt8(ascii: "{"):
                try enter(until: UInt8(ascii: "}"))
                if next == UInt8(ascii: "}") { return }
                try key()
            case UInt8(ascii: "\""): return try text()
            case let byte? where byte == UInt8(ascii: "-") || (48...57).contains(byte): return number()
            case UInt8(ascii: "t"): return try word("true")
            case UInt8(ascii: "f"): return try word("false")
            case UInt8(ascii: "n"): return try word("null")
            default: throw fault("a value belongs")
            }
        }
    }

    /// Walks over what stands behind a value, up to the next one; whether there is none.
    private mutating func isDone() throws(Fault) -> Bool {
        while let bracket = open.last {
            skipSpace()
            if next == bracket {
                position += 1
                open.removeLast()
                continue
            }
            guard next == UInt8(ascii: ",") else { throw fault("a comma or \(Self.words(bracket)) belongs") }
            position += 1
            if bracket == UInt8(ascii: "}") { try key() }
            return false
        }
        skipSpace()
        return true
    }

    private mutating func enter(until bracket: UInt8) throws(Fault) {
        guard open.count < Self.depthLimit else {
            throw Fault(
                reason: "more than \(Self.depthLimit) lists and objects lie in each other", offset: position)
        }
        open.append(bracket)
        position += 1
        skipSpace()
    }

    private mutating func key() throws(Fault) {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw fault("a name between quotation marks belongs") }
        try text()
        skipSpace()
        guard next == UInt8(ascii: ":") else { throw fault("a colon belongs") }
        position += 1
    }

    private mutating func text() throws(Fault) {
        let start = position + 1
        var end = start
        var isPlain = true
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            isPlain = isPlain && (32..<128).contains(bytes[end]) && bytes[end] != UInt8(ascii: "\\")
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.count else { throw Fault(reason: "a text has no end", offset: position) }
        let range = start..<end
        if !isPlain, !Self.isReadable(bytes[range]) { unreadable.append(Unreadable(range: range, isText: true)) }
        position = end + 1
    }

    private mutating func number() {
        let start = position
        while let byte = next, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let range = start..<position
        if !Self.isNumber(bytes[range]) { unreadable.append(Unreadable(range: range, isText: false)) }
    }

    private mutating func word(_ word: String) throws(Fault) {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("a value belongs") }
        position += word.utf8.count
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private func fault(_ expectation: String) -> Fault {
        guard let next else { return Fault(reason: "the text ends where \(expectation)", offset: position) }
        return Fault(reason: "\(Self.words(next)) where \(expectation)", offset: position)
    }

    private static func words(_ byte: UInt8) -> String {
        (33..<127).contains(byte)
            ? "“\(Character(Unicode.Scalar(byte)))”" : "the byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    /// Whether what stands between quotation marks can become text: UTF-8, known escapes, whole surrogate pairs.
    private static func isReadable(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard String(validating: text, as: UTF8.self) != nil, text.allSatisfy({ $0 >= 32 }) else { return false }
        var rest = text
        func unit(_ escape: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16? {
            guard escape.count >= 6, escape.starts(with: "\\u".utf8) else { return nil }
            let digits = escape.dropFirst(2).prefix(4)
            guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[backslash...]
            guard let kind = rest.dropFirst().first else { return false }
            guard kind == UInt8(ascii: "u") else {
                guard "\"\\/bfnrt".utf8.contains(kind) else { return false }
                rest = rest.dropFirst(2)
                continue
            }
            guard let first = unit(rest) else { return false }
            rest = rest.dropFirst(6)
            guard UTF16.isSurrogate(first) else { continue }
            guard UTF16.isLeadSurrogate(first), let second = unit(rest), UTF16.isTrailSurrogate(second) else {
                return false
            }
            rest = rest.dropFirst(6)
        }
        return true
    }

    /// Whether digits are written as JSON has them, and what they say fits into 64 bits or float64.
    private static func isNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var rest = text
        func digits() -> Int {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !startsWithZero) else { return false }
        var isWhole = true
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
            isWhole = false
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
            isWhole = false
        }
        guard rest.isEmpty else { return false }
        let text = String(decoding: text, as: UTF8.self)
        return isWhole ? Int64(text) != nil || UInt64(text) != nil : Double(text)?.isFinite == true
    }
}
