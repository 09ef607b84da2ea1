import SaccadePrelude
public import SaccadeTensors

/// A word that a small recurrent network learns to write: every number before training and after, forwards and through time
/// backwards.
///
///     let hello = try RecurrentExample("hello")
///     hello.vocabulary            // h, e, l, o
///     hello.after.written         // "hello"
public struct RecurrentExample: Sendable {
    /// The most characters of a word.
    public static let longestWord = 64
    /// The most numbers of a state.
    public static let mostHidden = 16
    /// The most steps of training.
    public static let mostSteps = 10_000

    public let word: [Character]
    /// The word's characters, in the order in which they appear first.
    public let vocabulary: [Character]
    public let kind: RecurrentCell
    /// Numbers of the state.
    public let hidden: Int
    public let seed: UInt64
    public let before, after: RecurrentPass
    /// L in nats before the first step of training, after the first, and so on.
    public let losses: [Double]

    /// - Parameters:
    ///   - word: 2 to ``longestWord`` characters.
    ///   - kind: What is done in a step.
    ///   - hidden: 1 to ``mostHidden``.
    ///   - steps: Steps of training, 0 to ``mostSteps``; see ``WordNetwork/learn(_:steps:)``.
    ///   - seed: Of the first weights. The same seed gives the same numbers.
    /// - Throws: Why it cannot be.
    /// - Precondition: `kind` is not ``RecurrentCell/relu``, whose states know no bound.
    public init(
        _ word: String, kind: RecurrentCell = .tanh, hidden: Int = 3, steps: Int = 300, seed: UInt64 = 0
    ) throws(BuildingBlockError) {
        let (characters, network) = try Self.untrained(word, kind, hidden, steps, seed)
        (self.word, vocabulary) = (characters, network.vocabulary)
        (self.kind, self.hidden, self.seed) = (kind, hidden, seed)
        before = RecurrentPass(of: network, on: characters)
        losses = network.learn(characters, steps: steps)
        after = RecurrentPass(of: network, on: characters)
    }

    /// The network alone, trained as ``init(_:kind:hidden:steps:seed:)`` does: fed the word's first character it writes the
    /// word, where so few numbers can.
    public static func trained(
        on word: String, kind: RecurrentCell = .tanh, hidden: Int = 3, steps: Int = 300, seed: UInt64 = 0
    ) throws(BuildingBlockError) -> WordNetwork {
        let (characters, network) = try untrained(word, kind, hidden, steps, seed)
        network.learn(characters, steps: steps)
        return network
    }

    private static func untrained(
        _ word: String, _ kind: RecurrentCell, _ hidden: Int, _ steps: Int, _ seed: UInt64
    ) throws(BuildingBlockError) -> (word: [Character], network: WordNetwork) {
        require(kind != .relu, "RecurrentExample: states of relu know no bound")
        guard !word.unicodeScalars.contains("\u{FFFD}") else {
            throw BuildingBlockError("the word is not valid UTF-8, or has the character U+FFFD, which says so")
        }
        guard !word.isEmpty else {
            throw BuildingBlockError("the word is empty; give at least two characters, such as hello")
        }
        // One character may have any number of marks.
        guard word.utf8.count <= 16 * longestWord, word.count <= longestWord else {
            throw BuildingBlockError(
                "the word has \(word.count) characters in \(word.utf8.count) bytes; give at most \(longestWord), and 16 bytes "
                    + "for each of these")
        }
        guard word.count >= 2 else {
            throw BuildingBlockError(
                "“\(word)” is one character, which none follows: there is no step; give at least two")
        }
        guard (1...mostHidden).contains(hidden) else {
            throw BuildingBlockError("a state has 1 to \(mostHidden) numbers, not \(hidden)")
        }
        guard (0...mostSteps).contains(steps) else {
            throw BuildingBlockError("there can be 0 to \(mostSteps) steps of training, not \(steps)")
        }
        var vocabulary: [Character] = []
        for character in word where !vocabulary.contains(character) { vocabulary.append(character) }
        var generator = SplitMix64(seed: seed)
        return (Array(word), WordNetwork(kind, vocabulary: vocabulary, hidden: hidden, using: &generator))
    }
}
