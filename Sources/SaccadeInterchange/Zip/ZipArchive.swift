import SaccadeFiles

/// What a ZIP archive holds, by its central directory: names, and where their bytes lie.
///
/// PKWARE, APPNOTE 6.3.10, sections 4.3 and 4.5.3. Stored and deflated entries are known, archives of more than 4 GiB
/// (zip64) too; encrypted ones and those of several volumes are not.
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        let name: String
        /// Bytes in the archive.
        let packedCount: Int
        /// Bytes when they are opened.
        let count: Int
        let isDeflated: Bool
        let checksum: UInt32
        /// Where the entry's own header begins.
        let headerStart: Int
    }

    /// Every entry by its name.
    let entries: [String: Entry]
    private let store: TensorStore
    private let fileSize: Int

    /// A directory of more bytes or names than any archive of weights has.
    private static let largestDirectory = 1 << 26
    /// Weights do not shrink much: what promises more than this many times its bytes, beyond the first megabytes, is a
    /// bomb.
    private static let largestRatio = 64
    private static let harmlessCount = 1 << 24

    /// - Throws: ``FileError`` when the directory contradicts itself or the file.
    init(_ store: TensorStore, fileSize: Int) throws(FileError) {
        self.store = store
        self.fileSize = fileSize
        let (start, count, entryCount) = try Self.directory(store, fileSize)
        let bytes = try store.bytes(at: start, count: count)
        var entries: [String: Entry] = [:]
        var offset = 0
        while offset < bytes.count {
            let entry = try Self.entry(bytes, &offset, store.path)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw .archive(store.path, "two entries of the archive are called \(entry.name)")
            }
        }
        guard entries.count == entryCount else {
            throw .archive(store.path, "the archive says it has \(entryCount) entries and lists \(entries.count)")
        }
        self.entries = entries
    }

    /// Where an entry's bytes lie.
    ///
    /// - Throws: ``FileError`` when they do not lie within the file, or promise to become beyond all measure.
    func source(of entry: Entry, isBigEndian: Bool = false) throws(FileError) -> StoredTensor.Source {
        let path = store.path
        let misplaced = FileError.archive(path, "\(entry.name) does not lie where the archive says")
        guard entry.headerStart <= fileSize - 30 else { throw misplaced }
        let header = try store.bytes(at: entry.headerStart, count: 30)
        guard header.number(UInt32.self, at: 0) == 0x0403_4B50, let nameLength = header.number(UInt16.self, at: 26),
            let extraLength = header.number(UInt16.self, at: 28)
        else { throw misplaced }
        let start = entry.headerStart + 30 + Int(nameLength) + Int(extraLength)
        guard start <= fileSize, entry.packedCount <= fileSize - start else {
            throw FileError(
                .truncated, path: path, reason: "the file is cut short: it ends within \(entry.name)",
                remedy: "copy or save it again")
        }
        guard entry.isDeflated else { return .init(start: start, length: entry.count, isBigEndian: isBigEndian) }
        guard entry.count <= max(Self.harmlessCount, entry.packedCount.multipliedClamped(by: Self.largestRatio)) else {
            throw FileError(
                .tooLarge, path: path,
                reason: "\(entry.name) has \(entry.packedCount) bytes and wants to become \(entry.count)",
                remedy: "check where the file is from; this looks like a bomb")
        }
        return .init(
            start: start, length: entry.packedCount, inflatedLength: entry.count, isBigEndian: isBigEndian)
    }

    /// All bytes of a small entry, compared with its checksum.
    ///
    /// - Parameter limit: The most bytes that make sense.
    func contents(of entry: Entry, limit: Int) throws(FileError) -> [UInt8] {
        guard entry.count <= limit else {
            throw FileError(
                .tooLarge, path: store.path,
                reason: "\(entry.name) has \(entry.count) bytes where at most \(limit) make sense",
                remedy: "check that it is the right file")
        }
        let source = try source(of: entry)
        let packed = try store.bytes(at: source.start, count: source.length)
        let bytes = entry.isDeflated ? Deflate.inflated(packed, count: entry.count) : packed
        guard let bytes, Checksum.crc32(bytes) == entry.checksum else {
            throw .archive(store.path, "\(entry.name) is damaged: its checksum is another")
        }
        return bytes
    }

    // MARK: The directory

    /// Where the central directory is, and how many entries it should have.
    private static func directory(
        _ store: TensorStore, _ fileSize: Int
    ) throws(FileError) -> (start: Int, count: Int, entries: Int) {
        let path = store.path
        let cut = FileError(
            .truncated, path: path, reason: "the file is cut short: the archive’s directory, its last part, is missing",
            remedy: "copy or download it again")
        // Its last record has 22 bytes and a comment of at most 65 535.
        let tailCount = min(fileSize, 22 + 0xFFFF)
        let tail = try store.bytes(at: fileSize - tailCount, count: tailCount)
        guard
            let end = stride(from: tailCount - 22, through: 0, by: -1).first(where: {
                tail.number(UInt32.self, at: $0) == 0x0605_4B50
                    && tail.number(UInt16.self, at: $0 + 20).map(Int.init) == tailCount - $0 - 22
            }), let count16 = tail.number(UInt16.self, at: end + 10),
            let size32 = tail.number(UInt32.self, at: end + 12),
            let start32 = tail.number(UInt32.self, at: end + 16)
        else { throw cut }
        var (entries, size, start) = (UInt64(count16), UInt64(size32), UInt64(start32))
        let endPlace = fileSize - tailCount + end
        if endPlace >= 20, count16 == .max || size32 == .max || start32 == .max {
            let locator = try store.bytes(at: endPlace - 20, count: 20)
            if locator.number(UInt32.self, at: 0) == 0x0706_4B50, let place = locator.number(UInt64.self, at: 8) {
                guard endPlace >= 76, place <= UInt64(endPlace - 76) else {
                    throw .archive(path, "the archive’s directory lies outside the file")
                }
                let record = try store.bytes(at: Int(place), count: 56)
                guard record.number(UInt32.self, at: 0) == 0x0606_4B50,
                    let wideCount = record.number(UInt64.self, at: 32),
                    let wideSize = record.number(UInt64.self, at: 40),
                    let wideStart = record.number(UInt64.self, at: 48)
                else { throw .archive(path, "the archive’s directory does not lie where it should") }
                (entries, size, start) = (wideCount, wideSize, wideStart)
            }
        }
        guard size <= UInt64(largestDirectory), start <= UInt64(endPlace), size <= UInt64(endPlace) - start,
            entries <= size
        else { throw .archive(path, "the archive’s directory lies outside the file, or has no end") }
        return (Int(start), Int(size), Int(entries))
    }

    /// The entry that a record at `offset` of the directory describes.
    private static func entry(_ bytes: [UInt8], _ offset: inout Int, _ path: String) throws(FileError) -> Entry {
        func short<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, _ at: Int) throws(FileError) -> Int
        {
            guard let number = bytes.number(type, at: offset + at), let value = Int(exactly: number) else {
                throw .archive(path, "the archive’s directory ends in the middle of an entry")
            }
            return value
        }
        guard try short(UInt32.self, 0) == 0x0201_4B50 else {
            throw .archive(path, "the archive’s directory is damaged")
        }
        let (flags, method) = (try short(UInt16.self, 8), try short(UInt16.self, 10))
        let checksum = UInt32(truncatingIfNeeded: try short(UInt32.self, 16))
        var fields = [try short(UInt32.self, 24), try short(UInt32.self, 20), try short(UInt32.self, 42)]
        let (nameLength, extraLength) = (try short(UInt16.self, 28), try short(UInt16.self, 30))
        let commentLength = try short(UInt16.self, 32)
        let nameStart = offset + 46
        let extraStart = nameStart + nameLength
        guard extraStart + extraLength + commentLength <= bytes.count else {
            throw .archive(path, "the archive’s directory ends in the middle of an entry")
        }
        let name = String(decoding: bytes[nameStart..<extraStart], as: UTF8.self)
        guard flags & 1 == 0 else {
            throw FileError(
                .unsupported, path: path, reason: "\(name) is encrypted", remedy: "save the file without a password")
        }
        guard method == 0 || method == 8 else {
            throw FileError(
                .unsupported, path: path, reason: "\(name) is compressed by method \(method)",
                remedy: "save the file again without compression")
        }
        try widen(&fields, Array(bytes[extraStart..<extraStart + extraLength]), name, path)
        guard method == 8 || fields[0] == fields[1] else {
            throw .archive(path, "\(name) is stored, and yet has \(fields[1]) bytes that become \(fields[0])")
        }
        offset = extraStart + extraLength + commentLength
        return Entry(
            name: name, packedCount: fields[1], count: fields[0], isDeflated: method == 8, checksum: checksum,
            headerStart: fields[2])
    }

    /// Puts the 64-bit numbers of the extra field into the places of those that did not fit into 32 bits: in the order
    /// of size, packed size and place (4.5.3).
    private static func widen(
        _ fields: inout [Int], _ extra: [UInt8], _ name: String, _ path: String
    ) throws(FileError) {
        guard fields.contains(0xFFFF_FFFF) else { return }
        let incomplete = FileError.archive(path, "the sizes of \(name) are missing from the archive’s directory")
        var at = 0
        while let kind = extra.number(UInt16.self, at: at), let length = extra.number(UInt16.self, at: at + 2) {
            if kind == 1 {
                var place = at + 4
                for index in fields.indices where fields[index] == 0xFFFF_FFFF {
                    guard place + 8 <= at + 4 + Int(length), let wide = extra.number(UInt64.self, at: place),
                        let value = Int(exactly: wide)
                    else { throw incomplete }
                    fields[index] = value
                    place += 8
                }
                return
            }
            at += 4 + Int(length)
        }
        throw incomplete
    }
}

extension Int {
    fileprivate func multipliedClamped(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}

extension FileError {
    fileprivate static func archive(_ path: String, _ reason: String) -> FileError {
        FileError(.malformed, path: path, reason: reason, remedy: "copy or download it again")
    }
}
