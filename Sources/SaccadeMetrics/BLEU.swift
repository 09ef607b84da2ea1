import Foundation
import SaccadePrelude

/// How far sentences are made of pieces of their references: BLEU-1 to BLEU-4, over a whole set.
///
/// The geometric mean of the shares of n-grams that some reference has (each as often as the reference that has it most
/// often), times a penalty for answers shorter than their references. Papineni et al., "BLEU: a Method for Automatic
/// Evaluation of Machine Translation" (2002); the reference that is nearest in length counts, of two the shorter.
public struct BLEU: Sendable, Hashable, Codable {
    private var matches = [0, 0, 0, 0]
    private var possible = [0, 0, 0, 0]
    private var candidateLength = 0
    private var referenceLength = 0

    public init() {}

    /// Counts a sentence.
    ///
    /// - Parameters:
    ///   - candidate: The words to judge.
    ///   - references: The words of each right answer.
    /// - Precondition: There is a reference.
    public mutating func add(_ candidate: [String], references: [[String]]) {
        require(!references.isEmpty, "BLEU: a sentence without references")
        for order in 1...4 {
            var limits: [ArraySlice<String>: Int] = [:]
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

    /// BLEU-1, BLEU-2, BLEU-3 and BLEU-4, each in 0...1; 0 where no n-gram of an order agrees.
    public var scores: [Double] {
        let isShort = candidateLength < referenceLength
        let penalty = isShort ? exp(1 - Double(referenceLength) / Double(candidateLength)) : 1
        var product = 1.0
        return (1...4).map { order in
            product *= possible[order - 1] == 0 ? 0 : Double(matches[order - 1]) / Double(possible[order - 1])
            return product == 0 ? 0 : penalty * pow(product, 1 / Double(order))
        }
    }
}
