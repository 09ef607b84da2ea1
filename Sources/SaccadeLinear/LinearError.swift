/// Why nothing can be learnt from the examples that were given.
public struct LinearError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A number that is infinite or none at all.
        public static let notFinite = Code(rawValue: "notFinite")
        /// No examples, or other numbers of them than of what they should become.
        public static let examples = Code(rawValue: "examples")
        /// A class that there is not, or one without examples for it or against it.
        public static let label = Code(rawValue: "label")
        /// A setting that makes no sense.
        public static let setting = Code(rawValue: "setting")
        /// More than memory, or than a number of the library below, can hold.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// A file that describes no machines.
        public static let file = Code(rawValue: "file")
        /// The library below found no solution.
        public static let unsolved = Code(rawValue: "unsolved")
    }

    /// The kind of trouble.
    public let code: Code
    /// What is wrong and what to do, in words that can follow a file's name.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func notFinite(_ what: String, _ matrix: Matrix) -> LinearError? {
        matrix.firstNotFinite.map { row, column in
            LinearError(
                .notFinite,
                "\(what) \(row) has \(matrix[row, column]) in column \(column); look at what computed it, for nothing can "
                    + "be learnt from that")
        }
    }
}
