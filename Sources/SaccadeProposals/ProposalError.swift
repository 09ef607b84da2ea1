/// Why an image cannot be searched for objects.
///
/// It knows no file: whoever has read the image adds it.
public struct ProposalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// More pixels, a longer side or more regions than there is memory for.
        public static let size = Code(rawValue: "size")
        /// A setting outside its range, or nothing to choose from.
        public static let setting = Code(rawValue: "setting")
    }

    /// The kind of trouble.
    public let code: Code
    /// What is wrong and what to do, in words that can follow a file's name.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
