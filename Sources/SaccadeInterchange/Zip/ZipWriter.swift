import SaccadeFiles

/// Writes a ZIP archive of stored entries whose bytes begin at multiples of 64, as PyTorch does, so that they can be
/// mapped.
struct ZipWriter {
    private struct Record {
        let name: [UInt8]
        let checksum: UInt32
        let count: UInt32
        let start: UInt32
    }

    static let alignment = 64
    private let writer: FileWriter
    private let path: String
    private var records: [Record] = []
    private var position = 0

    /// - Parameters:
    ///   - writer: What takes the bytes.
    ///   - path: The file, for messages.
    init(_ writer: FileWriter, path: String) {
        self.writer = writer
        self.path = path
    }

    /// Adds an entry.
    ///
    /// - Throws: ``FileError`` when the file cannot be written, or becomes larger than 4 GiB.
    mutating func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(FileError) {
        let name = Array(name.utf8)
        guard let count = UInt32(exactly: bytes.count), let start = UInt32(exactly: position), count < .max,
            start < .max, records.count < 0xFFFF
        else {
            throw FileError(
                .tooLarge, path: path, reason: "an archive of more than 4 GiB is not written here",
                remedy: "write .safetensors, which has no such bound")
        }
        let record = Record(name: name, checksum: Checksum.crc32(bytes), count: count, start: start)
        let filled = position + 30 + name.count + 4
        let padding = (Self.alignment - filled % Self.alignment) % Self.alignment
        var header: [UInt8] = []
        header.append(littleEndian: 0x0403_4B50 as UInt32)
        Self.appendCommon(to: &header, record)
        header.append(littleEndian: UInt16(4 + padding))
        header += name
        // The extra field that PyTorch pads with, “FB”.
        header += Array("FB".utf8)
        header.append(littleEndian: UInt16(padding))
        header += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
        try write(header)
        try writer.write(bytes)
        position += bytes.count
        records.append(record)
    }

    mutating func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
        var problem: FileError?
        bytes.withUnsafeBytes { bytes in
            do throws(FileError) { try add(name, bytes) } catch { problem = error }
        }
        if let problem { throw problem }
    }

    /// Ends the archive with its directory.
    mutating func finish() throws(FileError) {
        let start = position
        for record in records {
            var entry: [UInt8] = []
            entry.append(littleEndian: 0x0201_4B50 as UInt32)
            entry.append(littleEndian: 0 as UInt16)
            Self.appendCommon(to: &entry, record)
            // Extra field, comment, volume, two sorts of attributes.
            entry += [UInt8](repeating: 0, count: 12)
            entry.append(littleEndian: record.start)
            try write(entry + record.name)
        }
        guard let first = UInt32(exactly: start), first < .max else {
            throw FileError(
                .tooLarge, path: path, reason: "an archive of more than 4 GiB is not written here",
                remedy: "write .safetensors, which has no such bound")
        }
        var end: [UInt8] = []
        end.append(littleEndian: 0x0605_4B50 as UInt32)
        end += [0, 0, 0, 0]
        for _ in 0..<2 { end.append(littleEndian: UInt16(records.count)) }
        end.append(littleEndian: UInt32(truncatingIfNeeded: position - start))
        end.append(littleEndian: first)
        end += [0, 0]
        try write(end)
    }

    /// What an entry's own header and the directory both say: version, flags (the name is UTF-8), method, time, date,
    /// checksum, sizes and the name's length. The date is the earliest, 1 January 1980, so that the same content gives
    /// the same bytes.
    private static func appendCommon(to header: inout [UInt8], _ record: Record) {
        for number in [20, 0x800, 0, 0, 0x21] as [UInt16] { header.append(littleEndian: number) }
        for number in [record.checksum, record.count, record.count] { header.append(littleEndian: number) }
        header.append(littleEndian: UInt16(record.name.count))
    }

    private mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in try writer.write(UnsafeRawBufferPointer(bytes)) }
        position += bytes.count
    }
}
