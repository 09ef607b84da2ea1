import CSaccadeCrypto
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
        guard let context = EVP_MD_CTX_new() else { outOfMemory() }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { outOfMemory() }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var start = 0
        while start < size {
            let count = min(piece.count, size - start)
            try piece.withUnsafeMutableBufferPointer { piece throws(FileError) in
                try file.read(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(piece)[..<count]), at: start)
            }
            guard EVP_DigestUpdate(context, piece, count) == 1 else { outOfMemory() }
            start += count
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &length) == 1 else { outOfMemory() }
        return digest.prefix(Int(length)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Nothing else can go wrong with a hash that every build of the library has.
    private static func outOfMemory() -> Never { fatalError("OpenSSL cannot compute a SHA-256: out of memory") }
}
