/// Why a picture could not be read or written: what, in which file, and what to do about it.
public struct ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no file of that name.
        public static let missing = Code(rawValue: "missing")
        /// The system refused to open or read the file.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The name is a folder's, or a device's or pipe's.
        public static let notAFile = Code(rawValue: "notAFile")
        /// The file has no bytes.
        public static let empty = Code(rawValue: "empty")
        /// The file ends before the picture does.
        public static let truncated = Code(rawValue: "truncated")
        /// The file begins like neither a JPEG nor a PNG.
        public static let notAnImage = Code(rawValue: "notAnImage")
        /// A JPEG or PNG of a kind that is not decoded here.
        public static let unsupported = Code(rawValue: "unsupported")
        /// More pixels, or bytes, than the stated limit.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// The contents contradict the format or themselves.
        public static let corrupt = Code(rawValue: "corrupt")
        /// The picture could not be written; nothing of that name has been touched.
        public static let unwritable = Code(rawValue: "unwritable")
        /// The picture could not be encoded as asked.
        public static let unencodable = Code(rawValue: "unencodable")
    }

    /// The kind of trouble.
    public let code: Code
    /// The file's path, or the name given to the bytes.
    public let file: String
    /// What is wrong, without the file's name.
    public let reason: String
    /// What the reader can do about it.
    public let remedy: String

    /// An error with all its parts.
    public init(_ code: Code, file: String, reason: String, remedy: String) {
        self.code = code
        self.file = file
        self.reason = reason
        self.remedy = remedy
    }

    /// One sentence with the file, the reason and the remedy.
    public var description: String { "\(file): \(reason); \(remedy)." }
}
