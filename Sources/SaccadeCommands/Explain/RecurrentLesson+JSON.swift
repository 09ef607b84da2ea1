import SaccadeModels
import SaccadeTensors

extension RecurrentLesson {
    var shown: Shown { Shown(example) }

    /// What stands beside the word is after training, but for `before`. Losses are in nats; vectors over the vocabulary are in
    /// its order.
    struct Shown: Encodable {
        struct Weights: Encodable {
            let inputToHidden, hiddenToHidden, hiddenToOutput: NumberGrid

            enum CodingKeys: String, CodingKey {
                case inputToHidden = "W_xh"
                case hiddenToHidden = "W_hh"
                case hiddenToOutput = "W_hy"
            }

            init(_ weights: WordNetwork.Weights) {
                (inputToHidden, hiddenToHidden) = (weights.inputToHidden, weights.hiddenToHidden)
                hiddenToOutput = weights.hiddenToOutput
            }
        }
        struct Gradients: Encodable {
            let logits: [Double]
            let hidden, hiddenFromOutput, hiddenFromNext: [Double]
            let cell, cellFromHidden, cellFromNext: [Double]?
            /// What the step adds to the word's.
            let weights: Weights
        }
        struct Step: Encodable {
            let input, target: String
            let oneHot: [Int]
            let gates: [String: [Double]]?
            let cell: [Double]?
            let hidden, logits, probabilities: [Double]
            let loss: Double
            let gradients: Gradients
        }
        struct Pass: Encodable {
            let steps: [Step]
            let loss, meanLoss: Double
            let weights, gradients: Weights
            let written: String
            let engineDifference: Double

            init(_ pass: RecurrentPass, _ vocabulary: [Character]) {
                steps = pass.steps.map { step in
                    let found = step.gradients
                    return Step(
                        input: String(step.input), target: String(step.target),
                        oneHot: vocabulary.map { $0 == step.input ? 1 : 0 },
                        gates: step.gates.isEmpty
                            ? nil : Dictionary(uniqueKeysWithValues: step.gates.map { ($0.name, $0.values) }),
                        cell: step.cell, hidden: step.hidden, logits: step.logits, probabilities: step.probabilities,
                        loss: step.loss,
                        gradients: Gradients(
                            logits: found.logits, hidden: found.hidden, hiddenFromOutput: found.hiddenFromOutput,
                            hiddenFromNext: found.hiddenFromNext, cell: found.cell,
                            cellFromHidden: found.cellFromHidden, cellFromNext: found.cellFromNext,
                            weights: Weights(found.weights)))
                }
                (loss, meanLoss) = (pass.loss, pass.meanLoss)
                (weights, gradients) = (Weights(pass.weights), Weights(pass.gradients))
                (written, engineDifference) = (pass.written, pass.engineDifference)
            }
        }
        let word: String
        let vocabulary: [String]
        /// rnn, lstm or gru.
        let kind: String
        let hiddenUnits, trainingSteps: Int
        let seed: UInt64
        let learningRate, longestGradient: Double
        /// Before the first step of training, after the first, and so on.
        let losses: [Double]
        let before: Pass
        private let after: Pass

        private enum CodingKeys: CodingKey {
            case word, vocabulary, kind, hiddenUnits, trainingSteps, seed, learningRate, longestGradient, losses, before
        }

        init(_ example: RecurrentExample) {
            (word, vocabulary) = (String(example.word), example.vocabulary.map { String($0) })
            (kind, hiddenUnits, seed) = (example.kind.rawValue, example.hidden, example.seed)
            (trainingSteps, losses) = (example.losses.count - 1, example.losses)
            (learningRate, longestGradient) = (WordNetwork.learningRate, WordNetwork.longestGradient)
            before = Pass(example.before, example.vocabulary)
            after = Pass(example.after, example.vocabulary)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(word, forKey: .word)
            try container.encode(vocabulary, forKey: .vocabulary)
            try container.encode(kind, forKey: .kind)
            try container.encode(hiddenUnits, forKey: .hiddenUnits)
            try container.encode(trainingSteps, forKey: .trainingSteps)
            try container.encode(seed, forKey: .seed)
            try container.encode(learningRate, forKey: .learningRate)
            try container.encode(longestGradient, forKey: .longestGradient)
            try container.encode(losses, forKey: .losses)
            try container.encode(before, forKey: .before)
            // Its keys beside these.
            try after.encode(to: encoder)
        }
    }
}
