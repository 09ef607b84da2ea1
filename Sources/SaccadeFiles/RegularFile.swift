#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Regular files as bytes: never a pipe that would be waited for, never more than is asked for.
package enum RegularFile {
    /// All bytes of a file.
    ///
    /// - Parameter limit: The most bytes that the file may have.
    /// - Throws: ``FileError`` with one of the codes `missing`, `unreadable`, `notAFile`, `tooLarge` and, when another
    ///   process shortens the file meanwhile, `truncated`.
    package static func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        guard size <= limit else {
            throw FileError(
                .tooLarge, path: path, reason: "the file has \(size) bytes where at most \(limit) make sense",
                remedy: "check that it is the right one")
        }
        return try read(file, size)
    }

    /// The first `count` bytes of a file, or all where it has fewer.
    ///
    /// - Throws: As ``contents(of:limit:)``.
    package static func beginning(of path: String, count: Int) throws(FileError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        return try read(file, min(file.regularFileSize(), count))
    }

    /// Whether a path leads to something else than a folder, such as a file that could be read.
    package static func isPresent(at path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    private static func read(_ file: borrowing FileDescriptor, _ count: Int) throws(FileError) -> [UInt8] {
        // The array's initializer would forget the type of what its closure throws.
        var problem: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(FileError) {
                try file.read(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: 0)
                initialized = count
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        return bytes
    }
}
