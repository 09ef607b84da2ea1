#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files that are there whole or not at all.
///
/// What is written goes to a file of another name in the same folder, is brought onto the disk, and then takes the
/// place of the old file in one step, which is brought onto the disk too. Whatever happens in between, a full disk or
/// the end of the process, the old file stays as it was.
public enum AtomicFile {
    /// The end of the names of files that are not finished. A process that is killed leaves one behind.
    public static let unfinishedSuffix = ".unfinished"

    /// Replaces the file at `path` by what `body` writes.
    ///
    /// - Throws: ``FileError`` when the disk is full or the file cannot be written, and what `body` throws; the
    ///   old file is untouched then.
    public static func write(_ path: String, _ body: (FileWriter) throws -> Void) throws {
        let writer = try FileWriter(replacing: path)
        try body(writer)
        try writer.commit()
    }

    /// Replaces the file at `path` by `bytes`.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let writer = try FileWriter(replacing: path)
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in try writer.write(UnsafeRawBufferPointer(bytes)) }
        try writer.commit()
    }

    /// Replaces the file at `path` by `text`.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try write(Array(text.utf8), to: path)
    }

    /// Deletes what killed processes left unfinished in a folder. Nobody may be writing there meanwhile.
    public static func removeUnfinished(in folder: String) {
        let names = (try? FolderContents.names(in: folder)) ?? []
        for name in names where name.hasPrefix(".") && name.hasSuffix(unfinishedSuffix) { unlink("\(folder)/\(name)") }
    }
}

/// Collects what is written to a new file into large pieces.
public final class FileWriter {
    private let path: String
    private let folder: String
    private let unfinished: String
    private let file: FileDescriptor
    private let buffer: UnsafeMutableRawBufferPointer
    private var used = 0
    private var isCommitted = false

    /// - Parameter path: The file whose place the new one is to take.
    fileprivate init(replacing path: String) throws(FileError) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        // The number keeps processes and threads apart, and from what a killed process of the same number left.
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        unfinished = "\(folder)/.\(name).\(number)\(AtomicFile.unfinishedSuffix)"
        file = try FileDescriptor(opening: unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, named: path)
        // Last, for it is not freed when opening throws.
        buffer = .allocate(byteCount: 1 << 18, alignment: 64)
    }

    deinit {
        buffer.deallocate()
        if !isCommitted { unlink(unfinished) }
    }

    /// Adds bytes at the end.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if used + bytes.count > buffer.count { try flush() }
        guard bytes.count <= buffer.count else { return try file.write(bytes) }
        UnsafeMutableRawBufferPointer(rebasing: buffer[used..<used + bytes.count]).copyMemory(from: bytes)
        used += bytes.count
    }

    /// Brings everything onto the disk and gives it its name.
    fileprivate func commit() throws(FileError) {
        try flush()
        try file.synchronize()
        guard rename(unfinished, path) == 0 else { throw .writing(path, errno) }
        isCommitted = true
        // The file has its new content now; this makes the name survive a power failure.
        try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY).synchronize()
    }

    private func flush() throws(FileError) {
        try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        used = 0
    }
}
