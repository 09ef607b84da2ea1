import SaccadeFiles

/// A TIFF's header, and how its directories are read (Adobe, "TIFF Revision 6.0", 1992, section 2; and BigTIFF, whose
/// places take eight bytes).
///
/// libtiff decodes pixels; what is read here decides beforehand whether they fit, and tells where a file is cut short.
struct TIFFFile: Sendable {
    let source: TIFFSource
    let isBigEndian: Bool
    private let isBig: Bool
    /// Where the first directory is.
    private let start: Int

    /// More pages than this are taken for damage.
    static let pageLimit = 65_535
    /// No known writer comes near so many entries of one directory.
    private static let entryLimit = 1024

    /// - Parameter source: Bytes that begin like a TIFF.
    init(_ source: TIFFSource) throws(FileError) {
        self.source = source
        let problem = TIFFProblem(name: source.name)
        guard let head = try source.bytes(at: 0, count: 8) else { throw problem.cutShort }
        isBigEndian = head[0] == UInt8(ascii: "M")
        let version = TIFFNumber.unsigned(head[2..<4], isBigEndian)
        isBig = version == 43
        if isBig {
            guard let rest = try source.bytes(at: 4, count: 12) else { throw problem.cutShort }
            guard TIFFNumber.unsigned(rest[0..<2], isBigEndian) == 8 else {
                throw problem.malformed("its places do not take eight bytes")
            }
            start = Int(clamping: TIFFNumber.unsigned(rest[4..<12], isBigEndian))
        } else {
            start = Int(TIFFNumber.unsigned(head[4..<8], isBigEndian))
        }
        guard start > 0 else { throw problem.malformed("it has no pages") }
    }

    /// The first directory, which also tells what holds for all pages.
    func firstDirectory() throws(FileError) -> TIFFDirectory {
        try directory(at: start, TIFFProblem(name: source.name))
    }

    /// What the first page says about itself.
    func firstPage() throws(FileError) -> TIFFPage {
        try TIFFPage(firstDirectory(), in: self, TIFFProblem(name: source.name))
    }

    /// What every page says about itself. Directories are forgotten again: many large ones would fill the memory.
    func pages() throws(FileError) -> [TIFFPage] {
        var found: [TIFFPage] = []
        var seen: Set<Int> = []
        var offset = start
        while offset != 0 {
            let problem = TIFFProblem(name: source.name, page: found.count)
            guard seen.insert(offset).inserted else { throw problem.malformed("it is an earlier page again") }
            guard found.count < Self.pageLimit else {
                throw FileError(
                    .tooLarge, path: source.name, reason: "has more than \(Self.pageLimit) pages",
                    remedy: "split it into several files")
            }
            let directory = try directory(at: offset, problem)
            found.append(try TIFFPage(directory, in: self, problem))
            offset = directory.next
        }
        return found
    }

    func directory(at offset: Int, _ problem: TIFFProblem) throws(FileError) -> TIFFDirectory {
        let (countSize, entrySize, placeSize) = isBig ? (8, 20, 8) : (2, 12, 4)
        guard let head = try source.bytes(at: offset, count: countSize) else { throw problem.cutShort }
        let count = TIFFNumber.unsigned(head[...], isBigEndian)
        guard count > 0, count <= UInt64(Self.entryLimit) else {
            throw problem.malformed("its directory has \(count) entries")
        }
        let first = offset + countSize
        let length = Int(count) * entrySize
        guard let bytes = try source.bytes(at: first, count: length + placeSize) else { throw problem.cutShort }
        var directory = TIFFDirectory(
            offset: offset, next: Int(clamping: TIFFNumber.unsigned(bytes[length...], isBigEndian)))
        for at in stride(from: 0, to: length, by: entrySize) {
            let tag = Int(TIFFNumber.unsigned(bytes[at..<(at + 2)], isBigEndian))
            let type = Int(TIFFNumber.unsigned(bytes[(at + 2)..<(at + 4)], isBigEndian))
            let number = Int(clamping: TIFFNumber.unsigned(bytes[(at + 4)..<(at + 4 + placeSize)], isBigEndian))
            guard let size = TIFFDirectory.sizes[type], directory.entries[tag] == nil else { continue }
            // Values that fit stand in place of the place.
            let field = at + 4 + placeSize
            let isInside = number <= placeSize / size
            let place = Int(clamping: TIFFNumber.unsigned(bytes[field..<(field + placeSize)], isBigEndian))
            directory.entries[tag] = TIFFDirectory.Entry(
                type: type, count: number, place: isInside ? first + field : place)
        }
        return directory
    }
}

/// What one directory of a TIFF says: values by the numbers of their tags.
struct TIFFDirectory {
    struct Entry {
        let type: Int
        let count: Int
        /// Where in the file its values are.
        let place: Int
    }

    let offset: Int
    /// Where the next directory is; 0 behind the last.
    let next: Int
    var entries: [Int: Entry] = [:]

    /// Bytes of a value, by its type.
    static let sizes = [
        1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
    ]
    /// The types that hold whole numbers without a sign.
    private static let wholeNumbers: Set = [1, 3, 4, 13, 16, 18]

    init(offset: Int, next: Int) {
        self.offset = offset
        self.next = next
    }

    /// The whole numbers of a tag from the one numbered `first` on, at most `limit`; nothing without such a tag.
    func integers(
        _ tag: Int, from first: Int = 0, limit: Int, in file: TIFFFile, _ problem: TIFFProblem
    ) throws(FileError) -> [Int]? {
        guard let entry = entries[tag], Self.wholeNumbers.contains(entry.type), let size = Self.sizes[entry.type] else {
            return nil
        }
        let count = max(0, min(entry.count - first, limit))
        let start = entry.place.addingReportingOverflow(first * size)
        guard !start.overflow, let bytes = try file.source.bytes(at: start.partialValue, count: count * size) else {
            throw problem.cutShort
        }
        return (0..<count).map { i in
            Int(clamping: TIFFNumber.unsigned(bytes[(i * size)..<((i + 1) * size)], file.isBigEndian))
        }
    }

    /// The first whole number of a tag.
    func integer(_ tag: Int, in file: TIFFFile, _ problem: TIFFProblem) throws(FileError) -> Int? {
        try integers(tag, limit: 1, in: file, problem)?.first
    }

    /// The first fraction of a tag, as a number; nothing where it is none.
    func fraction(_ tag: Int, in file: TIFFFile) throws(FileError) -> Double? {
        guard let entry = entries[tag], entry.type == 5, entry.count > 0,
            let bytes = try file.source.bytes(at: entry.place, count: 8)
        else { return nil }
        let (upper, lower) = (
            TIFFNumber.unsigned(bytes[0..<4], file.isBigEndian), TIFFNumber.unsigned(bytes[4..<8], file.isBigEndian)
        )
        return upper > 0 && lower > 0 ? Double(upper) / Double(lower) : nil
    }

    /// The beginning of a text.
    func text(_ tag: Int, limit: Int, in file: TIFFFile) throws(FileError) -> [UInt8]? {
        guard let entry = entries[tag], Self.sizes[entry.type] == 1 else { return nil }
        return try file.source.bytes(at: entry.place, count: min(entry.count, limit))
    }
}

/// Whole numbers in either order of bytes.
enum TIFFNumber {
    static func unsigned(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> UInt64 {
        isBigEndian ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
