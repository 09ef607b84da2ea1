#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, closed exactly once.
package struct FileDescriptor: ~Copyable {
    package let number: Int32
    /// What messages call the file.
    package let path: String

    /// - Parameters:
    ///   - path: The file.
    ///   - flags: Those of `open`. That nobody is waited for, and that no child inherits the file, is added.
    ///   - name: What messages call the file, if not `path`.
    /// - Throws: The trouble of reading, or of writing where `flags` ask for that.
    package init(opening path: String, _ flags: Int32, named name: String? = nil) throws(FileError) {
        let name = name ?? path
        let isReading = flags & O_ACCMODE == O_RDONLY
        // The system would take what stands before the zero for the name.
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw FileError(
                isReading ? .missing : .unwritable, path: name.isEmpty ? "(no name)" : name,
                reason: "this cannot be a file's name", remedy: "give the path of a file")
        }
        // Opening a pipe at whose other end nobody is must not wait for ever.
        let number = retried { open(path, flags | O_NONBLOCK | O_CLOEXEC, 0o666) }
        guard number >= 0 else { throw isReading ? .reading(name, errno) : .writing(name, errno) }
        self.number = number
        self.path = name
    }

    deinit { close(number) }

    /// The size in bytes.
    ///
    /// - Throws: ``FileError`` with the code `notAFile` when this is no regular file: a folder, a pipe or a device has
    ///   no size to rely on.
    package func regularFileSize() throws(FileError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .reading(path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int(status.st_size)
        case S_IFDIR:
            throw FileError(.notAFile, path: path, reason: "this is a folder", remedy: "name a file inside it")
        default:
            throw FileError(
                .notAFile, path: path, reason: "this is not a regular file", remedy: "save the contents to a file first"
            )
        }
    }

    /// Fills `bytes` from what lies `offset` bytes into the file.
    ///
    /// - Throws: ``FileError`` with the code `truncated` when the file ends before.
    package func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = retried {
                pread(number, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30), off_t(offset + done))
            }
            guard count >= 0 else { throw .reading(path, errno) }
            guard count > 0 else { throw .shortened(path) }
            done += count
        }
    }

    /// Writes all of `bytes` where the file stands.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = retried {
                SystemCalls.write(number, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30))
            }
            guard count >= 0 else { throw .writing(path, errno) }
            done += count
        }
    }

    /// Returns when what was written is on the disk.
    package func synchronize() throws(FileError) {
        guard retried({ fsync(number) }) == 0 else { throw .writing(path, errno) }
    }

    /// Makes the file `length` bytes long.
    package func truncate(to length: Int) throws(FileError) {
        guard retried({ ftruncate(number, off_t(length)) }) == 0 else { throw .writing(path, errno) }
    }
}

/// Names that methods of the same name would hide.
private enum SystemCalls {
    static func write(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, bytes, count)
        #elseif canImport(Musl)
            Musl.write(file, bytes, count)
        #else
            Darwin.write(file, bytes, count)
        #endif
    }
}

/// Makes a system call again while a signal interrupts it.
private func retried<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
