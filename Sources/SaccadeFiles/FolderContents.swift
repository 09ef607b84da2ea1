#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What lies in a folder, in an order that no system or language setting changes.
package enum FolderContents {
    /// The names of everything in a folder but itself and the one above, hidden things too, sorted by their bytes.
    ///
    /// - Throws: ``FileError`` with the code `missing` or `unreadable`.
    package static func names(in folder: String) throws(FileError) -> [String] {
        guard !folder.utf8.contains(0), let directory = opendir(folder) else {
            throw problem(folder, folder.utf8.contains(0) ? ENOENT : errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw problem(folder, errno) }
        return names.sortedByBytes()
    }

    private static func problem(_ folder: String, _ number: Int32) -> FileError {
        guard number == ENOENT || number == ENOTDIR else {
            return FileError(
                .unreadable, path: folder,
                reason: "this folder cannot be listed (\(String(cString: strerror(number))))",
                remedy: "check its permissions")
        }
        return FileError(.missing, path: folder, reason: "there is no such folder", remedy: "check the path")
    }
}

extension Sequence<String> {
    /// Sorted by the bytes of UTF-8: capitals before small letters, accents last.
    package func sortedByBytes() -> [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
