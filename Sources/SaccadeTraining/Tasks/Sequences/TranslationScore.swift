public import SaccadeMetrics

/// How well a network translates.
public struct TranslationScore: TaskScore {
    private var perplexity = Perplexity()
    private(set) var bleu = SacreBLEU()
    public private(set) var count = 0

    mutating func add(nats: Double, tokens: Int) { perplexity.add(nats: nats, tokens: tokens) }

    mutating func add(_ hypothesis: String, reference: String) {
        bleu.add(hypothesis, references: [reference])
        count += 1
    }

    public var metrics: [Metric: Double] {
        [
            .loss: perplexity.nats / Double(max(perplexity.tokens, 1)), .perplexity: perplexity.value,
            .bleu: bleu.score / 100,
        ]
    }
}
