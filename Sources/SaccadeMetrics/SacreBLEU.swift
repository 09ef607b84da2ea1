import Foundation
import SaccadePrelude

/// BLEU of translations as sacrebleu gives it by default: on sentences as they are written, so that figures can be
/// compared.
///
/// Post, "A Call for Clarity in Reporting BLEU Scores" (2018). Sentences are taken apart by ``ThirteenA``, the rules of
/// mteval-v13a; orders of n-grams without a match are smoothed exponentially (method 3 of Chen and Cherry, "A
/// Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", 2014). The figure is that of the whole set.
public struct SacreBLEU: Sendable, Hashable, Codable {
    /// Whether capitals count as small letters.
    public let isLowercase: Bool
    private var overlap = NGramOverlap()
    private var fewestReferences = Int.max
    private var mostReferences = 0

    /// - Parameter isLowercase: Whether capitals count as small letters; sacrebleu's `--lowercase`.
    public init(isLowercase: Bool = false) { self.isLowercase = isLowercase }

    /// Counts a translation.
    ///
    /// - Parameters:
    ///   - translation: The sentence to judge, as it would be printed.
    ///   - references: The right answers, as they are written.
    /// - Precondition: There is a reference.
    public mutating func add(_ translation: String, references: [String]) {
        overlap.add(tokens(of: translation), references: references.map(tokens))
        fewestReferences = min(fewestReferences, references.count)
        mostReferences = max(mostReferences, references.count)
    }

    private func tokens(of sentence: String) -> [ExactText] {
        ThirteenA.tokens(of: isLowercase ? LowercasedText.text(of: sentence) : sentence).map { ExactText($0) }
    }

    /// The figure, in 0...100; 0 before anything was added.
    public var score: Double {
        let precisions = precisions
        guard precisions.allSatisfy({ $0 > 0 }) else { return 0 }
        return overlap.brevityPenalty * exp(precisions.reduce(0) { $0 + log($1) } / 4)
    }

    /// The shares of 1-, 2-, 3- and 4-grams that a reference has, each in 0...100.
    ///
    /// Without a match it is half of one, for the next order without one a quarter, and so on; 0 where nothing matches
    /// at all, and from the order on that no sentence is long enough for.
    public var precisions: [Double] {
        guard overlap.matches.contains(where: { $0 > 0 }) else { return [0, 0, 0, 0] }
        var smoothing = 1.0
        return zip(overlap.matches, overlap.possible).map { matches, possible in
            guard possible > 0 else { return 0 }
            guard matches == 0 else { return 100 * Double(matches) / Double(possible) }
            smoothing *= 2
            return 100 / (smoothing * Double(possible))
        }
    }

    /// The factor for translations that are shorter than their references, in 0...1.
    public var brevityPenalty: Double { overlap.brevityPenalty }

    /// How many words the translations have, punctuation marks too.
    public var translationLength: Int { overlap.candidateLength }

    /// How many words the references have that are nearest to their translations in length.
    public var referenceLength: Int { overlap.referenceLength }

    /// What was measured, in sacrebleu's words: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`.
    public var signature: String {
        let references = fewestReferences == mostReferences || mostReferences == 0 ? "\(mostReferences)" : "var"
        return "nrefs:\(references)|case:\(isLowercase ? "lc" : "mixed")|eff:no|tok:13a|smooth:exp"
    }
}
