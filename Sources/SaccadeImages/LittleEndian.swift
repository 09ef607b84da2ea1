/// Numbers of one to four bytes, the lowest first, at checked places in the bytes of a file.
struct LittleEndian {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The byte at `at`, or nothing behind the end.
    func byte(_ at: Int) -> Int? { at >= 0 && at < bytes.count ? Int(bytes[at]) : nil }

    /// The number of two bytes at `at`.
    func short(_ at: Int) -> Int? {
        guard let low = byte(at), let high = byte(at + 1) else { return nil }
        return high << 8 | low
    }

    /// The number of three bytes at `at`.
    func triple(_ at: Int) -> Int? {
        guard let low = short(at), let high = byte(at + 2) else { return nil }
        return high << 16 | low
    }

    /// The number of four bytes at `at`, without a sign.
    func long(_ at: Int) -> Int? {
        guard let low = short(at), let high = short(at + 2) else { return nil }
        return high << 16 | low
    }

    /// The number of four bytes at `at`, with a sign.
    func signedLong(_ at: Int) -> Int? { long(at).map { Int(Int32(truncatingIfNeeded: $0)) } }

    /// Whether these bytes stand at `at`.
    func has(_ text: String, at: Int) -> Bool {
        at >= 0 && at <= bytes.count && bytes[at...].starts(with: text.utf8)
    }
}
