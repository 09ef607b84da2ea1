import Foundation

/// How surprised a model is by text.
public struct Perplexity: Sendable, Hashable, Codable {
    /// The negative logarithm of the probability of all text so far, in nats.
    public private(set) var nats = 0.0
    /// How many predictions were made: words, pieces of words, or characters.
    public private(set) var tokens = 0
    /// How many characters the text has.
    public private(set) var characters = 0

    public init() {}

    /// Counts a piece of text.
    ///
    /// - Parameters:
    ///   - nats: The sum of -ln p over its tokens: a mean cross-entropy times `tokens`.
    ///   - tokens: How many predictions that was.
    ///   - characters: How many characters of text that was; nil when the tokens are characters.
    public mutating func add(nats: Double, tokens: Int, characters: Int? = nil) {
        self.nats += nats
        self.tokens += tokens
        self.characters += characters ?? tokens
    }

    /// From how many tokens the model might as well have drawn each with equal chances: exp(nats / tokens), at least 1;
    /// 1 before anything was added.
    public var value: Double { tokens == 0 ? 1 : exp(nats / Double(tokens)) }

    /// Bits that an ideal coder with this model takes for a character; 0 before anything was added.
    public var bitsPerCharacter: Double { characters == 0 ? 0 : nats / Double(characters) / log(2) }
}
