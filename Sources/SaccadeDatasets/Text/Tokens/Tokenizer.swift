import SaccadePrelude
import SaccadeSettings

/// Takes texts apart into tokens, and puts them together again; what it learnt for that is stored with a model's
/// weights.
public struct Tokenizer: Sendable, Equatable {
    public let tokenization: Tokenization
    private let encoding: BytePairEncoding

    /// Stands behind a piece of a word that goes on, as in subword-nmt.
    private static let continuation = "@@"

    /// Makes a tokenizer, which for ``Tokenization/subwords(merges:isLowercase:)`` learns from texts: of two languages
    /// together where both are given.
    ///
    /// - Parameter texts: Sentences; other kinds of tokens learn nothing of them.
    public init(_ tokenization: Tokenization, learningFrom texts: some Sequence<String> = []) {
        self.tokenization = tokenization
        guard case .subwords(let merges, _) = tokenization else {
            encoding = BytePairEncoding([])
            return
        }
        require(
            (0...Tokenization.mergeLimit).contains(merges),
            "Tokenizer: merges must be in 0...\(Tokenization.mergeLimit), not \(merges)")
        var counts: [ExactText: Int] = [:]
        for text in texts {
            for word in Self.words(of: text, tokenization) { counts[ExactText(word), default: 0] += 1 }
        }
        encoding = BytePairEncoding(learningFrom: counts, merges: merges)
    }

    /// How many merges were learnt: fewer than wanted where texts are short.
    public var mergeCount: Int { encoding.merges.count }

    /// The tokens of a text. A piece of a word that goes on ends in `@@`.
    public func tokens(of text: String) -> [String] {
        switch tokenization {
        case .characters: text.unicodeScalars.map { String($0) }
        case .words: Self.words(of: text, tokenization)
        case .subwords:
            Self.words(of: text, tokenization).flatMap { word -> [String] in
                let pieces = encoding.pieces(of: word)
                return pieces.dropLast().map { $0 + Self.continuation } + pieces.suffix(1)
            }
        }
    }

    /// The text of tokens; see ``WordRules/text(from:)``.
    public func text(from tokens: some Sequence<String>) -> String {
        switch tokenization {
        case .characters: return tokens.reduce(into: "") { $0 += $1 }
        case .words: return WordRules.text(from: tokens)
        case .subwords:
            var words: [String] = []
            var open = ""
            for token in tokens {
                if let piece = Self.continuedPiece(token) {
                    open += piece
                } else {
                    words.append(open + token)
                    open = ""
                }
            }
            return WordRules.text(from: open.isEmpty ? words : words + [open])
        }
    }

    /// A piece of a word that goes on, without its mark. No other token ends like one, for each `@` of a text is a
    /// token.
    private static func continuedPiece(_ token: String) -> Substring? {
        let mark = continuation.utf8
        guard token.utf8.count > mark.count, token.utf8.suffix(mark.count).elementsEqual(mark) else { return nil }
        return Substring(token.utf8.dropLast(mark.count))
    }

    private static func words(of text: String, _ tokenization: Tokenization) -> [String] {
        WordRules.tokens(of: tokenization.isLowercase ? text.lowercased() : text)
    }
}

/// Written as `{"tokenization": {"subwords": {…}}, "merges": ["t h", "th e</w>"]}`: in the order in which merges were
/// learnt.
extension Tokenizer: Codable {
    private enum Keys: String, CodingKey, CaseIterable { case tokenization, merges }

    /// - Throws: `DecodingError` where there are more merges than were to be learnt, or a merge is not two pieces.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        tokenization = try values.decode(Tokenization.self, forKey: .tokenization)
        guard case .subwords(let limit, _) = tokenization else {
            try decoder.refuse(values.contains(.merges) ? "only subwords have merges" : nil)
            encoding = BytePairEncoding([])
            return
        }
        let list = try values.nestedUnkeyedContainer(forKey: .merges)
        try decoder.refuse(
            list.count ?? 0 <= limit
                ? nil : "there are \(list.count ?? 0) merges, and at most \(limit) were to be learnt")
        let merges = try values.decode([String].self, forKey: .merges)
        encoding = BytePairEncoding(
            try merges.enumerated().map { index, text in
                guard let merge = BytePairEncoding.Merge(text) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .merges, in: values,
                        debugDescription: "merge \(index), “\(text.prefix(80))”, is not two pieces with a space between"
                    )
                }
                return merge
            })
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(tokenization, forKey: .tokenization)
        if case .subwords = tokenization { try values.encode(encoding.merges.map(\.text), forKey: .merges) }
    }
}
