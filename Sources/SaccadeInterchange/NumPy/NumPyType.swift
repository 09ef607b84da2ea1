/// A NumPy type such as `<f4`: the order of its bytes, a letter for its kind, and its size in bytes.
struct NumPyType: Sendable {
    let element: ElementType
    let isBigEndian: Bool

    /// - Parameter code: As NumPy's `dtype.str` has it; without an order, that of this machine.
    /// - Returns: `nil` for complex numbers, texts, dates, records and objects.
    init?(_ code: String) {
        var letters = code[...]
        var order: Character = "="
        if let first = letters.first, "<>|=".contains(first) {
            order = first
            letters = letters.dropFirst()
        }
        guard
            let element = Self.elements.first(where: { $0.code == letters })?.element ?? (letters == "?" ? .bool : nil)
        else { return nil }
        self.element = element
        isBigEndian = order == ">" || (order == "=" && 1.bigEndian == 1)
    }

    /// What NumPy calls numbers of a type, least significant byte first; there is nothing like bfloat16.
    static func code(of element: ElementType) -> String? {
        elements.first { $0.element == element }.map { (element.byteCount == 1 ? "|" : "<") + $0.code }
    }

    private static let elements: [(code: String, element: ElementType)] = [
        ("b1", .bool), ("u1", .uint8), ("i1", .int8), ("u2", .uint16), ("i2", .int16), ("u4", .uint32),
        ("i4", .int32), ("u8", .uint64), ("i8", .int64), ("f2", .float16), ("f4", .float32), ("f8", .float64),
    ]
}
