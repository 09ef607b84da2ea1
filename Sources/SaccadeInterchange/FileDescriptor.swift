#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, closed exactly once.
struct FileDescriptor: ~Copyable {
    let number: Int32
    /// What messages call the file.
    let path: String

    /// - Parameter name: What messages call the file, if not `path`.
    init(opening path: String, _ flags: Int32, named name: String? = nil) throws(InterchangeError) {
        self.path = name ?? path
        number = retried { open(path, flags | O_CLOEXEC, 0o644) }
        guard number >= 0 else {
            let code = errno
            throw (flags & O_ACCMODE) == O_RDONLY ? .reading(self.path, code) : .writing(self.path, code)
        }
    }

    deinit { close(number) }

    /// The size in bytes.
    ///
    /// - Throws: ``InterchangeError`` when this is no regular file: a folder, a pipe or a device has no size to check
    ///   a header against.
    func regularFileSize() throws(InterchangeError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .reading(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InterchangeError(.unreadable, path: path, "this is not a regular file; name a file.")
        }
        return Int(status.st_size)
    }

    /// Fills `bytes` from what lies `offset` bytes into the file.
    func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(InterchangeError) {
        var done = 0
        while done < bytes.count {
            let count = retried {
                pread(number, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30), off_t(offset + done))
            }
            guard count >= 0 else { throw .reading(path, errno) }
            guard count > 0 else {
                throw InterchangeError(
                    .cutShort, path: path, "the file became shorter while it was read; copy it again.")
            }
            done += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
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
    func synchronize() throws(InterchangeError) {
        guard retried({ fsync(number) }) == 0 else { throw .writing(path, errno) }
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

extension InterchangeError {
    static func reading(_ path: String, _ code: Int32) -> InterchangeError {
        switch code {
        case ENOENT, ENOTDIR:
            InterchangeError(.missing, path: path, "there is no such file; check the name.")
        case EACCES, EPERM:
            InterchangeError(.unreadable, path: path, "you may not read this file; change its permissions.")
        case EISDIR:
            InterchangeError(.unreadable, path: path, "this is a folder; name a file.")
        default:
            InterchangeError(.unreadable, path: path, "cannot be read: \(text(code)); check the disk.")
        }
    }

    static func writing(_ path: String, _ code: Int32) -> InterchangeError {
        switch code {
        case ENOSPC, EDQUOT, EFBIG:
            InterchangeError(
                .diskFull, path: path,
                "there is no room to write this file (\(text(code))); free some space and go on. "
                    + "What was there before is untouched.")
        case ENOENT, ENOTDIR:
            InterchangeError(.missing, path: path, "the folder for this file does not exist; create it.")
        case EACCES, EPERM, EROFS:
            InterchangeError(.unwritable, path: path, "you may not write here (\(text(code))); choose another folder.")
        default:
            InterchangeError(.unwritable, path: path, "cannot be written: \(text(code)); check the disk.")
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
