import Foundation

/// Finds what a network would rather write than anything else, token by token: the best few beginnings are kept at each
/// step. With one of them this is the greedy choice.
///
/// It knows no network: whoever uses it says what the scores of the next tokens are.
public struct BeamSearch: Sendable, Equatable {
    /// Beginnings that are kept, at least 1.
    public var width = 1
    /// The most tokens to write, END included; at least 1.
    public var limit = 100
    /// How much longer sequences are preferred: their log probability is divided by ((5 + length) / 6) to this power. Wu et
    /// al., "Google's Neural Machine Translation System" (2016), equation 14; 0 prefers short ones.
    public var lengthPenalty = 0.6

    public init(width: Int = 1, limit: Int = 100, lengthPenalty: Double = 0.6) {
        (self.width, self.limit, self.lengthPenalty) = (width, limit, lengthPenalty)
    }

    /// What was written.
    public struct Hypothesis: Sendable, Equatable {
        /// Without START; END is the last, unless the limit came before.
        public var tokens: [Int]
        /// Of all tokens together, in nats.
        public var logProbability: Double
        /// Whether END was written.
        public var isFinished: Bool
        /// Which of each step's beginnings it came from, in the order of the steps.
        public var path: [Int] = []
    }

    /// A beginning that is still written on, and where it came from.
    public struct Step: Sendable {
        /// The token to read next.
        public var token: Int
        /// Which of the last step's beginnings this one goes on from.
        public var parent: Int
    }

    /// - Parameters:
    ///   - start: The token before the first.
    ///   - end: The token behind the last.
    ///   - scores: Given the beginnings, in order, returns for each the log probabilities of all tokens. In the first call
    ///     there is one, of parent 0.
    /// - Returns: The best sequences first, as many as the width at most, at least one.
    public func search(
        from start: Int, to end: Int, _ scores: ([Step]) throws -> [[Float]]
    ) rethrows -> [Hypothesis] {
        var beginnings = [Hypothesis(tokens: [], logProbability: 0, isFinished: false)]
        var steps = [Step(token: start, parent: 0)]
        var finished: [Hypothesis] = []
        for length in 1...max(limit, 1) {
            let rows = try scores(steps)
            var candidates: [(parent: Int, token: Int, logProbability: Double)] = []
            for (parent, row) in rows.enumerated() {
                // No more than so many of a beginning can survive: one may end, the others have to go on.
                for token in Self.best(width + 1, of: row) {
                    candidates.append((parent, token, beginnings[parent].logProbability + Double(row[token])))
                }
            }
            candidates.sort { ($1.logProbability, $0.parent, $0.token) < ($0.logProbability, $1.parent, $1.token) }
            var next: [Hypothesis] = []
            steps = []
            for (rank, candidate) in candidates.enumerated() where next.count < width {
                let whole = Hypothesis(
                    tokens: beginnings[candidate.parent].tokens + [candidate.token],
                    logProbability: candidate.logProbability, isFinished: candidate.token == end,
                    path: beginnings[candidate.parent].path + [candidate.parent])
                if whole.isFinished {
                    // An end that is not among the best beginnings would never have been chosen.
                    if rank < width { finished.append(whole) }
                } else {
                    next.append(whole)
                    steps.append(Step(token: candidate.token, parent: candidate.parent))
                }
            }
            beginnings = next
            if beginnings.isEmpty || isDecided(finished, beginnings, length: length) { break }
        }
        let all = finished.count >= width ? finished : finished + beginnings
        return Array(all.sorted { score($0) > score($1) }.prefix(max(width, 1)))
    }

    /// What hypotheses are compared by; larger is better.
    public func score(_ hypothesis: Hypothesis) -> Double {
        hypothesis.logProbability / pow((5 + Double(hypothesis.tokens.count)) / 6, lengthPenalty)
    }

    /// Whether no beginning can become better than what is finished, however it goes on.
    private func isDecided(_ finished: [Hypothesis], _ beginnings: [Hypothesis], length: Int) -> Bool {
        guard finished.count >= width, let worst = finished.map(score).sorted(by: >).prefix(width).last,
            let best = beginnings.map(\.logProbability).max()
        else { return false }
        // Probabilities only fall; the penalty is kindest to the longest.
        return best / pow((5 + Double(lengthPenalty > 0 ? limit : length)) / 6, lengthPenalty) <= worst
    }

    /// The places of the largest elements, the largest first; of equals the first first.
    static func best(_ count: Int, of row: [Float]) -> [Int] {
        var best: [Int] = []
        for place in row.indices where !row[place].isNaN {
            if best.count == count, row[best[count - 1]] >= row[place] { continue }
            let position = best.firstIndex { row[$0] < row[place] } ?? best.count
            best.insert(place, at: position)
            if best.count > count { best.removeLast() }
        }
        return best.isEmpty ? Array(row.indices.prefix(count)) : best
    }
}
