import Foundation

/// How far sentences are made of pieces of their references: BLEU-1 to BLEU-4, over a whole set.
///
/// The geometric mean of the shares of n-grams that some reference has (each as often as the reference that has it most
/// often), times a penalty for answers shorter than their references. Papineni et al., "BLEU: a Method for Automatic
/// Evaluation of Machine Translation" (2002); the reference that is nearest in length counts, of two the shorter.
///
/// Sentences come as words, and no n-gram that does not occur is given a share, as for captions. For translations, see
/// ``SacreBLEU``.
public struct BLEU: Sendable, Hashable, Codable {
    private var overlap = NGramOverlap()

    public init() {}

    /// Counts a sentence.
    ///
    /// - Parameters:
    ///   - candidate: The words to judge.
    ///   - references: The words of each right answer.
    /// - Precondition: There is a reference.
    public mutating func add(_ candidate: [String], references: [[String]]) {
        overlap.add(candidate, references: references)
    }

    /// BLEU-1, BLEU-2, BLEU-3 and BLEU-4, each in 0...1; 0 where no n-gram of an order agrees.
    public var scores: [Double] {
        var product = 1.0
        return zip(1...4, zip(overlap.matches, overlap.possible)).map { order, counts in
            product *= counts.1 == 0 ? 0 : Double(counts.0) / Double(counts.1)
            return product == 0 ? 0 : overlap.brevityPenalty * pow(product, 1 / Double(order))
        }
    }
}
