public import SaccadeGeometry

// Nothing here draws: it says what is to be seen.
extension TaskReport {
    /// Curves or bars, one above the other, as one figure.
    public struct Chart: Sendable {
        public enum Content: Sendable {
            /// Shares in 0...1 over shares in 0...1.
            case curves([Curve], xLabel: String, yLabel: String)
            case bars([Bar], label: String)
        }

        public struct Curve: Sendable {
            public let name: String
            public let points: [Point]

            public init(_ name: String, _ points: [Point]) { (self.name, self.points) = (name, points) }
        }

        public struct Bar: Sendable {
            public let name: String
            public let value: Double
            /// Behind the bar.
            public let caption: String

            public init(_ name: String, _ value: Double, caption: String) {
                (self.name, self.value, self.caption) = (name, value, caption)
            }
        }

        /// What its file is called, without suffix.
        public let name: String
        public let panels: [(title: String, content: Content)]

        public init(_ name: String, _ panels: [(title: String, content: Content)]) {
            (self.name, self.panels) = (name, panels)
        }
    }

    /// An image with what is right and wrong on it.
    public struct MarkedImage: Sendable {
        public struct Object: Sendable {
            public let label: String
            public let score: Double?
            public let box: Box
            public let mask: RunLengthMask?
            /// What became of it: one of ``MarkedImage/outcomes``.
            public let outcome: String

            public init(_ label: String, score: Double? = nil, box: Box, mask: RunLengthMask? = nil, outcome: String) {
                (self.label, self.score, self.box, self.mask, self.outcome) = (label, score, box, mask, outcome)
            }
        }

        /// Its file.
        public let path: String
        public let title: String
        public let objects: [Object]
        /// All that may become of an object, on any image.
        public let outcomes: [String]

        public init(path: String, title: String, objects: [Object], outcomes: [String]) {
            (self.path, self.title, self.objects, self.outcomes) = (path, title, objects, outcomes)
        }
    }

    /// A file for other programs.
    public struct File: Sendable {
        public let name: String
        /// Made when it is asked for.
        public let contents: @Sendable () throws -> [UInt8]

        public init(_ name: String, _ contents: @escaping @Sendable () throws -> [UInt8]) {
            (self.name, self.contents) = (name, contents)
        }
    }
}
