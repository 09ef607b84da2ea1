public import SaccadeDatasets
import SaccadeLayers
import SaccadeModels
public import SaccadePrelude
public import SaccadeTensors

/// A language model that writes: each token is drawn by its score, and read as the next.
///
/// One step is a plan, and the states stay in its memory.
public final class TextGenerator {
    public let coding: TextCoding
    private let session: Plan.Session

    /// - Parameter options: How to compute.
    /// - Throws: ``RunError`` when the network is no language model, or does not say what its tokens are.
    public init(_ model: LoadedModel, options: Plan.Options = Plan.Options()) throws(RunError) {
        guard case .generate(let task) = model.description.task, let network = model.network as? LanguageModel else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.command), not to generate; use the command "
                    + "of its task.")
        }
        guard let coding = task.codings.first, coding.vocabulary.count == network.tokens else {
            throw RunError(
                .different, "\(model.name): the weights do not say what their tokens are; give a run, or its weights.")
        }
        self.coding = coding
        let shapes = [Shape([1, 1])] + network.zeroStates(1).map(\.shape)
        let plan = Plan(for: shapes, options: options, names: network.parameterNames) { network($0) }
        session = plan.session(carrying: (1..<shapes.count).map { (output: $0, input: $0) })
    }

    /// Writes on from a text.
    ///
    /// - Parameters:
    ///   - prompt: What the network reads before, all of it; nothing begins a line.
    ///   - length: Tokens to write, at least 0.
    ///   - sampling: How each is chosen.
    ///   - generator: Of all choices.
    ///   - write: Given each piece of text as soon as it is certain; returns whether to go on.
    /// - Throws: ``UnknownToken`` for the first token of the prompt that the network does not know.
    public func generate(
        from prompt: String, length: Int, _ sampling: TokenSampling = TokenSampling(),
        using generator: inout SplitMix64, write: (String) -> Bool
    ) throws(UnknownToken) {
        session.reset()
        var read = try coding.numbers(of: prompt)
        if read.isEmpty, let start = lineStart { read = [start] }
        var scores = [Float](repeating: 0, count: coding.vocabulary.count)
        for number in read { scores = step(number) }
        var writer = TokenWriter(coding)
        for _ in 0..<length {
            let number = sampling.token(by: scores, using: &generator)
            let text = writer.text(for: number)
            if !text.isEmpty, !write(text) { return }
            scores = step(number)
        }
    }

    /// What stands before the first token of a line.
    private var lineStart: Int? { coding.vocabulary.number(of: .end) ?? coding.vocabulary.number(of: "\n") }

    private func step(_ number: Int) -> [Float] { session.step([Tensor([Float(number)], shape: [1, 1])])[0].scalars }
}

/// Puts tokens together to text, one by one.
private struct TokenWriter {
    private let coding: TextCoding
    /// The tokens of the line so far, and what of them was written.
    private var line: [String] = []
    private var written = ""

    init(_ coding: TextCoding) { self.coding = coding }

    /// What is certain now and was not written yet.
    mutating func text(for number: Int) -> String {
        let vocabulary = coding.vocabulary
        guard coding.tokenizer.tokenization != .characters else { return vocabulary[number] }
        if number == vocabulary.number(of: .end) {
            (line, written) = ([], "")
            return "\n"
        }
        line.append(vocabulary[number])
        let whole = coding.tokenizer.text(from: line)
        // A mark may still change what stands before it; then it waits for the next token.
        guard whole.hasPrefix(written) else { return "" }
        defer { written = whole }
        return String(whole.dropFirst(written.count))
    }
}
