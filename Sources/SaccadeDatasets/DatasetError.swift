/// Why a data set, or one sample of it, cannot be used: what, in which file, and what to do about it.
public struct DatasetError: Error, Equatable, CustomStringConvertible {
    /// The kinds of trouble that a program may want to tell apart.
    public enum Code: Sendable, Equatable {
        /// A file or folder is not there.
        case missing
        /// A file is there but cannot be read: no permission, a folder where a file should be, a failing disk.
        case unreadable
        /// The bytes of a file contradict its format.
        case malformed
        /// A file holds, or promises, more than the limit allows.
        case tooLarge
        /// Nothing in a folder looks like a data set.
        case unknownFormat
        /// The data do not come with the split that was asked for.
        case missingSplit
        /// There are fewer than two classes to tell apart.
        case tooFewClasses
        /// A class has no pictures.
        case emptyClass
    }

    /// The kind of trouble.
    public let code: Code
    /// The file or folder at fault.
    public let path: String
    /// One sentence for a person: the file, what is wrong, and the remedy.
    public let description: String

    /// - Parameters:
    ///   - code: The kind of trouble.
    ///   - path: The file or folder at fault; the description begins with it.
    ///   - sentence: What is wrong and what to do, in words that follow "PATH: ".
    public init(_ code: Code, path: String, _ sentence: String) {
        self.code = code
        self.path = path
        self.description = "\(path): \(sentence)"
    }
}
