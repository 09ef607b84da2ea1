/// Why a figure could not be drawn or written: what, in which file, and what to do about it.
public struct DrawingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name ends in none of the formats that can be drawn.
        public static let unknownFormat = Code(rawValue: "unknownFormat")
        /// The figure has more pixels than can be drawn.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// The drawing library failed.
        public static let failed = Code(rawValue: "failed")
        /// The file could not be written; nothing of that name has been touched.
        public static let unwritable = Code(rawValue: "unwritable")
    }

    /// The kind of trouble.
    public let code: Code
    /// The file's path, or what was being drawn.
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
