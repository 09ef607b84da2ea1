public import SaccadeDatasets
public import SaccadeFiles
import SaccadeSettings

/// What a text is, such as praise or not: `task: label-text`. Many inputs, one output.
public struct TextLabelling: TokenLabelling {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case tokens, minimumCount, vocabulary, longest, wordDropout
    }

    public static let name = "label-text"
    public static let labelsEach = false

    public var tokens = Tokenization.words(isLowercase: true)
    public var minimumCount = 1
    public var vocabulary = 30_000
    public var longest = 400
    public var wordDropout = 0.0
    public var classNames: [String] = []
    public var codings: [TextCoding] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try values.decodeIfPresent(Tokenization.self, forKey: .tokens) ?? tokens
        minimumCount = try values.decodeIfPresent(Int.self, forKey: .minimumCount) ?? minimumCount
        vocabulary = try values.decodeIfPresent(Int.self, forKey: .vocabulary) ?? vocabulary
        longest = try values.decodeIfPresent(Int.self, forKey: .longest) ?? longest
        wordDropout = try values.decodeIfPresent(Double.self, forKey: .wordDropout) ?? wordDropout
    }

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] { try LabelledTexts.splits(at: data) }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> LabelledTexts {
        try LabelledTexts(at: data, split: split)
    }

    public func classNames(of samples: LabelledTexts) -> [String] { samples.classNames }

    public func matched(_ samples: LabelledTexts, hasNames: Bool, note: (String) -> Void) throws -> LabelledTexts {
        guard samples.classNames != classNames else { return samples }
        guard let relabelled = samples.relabelled(by: classNames) else {
            throw RunError(
                .different,
                "the model knows the labels \(classNames.joined(separator: ", ")), and the data have "
                    + "\(samples.classNames.joined(separator: ", ")); give the data set that belongs to it")
        }
        return relabelled
    }

    public func tokens(of samples: LabelledTexts) -> [[String]] {
        let tokenizer = Tokenizer(tokens)
        return samples.samples.map { tokenizer.tokens(of: $0.text) }
    }

    public func labels(of samples: LabelledTexts) -> [[Int]] { samples.samples.map { [$0.label] } }
}
