import Foundation
public import SaccadeMetrics
import SaccadeTensors

/// How well a network predicts a text, token by token, from its first piece to its last: it has always seen all that came
/// before.
public struct TextScore: TaskScore {
    /// Pieces of text.
    public internal(set) var count = 0
    private(set) var perplexity = Perplexity()
    private var right = 0
    /// The states behind the last piece.
    private(set) var states: [Tensor] = []

    /// - Parameters:
    ///   - scores: `[T, tokens]`.
    ///   - targets: The tokens that came, T of them.
    ///   - characters: Of the text that they are.
    mutating func add(_ scores: Tensor, _ targets: Tensor, characters: Int, states: [Tensor]) {
        let tokens = targets.shape[0]
        let nats = Double(crossEntropy(scores, targets).item) * Double(tokens)
        perplexity.add(nats: nats, tokens: tokens, characters: characters)
        right += zip(argMax(scores, axis: 1).scalars, targets.scalars).count { $0 == $1 }
        self.states = states
    }

    public var metrics: [Metric: Double] {
        let tokens = Double(max(perplexity.tokens, 1))
        return [
            .loss: perplexity.nats / tokens, .bitsPerCharacter: perplexity.bitsPerCharacter,
            .perplexity: perplexity.value, .accuracy: Double(right) / tokens,
        ]
    }
}
