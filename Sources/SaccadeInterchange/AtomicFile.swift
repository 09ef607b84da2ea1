import Synchronization

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

    private static let counter = Atomic<Int>(0)

    /// Replaces the file at `path` by what `body` writes.
    ///
    /// - Throws: ``InterchangeError`` when the disk is full or the file cannot be written, and what `body` throws; the
    ///   old file is untouched then.
    public static func write(_ path: String, _ body: (FileWriter) throws -> Void) throws {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let (folder, name) = split(path)
        let unfinished = "\(folder)/.\(name).\(getpid())-\(number)\(unfinishedSuffix)"
        do {
            let writer = try FileWriter(creating: unfinished, for: path)
            try body(writer)
            try writer.finish()
            guard rename(unfinished, path) == 0 else { throw InterchangeError.writing(path, errno) }
        } catch {
            unlink(unfinished)
            throw error
        }
        // The file has its new content now; this makes the name survive a power failure.
        try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Replaces the file at `path` by `text`.
    public static func write(_ text: String, to path: String) throws {
        var text = text
        try text.withUTF8 { bytes in try write(path) { try $0.write(UnsafeRawBufferPointer(bytes)) } }
    }

    /// Deletes what killed processes left unfinished in a folder. Nobody may be writing there meanwhile.
    public static func removeUnfinished(in folder: String) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("."), name.hasSuffix(unfinishedSuffix) { names.append(name) }
        }
        for name in names { unlink("\(folder)/\(name)") }
    }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), path[path.index(after: slash)...])
    }
}

/// Collects what is written to a new file into large pieces.
public final class FileWriter {
    private let file: FileDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    private var used = 0

    /// - Parameter name: What messages call the file.
    init(creating path: String, for name: String) throws(InterchangeError) {
        file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, named: name)
    }

    deinit { buffer.deallocate() }

    /// Adds bytes at the end.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
        if used + bytes.count > buffer.count { try flush() }
        guard bytes.count <= buffer.count else { return try file.write(bytes) }
        buffer[used..<used + bytes.count].copyBytes(from: bytes)
        used += bytes.count
    }

    /// Brings everything onto the disk.
    fileprivate func finish() throws(InterchangeError) {
        try flush()
        try file.synchronize()
    }

    private func flush() throws(InterchangeError) {
        try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        used = 0
    }
}

extension UnsafeMutableRawBufferPointer.SubSequence {
    fileprivate func copyBytes(from source: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: self).copyMemory(from: source)
    }
}
