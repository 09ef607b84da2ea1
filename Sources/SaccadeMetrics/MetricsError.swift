/// Why something cannot be judged: numbers from outside that contradict each other.
public struct MetricsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An answer that is not of the size of the truth.
        public static let size = Code(rawValue: "size")
        /// A class that there is not.
        public static let label = Code(rawValue: "label")
        /// Another number of keypoints than the kind of object has.
        public static let keypoints = Code(rawValue: "keypoints")
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
