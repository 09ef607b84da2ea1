public import SaccadeDatasets
public import SaccadeFiles
import SaccadeSettings

/// What each word of a sentence is, such as a noun or a name: `task: label-words`. An output for each input.
public struct WordLabelling: TokenLabelling {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case lowercase, minimumCount, vocabulary, longest, wordDropout
    }

    public static let name = "label-words"
    public static let labelsEach = true

    /// Whether capitals become small letters.
    public var lowercase = false
    public var minimumCount = 1
    public var vocabulary = 30_000
    public var longest = 400
    public var wordDropout = 0.0
    public var classNames: [String] = []
    public var codings: [TextCoding] = []

    /// The data set's words are the tokens; this is for texts that come without.
    public var tokens: Tokenization { .words(isLowercase: lowercase) }

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        lowercase = try values.decodeIfPresent(Bool.self, forKey: .lowercase) ?? lowercase
        minimumCount = try values.decodeIfPresent(Int.self, forKey: .minimumCount) ?? minimumCount
        vocabulary = try values.decodeIfPresent(Int.self, forKey: .vocabulary) ?? vocabulary
        longest = try values.decodeIfPresent(Int.self, forKey: .longest) ?? longest
        wordDropout = try values.decodeIfPresent(Double.self, forKey: .wordDropout) ?? wordDropout
    }

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] { try TaggedSentences.splits(at: data) }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> TaggedSentences {
        try TaggedSentences(at: data, split: split)
    }

    public func classNames(of samples: TaggedSentences) -> [String] { samples.tagNames }

    public func matched(_ samples: TaggedSentences, hasNames: Bool, note: (String) -> Void) throws -> TaggedSentences {
        guard samples.tagNames != classNames else { return samples }
        guard let relabelled = samples.relabelled(by: classNames) else {
            throw RunError(
                .different,
                "the model knows the labels \(classNames.joined(separator: ", ")), and the data have others; give the "
                    + "data set that belongs to it")
        }
        return relabelled
    }

    public func tokens(of samples: TaggedSentences) -> [[String]] {
        samples.sentences.map { $0.words.map { lowercase ? $0.lowercased() : $0 } }
    }

    public func labels(of samples: TaggedSentences) -> [[Int]] { samples.sentences.map(\.tags) }
}
