/// Why a detector cannot be learnt, or made of numbers that come from a file.
public struct FeaturesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A setting that makes no sense.
        public static let setting = Code(rawValue: "setting")
        /// A class without a name, with another's name, or without an object to learn from.
        public static let classes = Code(rawValue: "classes")
        /// A window that holds no block, or another number of weights than it has features.
        public static let window = Code(rawValue: "window")
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
