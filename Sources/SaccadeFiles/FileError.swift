/// Why a file, or what was to become one, cannot be read, understood or written: what, where, and what to do about it.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is. Others add their own: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no file or folder of that name.
        public static let missing = Code(rawValue: "missing")
        /// The system refused to open or read it.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The name is a folder's, or a device's or pipe's.
        public static let notAFile = Code(rawValue: "notAFile")
        /// The file has no bytes.
        public static let empty = Code(rawValue: "empty")
        /// The file ends before its contents do.
        public static let truncated = Code(rawValue: "truncated")
        /// The contents contradict the format or themselves.
        public static let malformed = Code(rawValue: "malformed")
        /// The contents are of a kind that is not understood here.
        public static let unsupported = Code(rawValue: "unsupported")
        /// Neither name nor contents are of a format that is known here.
        public static let unknownFormat = Code(rawValue: "unknownFormat")
        /// More bytes or pixels than the stated limit.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// The folder to write into is not there.
        public static let missingFolder = Code(rawValue: "missingFolder")
        /// The disk, or what this user may put on it, is full; what was there before is untouched.
        public static let diskFull = Code(rawValue: "diskFull")
        /// The file cannot be written for another reason; what was there before is untouched.
        public static let unwritable = Code(rawValue: "unwritable")

        /// Whether the result was good but found no place.
        public var isAboutWriting: Bool { [.missingFolder, .diskFull, .unwritable].contains(self) }
    }

    /// The kind of trouble.
    public let code: Code
    /// The file or folder at fault, or what bytes that are no file yet are called.
    public let path: String
    /// What is wrong, in words that follow "PATH: ".
    public let reason: String
    /// What the reader can do about it, in words that follow "REASON; ".
    public let remedy: String

    /// An error with all its parts.
    public init(_ code: Code, path: String, reason: String, remedy: String) {
        self.code = code
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    /// One sentence with the path, the reason and the remedy.
    public var description: String { "\(path): \(reason); \(remedy)." }
}
