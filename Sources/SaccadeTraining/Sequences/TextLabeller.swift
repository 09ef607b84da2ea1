import SaccadeDatasets
import SaccadeMetrics
import SaccadeModels
import SaccadePrelude
import SaccadeTensors

/// A network that is ready to say what texts are, or what their words are.
public struct TextLabeller: Sendable {
    /// A label, and how probable it is among all.
    public struct Answer: Sendable, Equatable, Codable {
        public let label: String
        /// In `0...1`.
        public let probability: Float
    }

    /// Whether each word has a label; otherwise all of a text has one.
    public let labelsEach: Bool
    private let coding: TextCoding
    private let names: [String]
    private let longest: Int
    private let network: SequenceLabeller

    /// - Throws: ``RunError`` when the network labels no texts, or does not say what its tokens are.
    public init(_ model: LoadedModel) throws(RunError) {
        func labelling(_ task: some TokenLabelling) -> (Bool, Int) { (type(of: task).labelsEach, task.longest) }
        switch model.description.task {
        case .labelText(let task): (labelsEach, longest) = labelling(task)
        case .labelWords(let task): (labelsEach, longest) = labelling(task)
        default:
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.command), not to label texts; use the "
                    + "command of its task.")
        }
        guard let coding = model.description.task.codings.first, let network = model.network as? SequenceLabeller,
            coding.vocabulary.count == network.tokens
        else {
            throw RunError(
                .different, "\(model.name): the weights do not say what their tokens are; give a run, or its weights.")
        }
        (self.coding, self.network, names) = (coding, network, model.description.classNames)
    }

    /// The tokens of a text, and the labels of each or, where a whole text has one, that one: all labels, the most probable
    /// first.
    public func answers(for text: String) -> [(token: String, answers: [Answer])] {
        let tokens = Array(coding.tokenizer.tokens(of: text).prefix(longest))
        let numbers = (try? coding.vocabulary.numbers(of: tokens)) ?? []
        guard !numbers.isEmpty else { return [] }
        let scores = network([
            PairBatch.columns([numbers]), Tensor([Float(numbers.count)], shape: [1]),
        ])[0]
        let probabilities = softmax(scores, axis: scores.shape.rank - 1).scalars
        let rows = labelsEach ? tokens : [text]
        return rows.enumerated().map { row, token in
            let own = Array(probabilities[row * names.count..<(row + 1) * names.count])
            return (
                token, topClasses(names.count, of: own).map { Answer(label: names[$0], probability: own[$0]) }
            )
        }
    }
}
