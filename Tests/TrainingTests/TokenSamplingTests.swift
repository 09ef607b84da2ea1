import Foundation
import SaccadePrelude
import SaccadeTraining
import Testing

@Suite struct TokenSamplingTests {
    private static let scores: [Float] = [0.5, 2, -1, 1.5, 0]

    @Test("tokens come as often as they are probable", arguments: [0.5, 1, 2])
    func frequencies(_ temperature: Double) {
        let weights = Self.scores.map { exp(Double($0) / temperature) }
        var generator = SplitMix64(seed: 4)
        var counts = [Int](repeating: 0, count: 5)
        let draws = 40_000
        for _ in 0..<draws {
            counts[TokenSampling(temperature: temperature).token(by: Self.scores, using: &generator)] += 1
        }
        for (count, weight) in zip(counts, weights) {
            let expected = weight / weights.reduce(0, +)
            // Five standard deviations.
            #expect(abs(Double(count) / Double(draws) - expected) < 5 * (expected / Double(draws)).squareRoot())
        }
    }

    @Test("at temperature 0 the likeliest, of equals the first")
    func coldest() {
        var generator = SplitMix64(seed: 1)
        #expect(TokenSampling(temperature: 0).token(by: Self.scores, using: &generator) == 1)
        #expect(TokenSampling(temperature: 0).token(by: [1, 3, 3], using: &generator) == 1)
    }

    @Test("of the k likeliest alone, and never what is no number")
    func restricted() {
        var generator = SplitMix64(seed: 2)
        let drawn = Set((0..<2000).map { _ in TokenSampling(topK: 2).token(by: Self.scores, using: &generator) })
        #expect(drawn == [1, 3])
        let odd: [Float] = [.nan, 1, -.infinity, .infinity]
        #expect((0..<100).allSatisfy { _ in TokenSampling().token(by: odd, using: &generator) == 1 })
        #expect(TokenSampling().token(by: [.nan, .nan], using: &generator) == 0)
    }

    @Test(
        "settings that cannot be",
        arguments: [TokenSampling(temperature: -1), .init(temperature: .nan), .init(topK: 0)])
    func problems(_ sampling: TokenSampling) { #expect(sampling.problem != nil) }
}
