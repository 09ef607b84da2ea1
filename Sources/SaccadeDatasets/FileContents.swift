import Foundation

/// Whole files as bytes, never more than a limit, with an error that a person can act on.
enum FileContents {
    /// The bytes of an ordinary file.
    ///
    /// - Parameter limit: The most bytes that the file may have.
    /// - Throws: ``DatasetError`` with code `missing`, `unreadable` or `tooLarge`.
    static func bytes(atPath path: String, limit: Int) throws(DatasetError) -> [UInt8] {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer, perhaps for ever.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw failure(path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DatasetError(.unreadable, path: path, "this is not an ordinary file.")
        }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw DatasetError(
                .tooLarge, path: path,
                "the file has \(size) bytes where at most \(limit) make sense; is it the right one?")
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = read(file, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                // An end before `size`: somebody has cut the file meanwhile, and its reader will say so.
                if got <= 0 { break }
                count += got
            }
        }
        guard code == 0 else { throw failure(path, code) }
        return bytes
    }

    private static func failure(_ path: String, _ code: Int32) -> DatasetError {
        if code == ENOENT || code == ENOTDIR {
            return DatasetError(.missing, path: path, "there is no such file; check the path.")
        }
        return DatasetError(
            .unreadable, path: path, "cannot be read (\(String(cString: strerror(code)))); check its permissions.")
    }
}
