#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that one process at a time holds. The system lets go of it when the process ends, however it ends.
package struct FileLock: ~Copyable {
    private let file: FileDescriptor

    /// - Parameter path: The file, which is made if it is not there.
    /// - Returns: `nil` while another holds it.
    package init?(at path: String) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        self.file = file
    }

    // Closing is not enough: a child that is just being started may still have a copy of the descriptor.
    deinit { flock(file.number, LOCK_UN) }
}
