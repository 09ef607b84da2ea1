import Foundation
import SaccadePrelude

/// How the next token is chosen by its score.
public struct TokenSampling: Sendable, Equatable {
    /// By what scores are divided before they become probabilities: below 1 the likely becomes likelier, at 0 the likeliest is
    /// taken. At least 0.
    public var temperature = 1.0
    /// How many of the likeliest are drawn from, at least 1; nil is all. Fan et al., "Hierarchical Neural Story Generation"
    /// (2018).
    public var topK: Int?

    public init(temperature: Double = 1, topK: Int? = nil) { (self.temperature, self.topK) = (temperature, topK) }

    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        guard temperature >= 0, temperature.isFinite else {
            return "temperature must be at least 0, not \(temperature)"
        }
        if let topK, topK < 1 { return "top-k must be at least 1, not \(topK)" }
        return nil
    }

    /// Draws a token.
    ///
    /// - Parameter scores: One for each token, at least one; those that are not finite are never drawn while others are.
    /// - Returns: The token's number.
    public func token(by scores: [Float], using generator: inout some RandomNumberGenerator) -> Int {
        let order = topK.map { scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix($0) }
        let candidates = order.map(Array.init) ?? Array(scores.indices)
        let finite = candidates.filter { scores[$0].isFinite }
        guard let best = finite.max(by: { (scores[$0], $1) < (scores[$1], $0) }) else { return candidates[0] }
        guard temperature > 0, finite.count > 1 else { return best }
        let weights = finite.map { exp(Double(scores[$0] - scores[best]) / temperature) }
        var left = Double.random(in: 0..<1, using: &generator) * weights.reduce(0, +)
        for (token, weight) in zip(finite, weights) {
            left -= weight
            if left < 0 { return token }
        }
        return best
    }
}
