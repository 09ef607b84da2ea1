/// How texts become numbers and numbers texts, as it was learnt from a data set: stored with the weights that were trained
/// with it.
public struct TextCoding: Sendable, Equatable, Codable {
    /// Takes texts apart and puts them together.
    public var tokenizer: Tokenizer
    /// Which number stands for which token.
    public var vocabulary: Vocabulary

    public init(tokenizer: Tokenizer, vocabulary: Vocabulary) {
        (self.tokenizer, self.vocabulary) = (tokenizer, vocabulary)
    }

    /// The numbers of a text's tokens, without any before or behind.
    ///
    /// - Throws: ``UnknownToken`` for the first that has no number, where the vocabulary has no word for those.
    public func numbers(of text: String) throws(UnknownToken) -> [Int] {
        try vocabulary.numbers(of: tokenizer.tokens(of: text))
    }

    /// The text of numbers, up to the first that ends it.
    ///
    /// - Precondition: The numbers are the vocabulary's.
    public func text(of numbers: some Sequence<Int>) -> String {
        tokenizer.text(from: vocabulary.tokens(of: numbers))
    }
}
