#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file descriptor, closed exactly once.
struct FileDescriptor: ~Copyable {
    let number: Int32

    /// - Returns: `nil`, with `errno` set, when the system refuses.
    init?(opening path: String, _ flags: Int32, mode: mode_t = 0) {
        let number = open(path, flags | O_CLOEXEC, mode)
        if number < 0 { return nil }
        self.number = number
    }

    deinit { close(number) }
}

/// What the system says about the last failed call.
func systemReason(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }

/// Bytes of a regular file, read whole or only its beginning.
enum ImageFile {
    /// Files above this many bytes are refused unread: 100 megapixels never need them.
    static let byteLimit = 1 << 30

    /// - Parameter limit: Reads no more than this many bytes; `nil` for the whole file.
    static func read(_ path: String, atMost limit: Int? = nil) throws(ImageError) -> [UInt8] {
        if path.isEmpty || path.utf8.contains(0) {
            throw ImageError(
                .missing, file: path.isEmpty ? "(no name)" : path, reason: "this cannot be a file's name",
                remedy: "give the path of a JPEG or PNG file")
        }
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
        guard let file = FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK) else {
            if errno == ENOENT || errno == ENOTDIR {
                throw ImageError(.missing, file: path, reason: "no such file", remedy: "check the path")
            }
            throw ImageError(
                .unreadable, file: path, reason: "cannot be opened (\(systemReason()))",
                remedy: "check its permissions")
        }
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw unreadable(path) }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR {
            throw ImageError(
                .notAFile, file: path, reason: "is a folder", remedy: "give a picture inside it")
        }
        if kind != S_IFREG {
            throw ImageError(
                .notAFile, file: path, reason: "is not a regular file", remedy: "save the picture to a file first")
        }
        let size = Int(status.st_size)
        if size == 0 {
            throw ImageError(.empty, file: path, reason: "is empty", remedy: "copy or download it again")
        }
        if limit == nil, size > byteLimit {
            throw ImageError(
                .tooLarge, file: path, reason: "has \(size) bytes, more than the limit of \(byteLimit)",
                remedy: "shrink the picture first")
        }
        let wanted = min(size, limit ?? size)
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted {
                let got = systemRead(file.number, buffer.baseAddress! + count, wanted - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { return }
                count += got
            }
        }
        if failed { throw unreadable(path) }
        return bytes
    }

    private static func unreadable(_ path: String) -> ImageError {
        ImageError(
            .unreadable, file: path, reason: "cannot be read (\(systemReason()))", remedy: "check the disk")
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// Files that exist either whole or not at all.
package enum AtomicFile {
    /// Writes bytes under a temporary name in the same folder, syncs them, and only then gives them their name.
    ///
    /// A crash, a kill or a full disk at any moment leaves the former file of that name, or none, but never half a file.
    ///
    /// - Throws: ``ImageError`` with the code `unwritable`.
    package static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
        if path.isEmpty || path.utf8.contains(0) {
            throw ImageError(
                .unwritable, file: path.isEmpty ? "(no name)" : path, reason: "this cannot be a file's name",
                remedy: "give the path of the file to write")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw ImageError(
                .unwritable, file: path, reason: "is a folder", remedy: "give the name of a file inside it")
        }
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).part"
        do throws(ImageError) {
            guard let file = FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666) else {
                let reason = systemReason()
                throw ImageError(
                    .unwritable, file: path, reason: "cannot be created (\(reason))",
                    remedy: "check that its folder exists and may be written to")
            }
            try write(bytes, to: file.number, named: path)
            guard fsync(file.number) == 0 else { throw unwritable(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = unwritable(path)
            unlink(temporary)
            throw error
        }
    }

    /// Writes all bytes to an open descriptor.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, named path: String) throws(ImageError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress! + done, $0.count - done) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { throw unwritable(path) }
            done += count
        }
    }

    private static func unwritable(_ path: String) -> ImageError {
        let number = errno
        return ImageError(
            .unwritable, file: path, reason: "cannot be written (\(systemReason(number)))",
            remedy: number == ENOSPC || number == EDQUOT
                ? "free some space on that disk" : "check the disk and its permissions")
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
