import Foundation
import SaccadePrelude

/// How much captions agree with what most people say about their images, rare words counting more.
///
/// Sentences become vectors of their n-grams, weighted by how rarely images of the set have them; the score is the
/// cosine between a caption and each of its references, averaged over references, over n = 1...4, and over captions, times
/// 10. Vedantam et al., "CIDEr: Consensus-based Image Description Evaluation" (2015), equations 1–3, and 4 for CIDEr-D,
/// which is what caption challenges report. Rarity is known only at the end, so all sentences are kept until then.
public struct CIDEr: Sendable {
    private struct Caption {
        var candidate: [String]
        var references: [[String]]
    }

    /// The weights of a sentence's n-grams.
    private struct Vector {
        var ordered: [(nGram: ArraySlice<String>, weight: Double)] = []
        var weights: [ArraySlice<String>: Double] = [:]
        var square = 0.0

        mutating func append(_ nGram: ArraySlice<String>, weight: Double) {
            ordered.append((nGram, weight))
            weights[nGram] = weight
            square += weight * weight
        }
    }

    private var captions: [Caption] = []

    public init() {}

    /// Takes a caption for the judgement.
    ///
    /// - Parameters:
    ///   - candidate: The words to judge.
    ///   - references: The words of each right answer.
    /// - Precondition: There is a reference.
    public mutating func add(_ candidate: [String], references: [[String]]) {
        require(!references.isEmpty, "CIDEr: a caption without references")
        captions.append(Caption(candidate: candidate, references: references))
    }

    /// CIDEr, in 0...10; 0 before anything was added.
    public var score: Double { mean(captionScores(isD: false)) }

    /// CIDEr-D, in 0...10: words that a caption repeats more often than a reference does not count, nor do captions of
    /// another length (a Gaussian of σ = 6 words); 0 before anything was added.
    public var scoreD: Double { mean(captionScores(isD: true)) }

    /// The CIDEr-D of each caption, in the order in which they were added.
    public var captionScoresD: [Double] { captionScores(isD: true) }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private func captionScores(isD: Bool) -> [Double] {
        var scores = [Double](repeating: 0, count: captions.count)
        for length in 1...4 {
            var imageCounts: [ArraySlice<String>: Int] = [:]
            for caption in captions {
                let seen = caption.references.reduce(into: Set()) { $0.formUnion(nGramCounts($1, length: length).keys) }
                for nGram in seen { imageCounts[nGram, default: 0] += 1 }
            }
            func vector(_ words: [String]) -> Vector {
                var vector = Vector()
                // In an order of its own, so that every run adds in the same order.
                let counts = nGramCounts(words, length: length).sorted { $0.key.startIndex < $1.key.startIndex }
                for (nGram, count) in counts {
                    let rarity = log(Double(captions.count)) - log(Double(max(1, imageCounts[nGram] ?? 0)))
                    vector.append(nGram, weight: Double(count) * rarity)
                }
                return vector
            }
            for (index, caption) in captions.enumerated() {
                let candidate = vector(caption.candidate)
                var sum = 0.0
                for reference in caption.references {
                    let other = vector(reference)
                    let norms = (candidate.square * other.square).squareRoot()
                    guard norms > 0 else { continue }
                    var product = 0.0
                    for (nGram, weight) in candidate.ordered {
                        guard let otherWeight = other.weights[nGram] else { continue }
                        product += (isD ? min(weight, otherWeight) : weight) * otherWeight
                    }
                    // The published program counts pairs of words, which gives the same difference unless one is empty.
                    let difference = Double(max(caption.candidate.count - 1, 0) - max(reference.count - 1, 0))
                    sum += product / norms * (isD ? exp(-difference * difference / 72) : 1)
                }
                scores[index] += 10 * sum / Double(caption.references.count) / 4
            }
        }
        return scores
    }
}
