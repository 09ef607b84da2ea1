import SaccadeFiles

/// The description at the front of a `.npy` file, versions 1 to 3.
///
/// "NEP 1: A simple file format for NumPy arrays": six bytes of magic, two of version, the header's length in two or
/// four bytes, and a Python dictionary with `descr`, `fortran_order` and `shape`.
struct NumPyHeader {
    let type: NumPyType
    let shape: [Int]
    /// Whether the first axis runs fastest.
    let isFortran: Bool

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// A header of more bytes is that of no array of numbers.
    static let longestLength = 1 << 16

    /// - Parameters:
    ///   - bytes: The header without magic, version and length.
    ///   - path: The file, for messages.
    init(_ bytes: [UInt8], path: String) throws(FileError) {
        var literal = PythonLiteral(bytes)
        guard case .dictionary(let entries)? = literal.value(), literal.isAtEnd else {
            throw .array(path, "the header is not understood")
        }
        let values = Dictionary(entries, uniquingKeysWith: { $1 })
        guard values.count == 3, entries.count == 3, case .boolean(let isFortran)? = values["fortran_order"],
            case .tuple(let lengths)? = values["shape"], let descr = values["descr"]
        else { throw .array(path, "the header must have descr, fortran_order and shape, each once, and nothing else") }
        guard case .text(let code) = descr, let type = NumPyType(code) else {
            var shown = "records"
            if case .text(let code) = descr {
                shown = code.contains("O") ? "Python objects" : "values of type \(code.prefix(20))"
            }
            throw FileError(
                .unsupported, path: path, reason: "the array holds \(shown), which are not known here",
                remedy: "save it as numbers, such as array.astype('float32')")
        }
        self.type = type
        self.isFortran = isFortran
        shape = lengths
    }

    /// The header of an array in C order, with everything before it, 64 bytes long or a multiple.
    ///
    /// - Returns: `nil` for a type that NumPy does not have.
    static func bytes(type: ElementType, shape: [Int]) -> [UInt8]? {
        guard let code = NumPyType.code(of: type) else { return nil }
        let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(lengths)), }"
        while (text.utf8.count + 1 + 10) % 64 != 0 { text += " " }
        text += "\n"
        // At most eight axes of twenty digits: two bytes of length are enough.
        var bytes = magic + [1, 0]
        bytes.append(littleEndian: UInt16(text.utf8.count))
        return bytes + text.utf8
    }
}

/// The few Python literals that a `.npy` header is made of.
private struct PythonLiteral {
    enum Value {
        case text(String)
        case boolean(Bool)
        case tuple([Int])
        case dictionary([(String, Value)])
        case other
    }

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return place == bytes.count
        }
    }

    /// - Returns: `nil` where there is no literal, or one that no header has.
    mutating func value() -> Value? {
        switch peek() {
        case UInt8(ascii: "{"): dictionary()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): text().map { .text($0) }
        case UInt8(ascii: "("): tuple()
        case UInt8(ascii: "T"): word("True") ? .boolean(true) : nil
        case UInt8(ascii: "F"): word("False") ? .boolean(false) : nil
        case UInt8(ascii: "["): skipList()
        default: nil
        }
    }

    private mutating func dictionary() -> Value? {
        place += 1
        var entries: [(String, Value)] = []
        while true {
            if take("}") { return .dictionary(entries) }
            // A dictionary within it is nobody's, and would nest.
            guard peek() != nil, let key = text(), take(":"), peek() != UInt8(ascii: "{"), let value = value() else {
                return nil
            }
            entries.append((key, value))
            guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
        }
    }

    private mutating func tuple() -> Value? {
        place += 1
        var numbers: [Int] = []
        while true {
            if take(")") { return .tuple(numbers) }
            skipSpace()
            let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            place += digits.count
            numbers.append(number)
            if place < bytes.count, bytes[place] == UInt8(ascii: "L") { place += 1 }  // Python 2
            guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
        }
    }

    /// The description of a record: refused, but by its name.
    private mutating func skipList() -> Value? {
        var depth = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "[") { depth += 1 }
            if bytes[place] == UInt8(ascii: "]") { depth -= 1 }
            place += 1
            if depth == 0 { return .other }
        }
        return nil
    }

    private mutating func text() -> String? {
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        let rest = bytes[(place + 1)...]
        guard let end = rest.firstIndex(of: quote) else { return nil }
        place = end + 1
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func word(_ word: String) -> Bool {
        guard bytes[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func peek() -> UInt8? {
        skipSpace()
        return place < bytes.count ? bytes[place] : nil
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }
}

extension FileError {
    static func array(_ path: String, _ reason: String) -> FileError {
        FileError(
            .malformed, path: path, reason: reason, remedy: "check that numpy.save wrote it, and copy or save it again")
    }
}
