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

    /// - Parameters:
    ///   - path: The file, which is made if it is not there.
    ///   - attempts: How often to try, with a hundredth of a second in between.
    /// - Returns: `nil` while another holds it.
    package init?(at path: String, attempts: Int = 1) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        var left = attempts
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            left -= 1
            guard left > 0 else { return nil }
            usleep(10_000)
        }
        self.file = file
    }

    /// Whether another holds the file at this moment; false where there is no such file.
    ///
    /// It may itself hold the file for a moment.
    package static func isHeld(at path: String) -> Bool {
        guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return false }
        guard flock(file.number, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(file.number, LOCK_UN)
        return false
    }

    // Closing is not enough: a child that is just being started may still have a copy of the descriptor.
    deinit { flock(file.number, LOCK_UN) }
}
