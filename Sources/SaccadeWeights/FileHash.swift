import Crypto
package import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The hash that tells whether a download came whole.
package enum FileHash {
    /// The SHA-256 of a file, in 64 hexadecimal digits.
    ///
    /// - Throws: `FileError` when the file is not there or cannot be read.
    package static func sha256(of path: String) throws(FileError) -> String {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var start = 0
        while start < size {
            let count = min(piece.count, size - start)
            try piece.withUnsafeMutableBufferPointer { piece throws(FileError) in
                try file.read(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(piece)[..<count]), at: start)
            }
            hash.update(data: piece[..<count])
            start += count
        }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
