/// Something wrong with a data set: where, what, and what to do about it.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// What is broken. Others may come: a `switch` needs a `default`.
    public struct Rule: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An image that is listed or described is not there.
        public static let missingImage = Rule(rawValue: "missing-image")
        /// An image that cannot be decoded.
        public static let unreadableImage = Rule(rawValue: "unreadable-image")
        /// An image of another size than its annotation says.
        public static let imageSize = Rule(rawValue: "image-size")
        /// A file other than an image that is listed but not there.
        public static let missingFile = Rule(rawValue: "missing-file")
        /// A file that cannot be understood at all.
        public static let malformedFile = Rule(rawValue: "malformed-file")
        /// A record that cannot be understood.
        public static let malformedRecord = Rule(rawValue: "malformed-record")
        /// Text that is not UTF-8, or has lost characters before.
        public static let encoding = Rule(rawValue: "encoding")
        /// A box that reaches beyond its image.
        public static let boxOutside = Rule(rawValue: "box-outside")
        /// A box without width or height.
        public static let boxDegenerate = Rule(rawValue: "box-degenerate")
        /// Pixels where fractions of the image belong.
        public static let pixelCoordinates = Rule(rawValue: "pixel-coordinates")
        /// A name where the number of a class belongs.
        public static let className = Rule(rawValue: "class-name")
        /// A class, or a label value, that the data set does not have.
        public static let unknownClass = Rule(rawValue: "unknown-class")
        /// The same record twice.
        public static let duplicateRecord = Rule(rawValue: "duplicate-record")
        /// A mask that does not have the size of its image.
        public static let maskSize = Rule(rawValue: "mask-size")
        /// A mask in a format that changes numbers.
        public static let lossyMask = Rule(rawValue: "lossy-mask")
        /// A mask in which no pixel counts.
        public static let emptyMask = Rule(rawValue: "empty-mask")
        /// An outline or a mask that describes no region.
        public static let outline = Rule(rawValue: "outline")
        /// The same image in two parts of the data set.
        public static let duplicateImage = Rule(rawValue: "duplicate-image")
        /// Images in two parts of the data set that look the same.
        public static let similarImage = Rule(rawValue: "similar-image")
        /// A caption without words.
        public static let emptyCaption = Rule(rawValue: "empty-caption")
        /// A text without words.
        public static let emptyText = Rule(rawValue: "empty-text")
        /// Texts that belong together line by line but differ in their number of lines.
        public static let lineCount = Rule(rawValue: "line-count")
    }

    /// Where in a data set something stands.
    public struct Place: Sendable, Hashable {
        /// The path of the file.
        public var file: String
        /// From 1; nil where lines mean nothing.
        public var line: Int?
        /// What identifies the record in its file, as in `object 3 (cat)`.
        public var record: String? {
            get { name?.text }
            set { name = newValue.map(Name.text) }
        }
        /// The number of the record in its file, from 0; for text files the line's, from 0.
        public var index: Int?
        private var name: Name?

        /// A place in a file.
        public init(file: String, line: Int? = nil, record: String? = nil, index: Int? = nil) {
            self.file = file
            self.line = line
            self.index = index
            name = record.map(Name.text)
        }

        /// A record that has a number in its list and, maybe, one of its own: `annotation 7 (id 900100)`.
        init(file: String, _ kind: RecordKind, _ index: Int, id: Int?) {
            self.file = file
            self.index = index
            name = .numbered(kind, index, id: id)
        }

        /// What lists hold records of.
        enum RecordKind: String {
            case image, category, annotation
        }

        /// A data set has hundreds of thousands of records, and few that anybody reads about: numbers become words late.
        private enum Name {
            case text(String)
            case numbered(RecordKind, Int, id: Int?)

            var text: String {
                switch self {
                case .text(let text): text
                case .numbered(let kind, let index, let id?): "\(kind) \(index) (id \(id))"
                case .numbered(let kind, let index, nil): "\(kind) \(index)"
                }
            }
        }

        public static func == (a: Place, b: Place) -> Bool {
            (a.file, a.line, a.record) == (b.file, b.line, b.record) && a.index == b.index
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(file)
            hasher.combine(line)
            hasher.combine(record)
            hasher.combine(index)
        }
    }

    /// A change that mends a problem and destroys nothing that could be of use.
    public enum Fix: Sendable, Hashable {
        /// Take the record out.
        case remove
        /// Write these numbers in place of the record's own coordinates, in the order and the units of its format.
        case rewrite([Double])
    }

    public let rule: Rule
    public let place: Place
    /// What is wrong, in words that follow the place.
    public let message: String
    /// What to do about it.
    public let remedy: String
    /// How `saccade check --fix` mends it; nil where that takes a person.
    public let fix: Fix?

    /// A problem with all its parts.
    public init(_ rule: Rule, at place: Place, _ message: String, remedy: String, fix: Fix? = nil) {
        self.rule = rule
        self.place = place
        self.message = message
        self.remedy = remedy
        self.fix = fix
    }

    /// `FILE:LINE: record: message; remedy. [rule]`
    public var description: String {
        let line = place.line.map { ":\($0)" } ?? ""
        let record = place.record.map { "\($0): " } ?? ""
        return "\(place.file)\(line): \(record)\(message); \(remedy). [\(rule.rawValue)]"
    }
}

extension Problem: Encodable {
    private enum CodingKeys: String, CodingKey { case file, line, record, rule, message, remedy, fixable }

    /// Writes file, line and record (where there are any), rule, message, remedy and whether `--fix` mends it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(place.file, forKey: .file)
        try container.encodeIfPresent(place.line, forKey: .line)
        try container.encodeIfPresent(place.record, forKey: .record)
        try container.encode(rule.rawValue, forKey: .rule)
        try container.encode(message, forKey: .message)
        try container.encode(remedy, forKey: .remedy)
        try container.encode(fix != nil, forKey: .fixable)
    }
}
