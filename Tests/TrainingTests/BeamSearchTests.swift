import Foundation
import SaccadePrelude
import Testing

@testable import SaccadeTraining

@Suite struct BeamSearchTests {
    /// Log probabilities of four tokens that follow from what was written, 0 being the end.
    private static func row(after tokens: [Int], _ seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed, stream: tokens.reduce(1) { $0 * 7 + $1 })
        let weights = (0..<4).map { _ in Double.random(in: 0.05..<1, using: &generator) }
        return weights.map { Float(log($0 / weights.reduce(0, +))) }
    }

    private static func found(_ search: BeamSearch, _ seed: UInt64) -> [BeamSearch.Hypothesis] {
        var beginnings: [[Int]] = [[]]
        return search.search(from: 9, to: 0) { steps in
            beginnings = steps.map { step in step.token == 9 ? [] : beginnings[step.parent] + [step.token] }
            return beginnings.map { row(after: $0, seed) }
        }
    }

    /// All sequences that there can be, with what they come to.
    private static func all(limit: Int, _ seed: UInt64, _ tokens: [Int] = [], _ sum: Double = 0) -> [BeamSearch
        .Hypothesis]
    {
        guard tokens.count < limit else { return [.init(tokens: tokens, logProbability: sum, isFinished: false)] }
        return row(after: tokens, seed).enumerated().flatMap { token, value in
            let next = sum + Double(value)
            return token == 0
                ? [.init(tokens: tokens + [0], logProbability: next, isFinished: true)]
                : all(limit: limit, seed, tokens + [token], next)
        }
    }

    @Test("a beam as wide as all there is finds the best of all", arguments: 0..<20 as Range<UInt64>, [0, 0.6, 1])
    func exhaustive(_ seed: UInt64, _ penalty: Double) throws {
        let search = BeamSearch(width: 200, limit: 4, lengthPenalty: penalty)
        let best = try #require(Self.all(limit: 4, seed).max { search.score($0) < search.score($1) })
        let found = Self.found(search, seed)
        #expect(found[0].tokens == best.tokens)
        #expect(abs(found[0].logProbability - best.logProbability) < 1e-5)
        #expect(found.map(search.score) == found.map(search.score).sorted(by: >))
    }

    @Test("one beginning is the greedy choice", arguments: 0..<20 as Range<UInt64>)
    func greedy(_ seed: UInt64) {
        var tokens: [Int] = []
        while tokens.last != 0, tokens.count < 12 {
            let row = Self.row(after: tokens, seed)
            tokens.append(row.indices.max { row[$0] < row[$1] } ?? 0)
        }
        #expect(Self.found(BeamSearch(width: 1, limit: 12), seed).map(\.tokens) == [tokens])
    }

    @Test(
        "a wider beam is never worse at what it looks for, where nothing prefers long ones",
        arguments: 0..<20 as Range<UInt64>)
    func wider(_ seed: UInt64) {
        let scores = [1, 2, 4, 16].map { width in
            Self.found(BeamSearch(width: width, limit: 5, lengthPenalty: 0), seed)[0].logProbability
        }
        #expect(scores[3] >= scores[0] - 1e-9)
    }

    @Test("paths lead back to the first beginning")
    func paths() {
        for hypothesis in Self.found(BeamSearch(width: 3, limit: 6), 5) {
            #expect(hypothesis.path.count == hypothesis.tokens.count)
            #expect(hypothesis.path.first == 0)
        }
    }

    @Test("scores that are not numbers end no search")
    func notNumbers() {
        let found = BeamSearch(width: 2, limit: 3).search(from: 9, to: 0) { $0.map { _ in [.nan, -.infinity, .nan] } }
        #expect(!found.isEmpty)
    }
}
