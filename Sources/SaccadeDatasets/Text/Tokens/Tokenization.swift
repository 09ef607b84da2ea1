import SaccadeSettings

/// How texts become tokens: a setting, in recipes `characters`, `words`, `{words: {lowercase: true}}`, `subwords` or
/// `{subwords: {merges: 8000, lowercase: false}}`.
public enum Tokenization: Sendable, Hashable {
    /// Each Unicode scalar is a token; nothing is lost.
    case characters
    /// Words and punctuation marks, as ``WordRules`` say.
    case words(isLowercase: Bool = false)
    /// Pieces of words, put together from characters by merges that are learnt from texts; as many at most as given.
    /// Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016).
    case subwords(merges: Int = 8000, isLowercase: Bool = false)

    /// The most merges that can be learnt: 2 097 152, as many as a vocabulary may have words.
    public static let mergeLimit = Vocabulary.sizeLimit

    /// Whether capitals become small letters.
    var isLowercase: Bool {
        switch self {
        case .characters: false
        case .words(let isLowercase), .subwords(_, let isLowercase): isLowercase
        }
    }
}

extension Tokenization: Codable {
    private enum Kind: String, CodingKey, CaseIterable { case characters, words, subwords }
    private enum WordKeys: String, CodingKey, CaseIterable { case lowercase }
    private enum SubwordKeys: String, CodingKey, CaseIterable { case merges, lowercase }

    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self = try Self.named(name, decoder)
            return
        }
        try decoder.refuseKeys(except: [Kind.words, .subwords].map(\.rawValue))
        let kinds = try decoder.container(keyedBy: Kind.self)
        try decoder.refuse(kinds.allKeys.count == 1 ? nil : "tokens are either words or subwords")
        if kinds.contains(.words) {
            let settings = try kinds.superDecoder(forKey: .words)
            try settings.refuseKeys(except: WordKeys.allCases.map(\.rawValue))
            let values = try settings.container(keyedBy: WordKeys.self)
            self = .words(isLowercase: try values.decodeIfPresent(Bool.self, forKey: .lowercase) ?? false)
        } else {
            let settings = try kinds.superDecoder(forKey: .subwords)
            try settings.refuseKeys(except: SubwordKeys.allCases.map(\.rawValue))
            let values = try settings.container(keyedBy: SubwordKeys.self)
            let merges = try values.decodeIfPresent(Int.self, forKey: .merges) ?? 8000
            try settings.refuse(
                (0...Self.mergeLimit).contains(merges) ? nil : "merges must be 0 to \(Self.mergeLimit), not \(merges)")
            self = .subwords(
                merges: merges, isLowercase: try values.decodeIfPresent(Bool.self, forKey: .lowercase) ?? false)
        }
    }

    private static func named(_ name: String, _ decoder: any Decoder) throws -> Tokenization {
        switch Kind(rawValue: name) {
        case .characters: return .characters
        case .words: return .words()
        case .subwords: return .subwords()
        case nil:
            let names = Kind.allCases.map(\.rawValue)
            let guess = nearest(to: name, among: names).map { "did you mean \($0)? If not, " } ?? ""
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "tokens cannot be \(name); \(guess)choose \(names.joined(separator: ", "))"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .characters:
            var value = encoder.singleValueContainer()
            try value.encode(Kind.characters.rawValue)
        case .words(let isLowercase):
            var kinds = encoder.container(keyedBy: Kind.self)
            var values = kinds.nestedContainer(keyedBy: WordKeys.self, forKey: .words)
            try values.encode(isLowercase, forKey: .lowercase)
        case .subwords(let merges, let isLowercase):
            var kinds = encoder.container(keyedBy: Kind.self)
            var values = kinds.nestedContainer(keyedBy: SubwordKeys.self, forKey: .subwords)
            try values.encode(merges, forKey: .merges)
            try values.encode(isLowercase, forKey: .lowercase)
        }
    }
}
