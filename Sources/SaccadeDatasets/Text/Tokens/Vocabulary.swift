import SaccadePrelude

/// Which number stands for which token: a word, a piece of one, or a character.
///
/// Special words have the first numbers, in the order of ``Special``; the others follow without gaps. Two words are the
/// same where they have the same Unicode scalars: an é of one scalar is another word than an e with an accent behind
/// it, as in files and to other programs. A special word is never found by its text, whatever stands in a text.
public struct Vocabulary: Sendable {
    /// Words that no text has.
    public enum Special: String, Sendable, Codable, CaseIterable {
        /// Fills a batch behind the ends of its shorter sequences.
        case padding
        /// Stands for every word that has no number.
        case unknown
        /// Comes before the first word.
        case start
        /// Comes behind the last word.
        case end

        /// What it looks like among words.
        public var text: String {
            switch self {
            case .padding: "<pad>"
            case .unknown: "<unk>"
            case .start: "<s>"
            case .end: "</s>"
            }
        }
    }

    /// The most words that there may be, special ones too: 2 097 152, more than Unicode has scalars.
    public static let sizeLimit = 1 << 21
    /// The longest that a word may be, in bytes of UTF-8; longer ones are not taken from texts.
    public static let wordByteLimit = 1024

    /// The special words that there are, in the order of their numbers, from 0.
    public let specials: [Special]
    /// The other words, in the order of their numbers, from `specials.count`.
    public let words: [String]
    private let numbers: [ExactText: Int]

    /// How many words there are, special ones too.
    public var count: Int { specials.count + words.count }

    /// A vocabulary of given words: `["h", "e", "l", "o"]`.
    ///
    /// - Precondition: No word is empty, longer than ``wordByteLimit``, or there twice; with the special words there
    ///   are at most ``sizeLimit``.
    public init(_ words: [String], specials: Set<Special> = []) {
        let problem = Self.problem(words, specials.count)
        require(problem == nil, "Vocabulary: \(problem ?? "")")
        self.init(words, specials.sorted)
    }

    /// - Precondition: The words are as ``problem(_:_:)`` wants them.
    init(_ words: [String], _ specials: [Special]) {
        (self.words, self.specials) = (words, specials)
        numbers = Dictionary(
            zip(words.lazy.map { ExactText($0) }, specials.count...), uniquingKeysWith: { first, _ in first })
    }

    /// The words of texts, the most frequent first; of those that are as frequent, by their bytes. The order of the
    /// texts does not matter.
    ///
    /// - Parameters:
    ///   - texts: The tokens of each text.
    ///   - minimumCount: How often a word must occur to be taken; at least 1.
    ///   - maximumSize: How many words there may be, special ones too; the most frequent stay. In 0...``sizeLimit``.
    ///   - specials: The special words that are wanted.
    public init(
        counting texts: some Sequence<some Sequence<String>>, minimumCount: Int = 1, maximumSize: Int = sizeLimit,
        specials: Set<Special> = Set(Special.allCases)
    ) {
        require(minimumCount >= 1, "Vocabulary: the minimum count must be at least 1, not \(minimumCount)")
        require(
            (0...Self.sizeLimit).contains(maximumSize),
            "Vocabulary: the size must be in 0...\(Self.sizeLimit), not \(maximumSize)")
        var counts: [ExactText: Int] = [:]
        for text in texts {
            for word in text where (1...Self.wordByteLimit).contains(word.utf8.count) {
                counts[ExactText(word), default: 0] += 1
            }
        }
        let frequent = counts.filter { $0.value >= minimumCount }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        self.init(frequent.prefix(max(maximumSize - specials.count, 0)).map(\.key.text), specials.sorted)
    }

    /// The characters of texts, each a Unicode scalar, in the order of their numbers in Unicode.
    ///
    /// Scalars, not what a reader takes for a character, so that an alphabet stays small and is the one that other
    /// programs have: 65 in Tiny Shakespeare.
    public init(charactersOf texts: some Sequence<String>, specials: Set<Special> = []) {
        var scalars: Set<Unicode.Scalar> = []
        for text in texts { scalars.formUnion(text.unicodeScalars) }
        self.init(scalars.sorted().map { String($0) }, specials.sorted)
    }

    /// What is wrong with a list of words; nil where nothing is.
    static func problem(_ words: [String], _ specials: Int) -> String? {
        guard words.count <= sizeLimit - specials else {
            return "there are \(words.count) words where at most \(sizeLimit - specials) make sense"
        }
        var seen: Set<ExactText> = []
        for (index, word) in words.enumerated() {
            if word.isEmpty { return "word \(index) is empty" }
            if word.utf8.count > wordByteLimit {
                return "word \(index) has \(word.utf8.count) bytes where at most \(wordByteLimit) make sense"
            }
            guard seen.insert(ExactText(word)).inserted else { return "word \(index), “\(word)”, is there twice" }
        }
        return nil
    }
}

extension Vocabulary {
    /// The number of a word; nil where it is not known.
    public func number(of word: String) -> Int? { numbers[ExactText(word)] }

    /// The number of a special word; nil where there is none.
    public func number(of special: Special) -> Int? { specials.firstIndex(of: special) }

    /// The word of a number, special ones as their texts.
    ///
    /// - Precondition: `number` is in `0..<count`.
    public subscript(number: Int) -> String {
        require((0..<count).contains(number), "Vocabulary: the number \(number) is not in 0..<\(count)")
        return number < specials.count ? specials[number].text : words[number - specials.count]
    }

    /// The numbers of tokens, that of ``Special/unknown`` for those that have none.
    ///
    /// - Throws: ``UnknownToken`` for the first that has no number, where there is no such special word.
    public func numbers(of tokens: some Sequence<String>) throws(UnknownToken) -> [Int] {
        let unknown = number(of: .unknown)
        var result: [Int] = []
        result.reserveCapacity(tokens.underestimatedCount)
        for token in tokens {
            guard let number = number(of: token) ?? unknown else {
                throw UnknownToken(token, position: result.count, vocabulary: self)
            }
            result.append(number)
        }
        return result
    }

    /// The tokens of numbers, up to the first ``Special/end``, without padding and start.
    ///
    /// - Precondition: The numbers are in `0..<count`.
    public func tokens(of numbers: some Sequence<Int>) -> [String] {
        let (end, padding, start) = (number(of: .end), number(of: .padding), number(of: .start))
        return numbers.prefix { $0 != end }.filter { $0 != padding && $0 != start }.map { self[$0] }
    }
}

extension Vocabulary: Equatable {
    public static func == (a: Vocabulary, b: Vocabulary) -> Bool {
        a.specials == b.specials && a.numbers == b.numbers
    }
}

extension Set<Vocabulary.Special> {
    fileprivate var sorted: [Vocabulary.Special] { Vocabulary.Special.allCases.filter(contains) }
}
