import SaccadePrelude

/// How much of sentences and their references is the same words in the same order, averaged over sentences.
///
/// P is the longest common subsequence over the length of the answer, R over that of the reference, each the best of all
/// references; the score is (1 + β²) P R / (R + β² P), with β = 1.2 as for image captions. Lin, "ROUGE: A Package for
/// Automatic Evaluation of Summaries" (2004), equations 2–4.
public struct ROUGEL: Sendable, Hashable, Codable {
    private var mean = RunningMean()

    public init() {}

    /// Counts a sentence.
    ///
    /// - Parameters:
    ///   - candidate: The words to judge.
    ///   - references: The words of each right answer.
    /// - Precondition: There is a reference.
    public mutating func add(_ candidate: [String], references: [[String]]) {
        require(!references.isEmpty, "ROUGEL: a sentence without references")
        var (precision, recall) = (0.0, 0.0)
        for reference in references where !reference.isEmpty && !candidate.isEmpty {
            let common = Double(longestCommonSubsequence(candidate, reference))
            precision = max(precision, common / Double(candidate.count))
            recall = max(recall, common / Double(reference.count))
        }
        let weight = 1.2 * 1.2
        mean.add(precision == 0 ? 0 : (1 + weight) * precision * recall / (recall + weight * precision))
    }

    /// In 0...1; 0 before anything was added.
    public var score: Double { mean.value }
}

/// The most elements that both sequences have in the same order; others may lie between.
func longestCommonSubsequence(_ a: [String], _ b: [String]) -> Int {
    var lengths = [Int](repeating: 0, count: b.count + 1)
    for word in a {
        var diagonal = 0
        for (index, other) in b.enumerated() {
            let above = lengths[index + 1]
            lengths[index + 1] = word == other ? diagonal + 1 : max(above, lengths[index])
            diagonal = above
        }
    }
    return lengths[b.count]
}
