#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Path {
    /// Whether something is there: a file, a folder, or a link to one.
    package var exists: Bool { status(following: true) != nil }

    /// Whether it is a folder, or a link to one.
    package var isFolder: Bool { status(following: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Whether it is a link, wherever that leads.
    package var isLink: Bool { status(following: false).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false }

    /// Whether it is the folder that everything lies in, whatever it is called: a file that names it would have the whole
    /// disk searched.
    package var isRoot: Bool {
        guard let own = status(following: true), let root = Path("/").status(following: true) else { return false }
        return (own.st_dev, own.st_ino) == (root.st_dev, root.st_ino)
    }

    private func status(following: Bool) -> stat? {
        // The system would take what stands before a zero for the name.
        guard !text.utf8.contains(0) else { return nil }
        var status = stat()
        return (following ? stat(text, &status) : lstat(text, &status)) == 0 ? status : nil
    }
}
