import CSaccadeJSON
import Foundation
import SaccadeFiles

/// A piece of a file in memory that moves from its beginning to its end.
///
/// It knows where values of JSON end, but not whether they are JSON.
struct JSONWindow: ~Copyable {
    /// So much is read at once, if nobody says otherwise: 1 MiB.
    static let pieceSize = 1 << 20

    private let file: FileDescriptor
    private let pieceSize: Int
    let fileSize: Int
    /// Bytes of the file, and behind them room that a parser may look at.
    private var buffer: [UInt8]
    /// Where the buffer's first byte stands in the file.
    private var start = 0
    /// How many of its bytes are the file's.
    private var count = 0
    /// Where reading goes on, in the buffer.
    private var position = 0

    /// - Parameter pieceSize: So many bytes are read at once.
    /// - Throws: ``FileError`` when the file cannot be read or has more than `limit` bytes.
    init(_ path: String, limit: Int, pieceSize: Int = pieceSize) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let fileSize = try file.regularFileSize()
        guard fileSize <= limit else {
            throw FileError(
                .tooLarge, path: path, reason: "the file has \(fileSize) bytes where at most \(limit) make sense",
                remedy: "check that it is the right one")
        }
        self.file = file
        self.fileSize = fileSize
        self.pieceSize = pieceSize
        buffer = [UInt8](repeating: 0, count: min(fileSize, pieceSize) + JSONParser.padding)
    }

    /// Where the next byte stands in the file.
    var offset: Int { start + position }

    /// Goes to a place in the file.
    mutating func move(to offset: Int) {
        if (start...start + count).contains(offset) {
            position = offset - start
        } else {
            (start, count, position) = (offset, 0, 0)
        }
    }

    /// The next byte; nil at the end of the file.
    mutating func peek() throws(FileError) -> UInt8? {
        if position == count { try read(keeping: position) }
        return position < count ? buffer[position] : nil
    }

    /// The next byte that is no space, which stays the next; nil at the end of the file.
    mutating func peekBehindSpace() throws(FileError) -> UInt8? {
        while let byte = try peek() {
            guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return byte }
            position += 1
        }
        return nil
    }

    /// Goes on by a byte that was peeked at.
    mutating func advance() { position += 1 }

    /// Passes a value, of which nothing is kept.
    ///
    /// - Returns: Whether it ends before the file does.
    mutating func skipValue() throws(FileError) -> Bool {
        var extent = saccade_json_extent()
        while try peek() != nil {
            pass(&extent)
            if extent.is_complete { return true }
        }
        return false
    }

    /// Passes a value and keeps it.
    ///
    /// - Returns: Where it lies, for ``bytes(of:_:)``, until the window moves on; nil where it does not end before the file
    ///   does, or is longer than the limit.
    mutating func value(limit: Int) throws(FileError) -> Range<Int>? {
        var extent = saccade_json_extent()
        var length = 0
        while length <= limit {
            if position == count {
                try read(keeping: position - length)
                if position == count { return nil }
            }
            let before = position
            pass(&extent)
            length += position - before
            if extent.is_complete { return length <= limit ? position - length..<position : nil }
        }
        return nil
    }

    /// Calls with bytes that ``value(limit:)`` has found.
    func bytes<R, E: Error>(of range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try buffer.withUnsafeBufferPointer { bytes throws(E) in
            try body(UnsafeBufferPointer(rebasing: bytes[range]))
        }
    }

    private mutating func pass(_ extent: inout saccade_json_extent) {
        let (first, end) = (position, count)
        position += buffer.withUnsafeBufferPointer { bytes in
            saccade_json_pass(&extent, bytes.baseAddress.map { $0 + first }, end - first)
        }
    }

    /// Reads on, and forgets what lies in front of `first`.
    private mutating func read(keeping first: Int) throws(FileError) {
        let kept = count - first
        let wanted = min(max(pieceSize, kept), fileSize - start - count)
        guard wanted > 0 else { return }
        if buffer.count < kept + wanted + JSONParser.padding {
            buffer.append(contentsOf: repeatElement(0, count: kept + wanted + JSONParser.padding - buffer.count))
        }
        // The closure's type would forget the type of what it throws.
        var problem: FileError?
        let place = start + count
        buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            base.copyMemory(from: base + first, byteCount: kept)
            do throws(FileError) {
                try file.read(UnsafeMutableRawBufferPointer(rebasing: bytes[kept..<kept + wanted]), at: place)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        (start, count, position) = (start + first, kept + wanted, position - first)
    }
}
