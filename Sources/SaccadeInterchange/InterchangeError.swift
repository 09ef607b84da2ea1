/// Why a file of tensors cannot be read or written: what, in which file, and what to do about it.
public struct InterchangeError: Error, Equatable, CustomStringConvertible {
    /// The kinds of trouble that a program may want to tell apart.
    public enum Code: Sendable, Equatable {
        /// The file or its folder is not there.
        case missing
        /// The file cannot be read: no permission, a folder where a file should be, a failing disk.
        case unreadable
        /// The file ends before its header says.
        case cutShort
        /// The bytes contradict the format.
        case malformed
        /// The numbers are of a type that is not known here.
        case unsupported
        /// The file has no tensor of that name.
        case noSuchTensor
        /// The disk, or what this user may put on it, is full.
        case diskFull
        /// The file cannot be written for another reason.
        case unwritable
    }

    /// The kind of trouble.
    public let code: Code
    /// The file at fault.
    public let path: String
    /// One sentence for a person: the file, what is wrong, and the remedy.
    public let description: String

    /// - Parameters:
    ///   - code: The kind of trouble.
    ///   - path: The file at fault; the description begins with it.
    ///   - sentence: What is wrong and what to do, in words that follow "PATH: ".
    public init(_ code: Code, path: String, _ sentence: String) {
        self.code = code
        self.path = path
        self.description = "\(path): \(sentence)"
    }
}
