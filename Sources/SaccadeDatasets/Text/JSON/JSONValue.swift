import CSaccadeJSON

/// Why a record of JSON cannot be used, as a clause.
struct JSONMismatch: Error {
    let reason: String
}

/// A value in the document that a ``JSONParser`` has parsed last. It must not outlive that document.
///
/// Members are asked for by their names; what is wrong is said with the name. A member that is null is as good as none.
/// One that stands there twice is refused, for readers disagree on which of the two counts.
struct JSONValue {
    let raw: saccade_json_value

    /// What stands for a number that cannot be held. No text begins like that, for DEL is none of any language.
    static let numberMark = "\u{7F}#"
    /// What stands for a text that is not Unicode.
    static let textMark = "\u{7F}?"

    var isNull: Bool { saccade_json_kind_of(raw) == SACCADE_JSON_NULL }
    var isList: Bool { saccade_json_kind_of(raw) == SACCADE_JSON_LIST }
    var isObject: Bool { saccade_json_kind_of(raw) == SACCADE_JSON_OBJECT }

    /// True or false; nil for anything else.
    var bool: Bool? {
        var result = false
        return saccade_json_bool(raw, &result) ? result : nil
    }

    /// A number; nil for anything else.
    var double: Double? {
        var result = 0.0
        return saccade_json_number(raw, &result) ? result : nil
    }

    /// A whole number, however it is written; nil for anything else.
    var int: Int? {
        var result: Int64 = 0
        if saccade_json_integer(raw, &result) { return Int(exactly: result) }
        // Beyond this, 1e18 and its neighbours are the same number.
        guard let double, abs(double) <= 0x1p53 else { return nil }
        return Int(exactly: double)
    }

    /// A text; nil for anything else.
    var text: String? {
        guard let text = markedText, !text.utf8.starts(with: [0x7F]) else { return nil }
        return text
    }

    private var markedText: String? {
        var (start, count) = (UnsafePointer<CChar>?.none, 0)
        guard saccade_json_text(raw, &start, &count), let start else { return nil }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    /// The items of a list; none of anything else.
    var items: some Sequence<JSONValue> {
        sequence(state: saccade_json_items(raw)) { walk in
            var item = saccade_json_value()
            return saccade_json_next_item(&walk, &item) ? JSONValue(raw: item) : nil
        }
    }

    /// The members of an object, in order; none of anything else.
    var members: some Sequence<(key: String, value: JSONValue)> {
        sequence(state: saccade_json_members(raw)) { walk in
            var (start, count, value) = (UnsafePointer<CChar>?.none, 0, saccade_json_value())
            guard saccade_json_next_member(&walk, &start, &count, &value), let start else { return nil }
            let key = start.withMemoryRebound(to: UInt8.self, capacity: count) {
                String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
            }
            return (key, JSONValue(raw: value))
        }
    }

    /// How many items a list has.
    var count: Int { saccade_json_count(raw) }

    /// Appends a list of numbers.
    ///
    /// - Returns: nil, or the first item that is none.
    func appendNumbers(to numbers: inout [Double]) -> (index: Int, value: JSONValue)? {
        let (start, count) = (numbers.count, count)
        numbers.append(contentsOf: repeatElement(0, count: count))
        let found = numbers.withUnsafeMutableBufferPointer {
            saccade_json_numbers(raw, $0.baseAddress.map { $0 + start }, count)
        }
        guard found < count else { return nil }
        return items.lazy.enumerated().first { $0.offset == found }.map { ($0.offset, $0.element) }
    }
}

extension JSONValue {
    /// A member of an object; nil when it is not there or null.
    func member(_ key: StaticString) throws(JSONMismatch) -> JSONValue? {
        var value = saccade_json_value()
        let count = key.withUTF8Buffer { key in
            key.withMemoryRebound(to: CChar.self) {
                saccade_json_member(raw, $0.baseAddress, $0.count, &value)
            }
        }
        guard count > 0 else {
            guard isObject else { throw JSONMismatch(reason: "it is not of the right type") }
            return nil
        }
        guard count == 1 else { throw JSONMismatch(reason: "it has “\(key)” twice") }
        let member = JSONValue(raw: value)
        return member.isNull ? nil : member
    }

    /// A member that must be there.
    ///
    /// - Parameter name: What messages call the object.
    func required(_ key: StaticString, in name: String = "it") throws(JSONMismatch) -> JSONValue {
        if let value = try member(key) { return value }
        var guess = ""
        for (other, value) in members.prefix(64) {
            if other == "\(key)" { throw value.mismatch("\(key)") }
            if Self.letters(other) == Self.letters("\(key)") { guess = ", only “\(other)”" }
        }
        throw JSONMismatch(reason: "\(name) has no “\(key)”\(guess)")
    }

    /// What `image_id`, `imageId` and `Image-ID` have in common. A name that is wrong may be wrong in each of a million
    /// records, which is too often for likenesses that take longer to find.
    private static func letters(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: nil
            }
        }
    }

    /// A whole number that must be there.
    func int(_ key: StaticString) throws(JSONMismatch) -> Int {
        let value = try required(key)
        guard let int = value.int else { throw value.mismatch("\(key)", isNumber: true) }
        return int
    }

    /// A whole number, if it is there.
    func intIfPresent(_ key: StaticString) throws(JSONMismatch) -> Int? {
        guard let value = try member(key) else { return nil }
        guard let int = value.int else { throw value.mismatch("\(key)", isNumber: true) }
        return int
    }

    /// A text that must be there.
    func text(_ key: StaticString) throws(JSONMismatch) -> String {
        let value = try required(key)
        guard let text = value.text else { throw value.mismatch("\(key)") }
        return text
    }

    /// Appends the numbers of a list.
    ///
    /// - Parameter name: What messages call the list.
    func appendNumbers(to numbers: inout [Double], _ name: @autoclosure () -> String) throws(JSONMismatch) {
        guard isList else { throw mismatch(name()) }
        if let (index, item) = appendNumbers(to: &numbers) { throw item.mismatch("\(name())[\(index)]") }
    }

    /// What is wrong with a value of another kind than was asked for.
    ///
    /// - Parameter isNumber: Whether a whole number was asked for.
    func mismatch(_ name: String, isNumber: Bool = false) -> JSONMismatch {
        switch markedText {
        case Self.numberMark: return JSONMismatch(reason: "\(name) holds a number that is too large or malformed")
        case Self.textMark: return JSONMismatch(reason: "\(name) holds text that is not UTF-8 or has wrong escapes")
        default: break
        }
        guard isNumber, let double else { return JSONMismatch(reason: "\(name) is not of the right type") }
        return JSONMismatch(
            reason: abs(double) > 0x1p53
                ? "\(name) holds a number that is too large" : "\(name) is \(double), which is no whole number")
    }
}
