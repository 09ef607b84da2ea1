#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension FileError {
    /// What a failed call means for somebody who wanted to read `path`.
    ///
    /// - Parameter number: The call's `errno`.
    static func reading(_ path: String, _ number: Int32) -> FileError {
        switch number {
        case ENOENT, ENOTDIR:
            FileError(.missing, path: path, reason: "there is no such file", remedy: "check the path")
        case EACCES, EPERM:
            FileError(
                .unreadable, path: path, reason: "you may not read this (\(text(number)))",
                remedy: "change its permissions")
        default:
            FileError(.unreadable, path: path, reason: "cannot be read (\(text(number)))", remedy: "check the disk")
        }
    }

    /// A file that was longer when it was opened.
    static func shortened(_ path: String) -> FileError {
        FileError(.truncated, path: path, reason: "the file became shorter while it was read", remedy: "copy it again")
    }

    /// What a failed call means for somebody who wanted to write `path`.
    static func writing(_ path: String, _ number: Int32) -> FileError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG:
            FileError(
                .diskFull, path: path, reason: "there is no room to write this file (\(text(number)))",
                remedy: "free some space and try again; what was there before is untouched")
        case ENOENT, ENOTDIR:
            FileError(
                .missingFolder, path: path, reason: "the folder for this file does not exist",
                remedy: "create it, or choose another")
        case EISDIR:
            FileError(
                .unwritable, path: path, reason: "there is a folder of this name",
                remedy: "give the name of a file inside it")
        case EACCES, EPERM, EROFS:
            FileError(
                .unwritable, path: path, reason: "you may not write here (\(text(number)))",
                remedy: "choose another folder")
        default:
            FileError(.unwritable, path: path, reason: "cannot be written (\(text(number)))", remedy: "check the disk")
        }
    }

    private static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}
