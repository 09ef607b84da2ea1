/// Why numbers from outside describe no shape.
///
/// It knows neither file nor record: a reader adds them.
public struct GeometryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is. More codes may come: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A width or height that is negative, or more pixels than the limit.
        public static let size = Code(rawValue: "size")
        /// Run lengths that do not make up the mask.
        public static let runs = Code(rawValue: "runs")
        /// A compressed mask that ends early or holds characters or numbers that it cannot.
        public static let compressed = Code(rawValue: "compressed")
        /// Masks of different images.
        public static let mismatch = Code(rawValue: "mismatch")
        /// Numbers that are no polygon, or one that is far too large.
        public static let polygon = Code(rawValue: "polygon")
        /// Numbers that are no keypoints.
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
