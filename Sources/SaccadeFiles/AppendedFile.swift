#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files that grow at their end.
public enum AppendedFile {
    /// Adds bytes at the end of the file at `path`, which is made if it is not there, and brings them onto the disk.
    ///
    /// - Returns: The file's length behind them.
    /// - Throws: ``FileError`` when the disk is full or the file cannot be written; it is then as long as before.
    public static func append(_ bytes: [UInt8], to path: String) throws(FileError) -> Int {
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND)
        let size = try file.regularFileSize()
        do throws(FileError) {
            try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
            try file.synchronize()
        } catch {
            try? file.truncate(to: size)
            throw error
        }
        return size + bytes.count
    }
}
