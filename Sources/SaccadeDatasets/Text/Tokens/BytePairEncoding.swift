import SaccadePrelude

/// Merges of neighbouring pieces of words, in the order in which they were learnt.
///
/// Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016), section 3.2. A word begins as
/// its Unicode scalars, the last of which is marked as an end; the pieces of it that are the earliest merge become one,
/// again and again. Merges and their order are subword-nmt's.
struct BytePairEncoding: Sendable, Equatable {
    /// Stands behind the last piece of a word, as in subword-nmt's files.
    static let end = "</w>"
    /// Words are taken apart as if they were as long as that at most, in scalars: no word of a language is longer, and
    /// what is would take time by the square.
    static let wordLimit = 256

    /// Two pieces that become one.
    struct Merge: Sendable, Hashable {
        let left: ExactText
        let right: ExactText

        init(_ left: ExactText, _ right: ExactText) { (self.left, self.right) = (left, right) }

        /// A merge of a file: two pieces with a space between.
        init?(_ text: String) {
            let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ (1...Vocabulary.wordByteLimit).contains($0.count) }) else {
                return nil
            }
            self.init(ExactText(Substring(parts[0])), ExactText(Substring(parts[1])))
        }

        var text: String { "\(left.text) \(right.text)" }
        var result: ExactText { ExactText(left.text + right.text) }
    }

    let merges: [Merge]
    /// The numbers of pieces.
    private let pieces: [ExactText: Int32]
    /// Which merge two pieces are, and the number of what they become.
    private let rules: [PiecePair: (rank: Int, result: Int32)]

    init(_ merges: [Merge]) {
        self.merges = merges
        var pieces: [ExactText: Int32] = [:]
        func number(_ piece: ExactText) -> Int32 {
            if let known = pieces[piece] { return known }
            let number = Int32(pieces.count)
            pieces[piece] = number
            return number
        }
        var rules: [PiecePair: (rank: Int, result: Int32)] = [:]
        for (rank, merge) in merges.enumerated() {
            let pair = PiecePair(number(merge.left), number(merge.right))
            // The same piece may come about in two ways, and a merge be learnt twice: the first counts.
            if rules[pair] == nil { rules[pair] = (rank, number(merge.result)) }
        }
        (self.pieces, self.rules) = (pieces, rules)
    }

    /// Learns the most frequent merges of words.
    ///
    /// - Parameters:
    ///   - counts: How often each word occurs.
    ///   - merges: How many are wanted; there are fewer where no pair is left that occurs twice.
    init(learningFrom counts: [ExactText: Int], merges: Int) {
        var learner = BytePairLearner(counts)
        var learnt: [Merge] = []
        while learnt.count < merges, let merge = learner.next() { learnt.append(merge) }
        self.init(learnt)
    }

    /// The scalars of a word, the last with the mark of an end.
    static func scalars(of word: some Collection<Unicode.Scalar>) -> [ExactText] {
        var scalars = word.map { ExactText(String($0)) }
        if let last = scalars.popLast() { scalars.append(ExactText(last.text + end)) }
        return scalars
    }

    /// The pieces of a word, which together are the word.
    func pieces(of word: String) -> [String] {
        let scalars = Array(word.unicodeScalars)
        var result: [String] = []
        for start in stride(from: 0, to: scalars.count, by: Self.wordLimit) {
            let part = scalars[start..<min(start + Self.wordLimit, scalars.count)]
            var next = part.startIndex
            for length in lengths(of: part) {
                var piece = String.UnicodeScalarView()
                piece.append(contentsOf: part[next..<next + length])
                result.append(String(piece))
                next += length
            }
        }
        return result
    }

    /// How many scalars each piece of a word has.
    private func lengths(of word: ArraySlice<Unicode.Scalar>) -> [Int] {
        // A scalar that no merge knows has a number that no merge has.
        var numbers = Self.scalars(of: word).map { pieces[$0] ?? -1 }
        var lengths = [Int](repeating: 1, count: numbers.count)
        while numbers.count > 1 {
            var best: (rank: Int, result: Int32)?
            var pair = PiecePair(-1, -1)
            for index in 1..<numbers.count {
                let candidate = PiecePair(numbers[index - 1], numbers[index])
                guard let rule = rules[candidate], rule.rank < best?.rank ?? .max else { continue }
                (best, pair) = (rule, candidate)
            }
            guard let best else { break }
            var kept = 0
            var index = 0
            while index < numbers.count {
                let isMerge = index + 1 < numbers.count && PiecePair(numbers[index], numbers[index + 1]) == pair
                numbers[kept] = isMerge ? best.result : numbers[index]
                lengths[kept] = isMerge ? lengths[index] + lengths[index + 1] : lengths[index]
                kept += 1
                index += isMerge ? 2 : 1
            }
            numbers.removeLast(numbers.count - kept)
            lengths.removeLast(lengths.count - kept)
        }
        return lengths
    }

    static func == (a: BytePairEncoding, b: BytePairEncoding) -> Bool { a.merges == b.merges }
}

/// Two neighbouring pieces, by their numbers.
struct PiecePair: Hashable, Sendable {
    let left: Int32
    let right: Int32

    init(_ left: Int32, _ right: Int32) { (self.left, self.right) = (left, right) }
}
