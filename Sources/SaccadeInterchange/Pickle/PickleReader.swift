import SaccadeFiles

/// Bytes of a file from a place on, one after another, as a pickle is read: nobody knows where it ends.
struct PickleReader {
    /// The place in the file of the next byte.
    private(set) var position: Int
    private let end: Int
    private let store: TensorStore
    private var buffer: [UInt8] = []
    private var used = 0

    private static let blockSize = 1 << 16

    /// - Parameters:
    ///   - range: Where in the file to read.
    ///   - contents: Those bytes, if they are at hand already.
    init(_ store: TensorStore, _ range: Range<Int>, contents: [UInt8] = []) {
        self.store = store
        position = range.lowerBound
        end = range.upperBound
        buffer = contents
    }

    var path: String { store.path }
    var remaining: Int { end - position }

    mutating func byte() throws(FileError) -> UInt8 {
        if used == buffer.count {
            guard remaining > 0 else { throw truncated }
            buffer = try store.bytes(at: position, count: min(remaining, Self.blockSize))
            used = 0
        }
        defer {
            used += 1
            position += 1
        }
        return buffer[used]
    }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) throws(FileError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw truncated }
        if count <= buffer.count - used {
            defer {
                used += count
                position += count
            }
            return Array(buffer[used..<used + count])
        }
        let bytes = try store.bytes(at: position, count: count)
        position += count
        (buffer, used) = ([], 0)
        return bytes
    }

    /// A whole number of `size` bytes, at most eight, least significant first.
    mutating func number(_ size: Int) throws(FileError) -> UInt64 {
        try bytes(size).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }

    /// A length, which no rest of a file is shorter than.
    mutating func length(_ size: Int) throws(FileError) -> Int {
        guard let length = Int(exactly: try number(size)), length <= remaining else { throw truncated }
        return length
    }

    /// The bytes up to the end of the line, without it.
    mutating func line() throws(FileError) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let next = try byte()
            if next == UInt8(ascii: "\n") { return line }
            line.append(next)
        }
    }

    private var truncated: FileError {
        FileError(
            .truncated, path: path, reason: "the file is cut short, or damaged: it ends in the middle of its pickle",
            remedy: "copy or save it again")
    }
}
