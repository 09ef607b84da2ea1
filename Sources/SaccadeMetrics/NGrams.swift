import Foundation
import SaccadePrelude

/// How often each run of `length` neighbouring words occurs in a sentence.
func nGramCounts<Word: Hashable>(_ words: [Word], length: Int) -> [ArraySlice<Word>: Int] {
    guard words.count >= length else { return [:] }
    var counts: [ArraySlice<Word>: Int] = [:]
    for start in 0...words.count - length { counts[words[start..<start + length], default: 0] += 1 }
    return counts
}

/// What BLEU is made of: the n-grams that sentences share with their references, and how long both are.
struct NGramOverlap: Sendable, Hashable, Codable {
    /// How many n-grams of 1, 2, 3 and 4 words some reference has, each at most as often as the one that has it most
    /// often.
    private(set) var matches = [0, 0, 0, 0]
    /// How many n-grams of 1, 2, 3 and 4 words the sentences have.
    private(set) var possible = [0, 0, 0, 0]
    /// In words.
    private(set) var candidateLength = 0
    /// In words, of the reference that is nearest in length; of two the shorter.
    private(set) var referenceLength = 0

    /// Counts a sentence.
    ///
    /// - Precondition: There is a reference.
    mutating func add<Word: Hashable>(_ candidate: [Word], references: [[Word]]) {
        require(!references.isEmpty, "BLEU: a sentence without references")
        for order in 1...4 {
            var limits: [ArraySlice<Word>: Int] = [:]
            for reference in references {
                limits.merge(nGramCounts(reference, length: order), uniquingKeysWith: max)
            }
            for (nGram, count) in nGramCounts(candidate, length: order) {
                matches[order - 1] += min(count, limits[nGram] ?? 0)
            }
            possible[order - 1] += max(candidate.count - order + 1, 0)
        }
        candidateLength += candidate.count
        referenceLength += references.map(\.count).min {
            (abs($0 - candidate.count), $0) < (abs($1 - candidate.count), $1)
        }!
    }

    /// The factor for sentences that are shorter than their references, in 0...1.
    var brevityPenalty: Double {
        guard candidateLength < referenceLength else { return 1 }
        return candidateLength == 0 ? 0 : exp(1 - Double(referenceLength) / Double(candidateLength))
    }
}
