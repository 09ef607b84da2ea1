import Foundation
import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

/// A recurrent network that learns to write a word, in words.
struct RecurrentLesson {
    let example: RecurrentExample

    // Lines have to fit into a terminal; `--json` has everything.
    /// Numbers of a state that tables show.
    private static let longestState = 3
    /// Characters of a vocabulary of which tables show every number; of a larger one those farthest from 0.
    private static let wholeVocabulary = 4
    /// Rows and columns of a matrix that is shown, gate by gate.
    private static let largestMatrix = 5
    /// Of more steps only the lengths of their shares are told, not the shares.
    private static let mostShares = 8

    private var vocabulary: [String] { example.vocabulary.map(Self.name) }
    private var trainingSteps: Int { example.losses.count - 1 }

    // MARK: Text

    var text: String {
        let guess = log(Double(vocabulary.count)).fixed(3)
        return [
            """
            “\(example.word.map(Self.name).joined())”: at each character, which one is next?
            Vocabulary: \(vocabulary.joined(separator: " ")). The state has \(count(example.hidden, "number")); first \
            weights of seed \(example.seed).

            \(formulas)
            There are no biases: the lecture has none. L is the sum of all L_t; to know nothing costs ln \
            \(vocabulary.count) = \(guess) nats a step.
            """,
            heading("Before training"), text(of: example.before), heading("Training"), trainingText,
            heading("After \(count(trainingSteps, "step")) of training"), text(of: example.after),
        ].joined(separator: "\n\n") + cutNote
    }

    private func heading(_ text: String) -> String { "\(text)\n" + String(repeating: "═", count: text.count) }

    private var formulas: String {
        let state =
            switch example.kind {
            case .tanh, .relu: "h_t = tanh(W_xh x_t + W_hh h_t−1)"
            case .lstm:
                """
                i, f, o = σ(W_xh x_t + W_hh h_t−1), g = tanh(W_xh x_t + W_hh h_t−1), each with rows of its own
                c_t = f ⊙ c_t−1 + i ⊙ g, h_t = o ⊙ tanh c_t
                """
            case .gru:
                """
                r, z = σ(W_xh x_t + W_hh h_t−1), n = tanh(W_xh x_t + r ⊙ W_hh h_t−1), each with rows of its own
                h_t = (1 − z) ⊙ n + z ⊙ h_t−1
                """
            }
        return "\(state)\ny_t = W_hy h_t, p_t = softmax(y_t), L_t = −ln p_t[target]; x_t is one-hot, h_0 = 0"
    }

    private func text(of pass: RecurrentPass) -> String {
        var parts: [String] = []
        if let weights = weightsText(pass.weights) { parts.append(weights) }
        if !pass.steps[0].gates.isEmpty { parts.append(gateTable(pass)) }
        parts.append(outputTable(pass))
        parts.append("L = \(pass.loss.fixed(4)) nats, \(pass.meanLoss.fixed(4)) a step")
        parts += backwardsText(pass)
        let (first, whole) = (Self.name(example.word[0]), String(example.word))
        let verdict = pass.written == whole ? "the word" : "not the word"
        parts.append(
            "Fed “\(first)”, then what it says, it writes “\(pass.written.map(Self.name).joined())”: \(verdict).")
        return parts.joined(separator: "\n\n")
    }

    private func backwardsText(_ pass: RecurrentPass) -> [String] {
        let scale = Scale(
            of: pass.steps.flatMap {
                $0.gradients.logits + $0.gradients.hiddenFromOutput + $0.gradients.hiddenFromNext
            })
        var parts = [
            "Backwards through time\(scale.note), from the last step to the first:\n\(gradientTable(pass, scale))"
        ]
        if pass.steps[0].cell != nil { parts.append(cellTable(pass, scale)) }
        if let shares = sharesText(pass) { parts.append(shares) }
        parts.append(
            "These sums are what the engine gives for the whole word at once"
                + (pass.engineDifference > 0 ? String(format: ", to within %.0e.", pass.engineDifference) : "."))
        return parts
    }

    private var trainingText: String {
        var table = TextTable([.init("steps", .right), .init("L, nats", .right)])
        let places = [0, 1, 3, 10, 30, 100, 300, 1000, 3000].filter { $0 < trainingSteps } + [trainingSteps]
        for place in places { table.append(["\(place)", example.losses[place].fixed(4)]) }
        return """
            Gradient descent: each step takes \(WordNetwork.learningRate.plain) times the gradient of L from the weights.
            A gradient longer than \(WordNetwork.longestGradient.plain) is shortened to that.

            \(table.text)
            """
    }

    private var cutNote: String {
        vocabulary.count > Self.wholeVocabulary || example.hidden > Self.longestState
            || example.before.steps.count > Self.mostShares
            ? "\n\nWhat is too much to read is left out: --json has every number." : ""
    }

    // MARK: Tables

    private func gateTable(_ pass: RecurrentPass) -> String {
        var table = TextTable(
            [.init("t", .right), .init("fed")] + pass.steps[0].gates.map { .init($0.name) } + [.init("c_t")])
        for (index, step) in pass.steps.enumerated() {
            table.append(
                ["\(index + 1)", Self.name(step.input)] + step.gates.map { vector($0.values) }
                    + (step.cell.map { [vector($0)] } ?? []))
        }
        return table.text
    }

    private func outputTable(_ pass: RecurrentPass) -> String {
        let isWhole = vocabulary.count <= Self.wholeVocabulary
        let order = isWhole ? ": " + vocabulary.joined(separator: " ") : ""
        var table = TextTable([
            .init("t", .right), .init("fed"), .init("h_t"), .init(isWhole ? "y_t" + order : "y_t[target]"),
            .init(isWhole ? "p_t" + order : "likeliest"), .init("target"), .init("p_t[target]", .right),
            .init("L_t", .right),
        ])
        for (index, step) in pass.steps.enumerated() {
            let target = example.vocabulary.firstIndex(of: step.target) ?? 0
            table.append([
                "\(index + 1)", Self.name(step.input), vector(step.hidden),
                isWhole ? vector(step.logits) : step.logits[target].fixed(3),
                isWhole ? vector(step.probabilities) : largest(step.probabilities), Self.name(step.target),
                isWhole ? "" : step.probabilities[target].fixed(3), step.loss.fixed(3),
            ])
        }
        return table.text
    }

    private func gradientTable(_ pass: RecurrentPass, _ scale: Scale) -> String {
        let isWhole = vocabulary.count <= Self.wholeVocabulary
        var table = TextTable([
            .init("t", .right), .init("∂L/∂y_t"), .init("∂L/∂h_t from y_t"), .init("from step t+1"),
            .init("together"), .init("‖∂L/∂W_hh‖", .right),
        ])
        for (index, step) in pass.steps.enumerated().reversed() {
            let gradients = step.gradients
            table.append([
                "\(index + 1)", isWhole ? vector(gradients.logits, scale) : largest(gradients.logits, scale),
                vector(gradients.hiddenFromOutput, scale), vector(gradients.hiddenFromNext, scale),
                vector(gradients.hidden, scale), scale.text(length(gradients.weights.hiddenToHidden)),
            ])
        }
        return table.text
    }

    private func cellTable(_ pass: RecurrentPass, _ scale: Scale) -> String {
        var table = TextTable([
            .init("t", .right), .init("∂L/∂c_t from h_t"), .init("from step t+1, through f"), .init("together"),
        ])
        for (index, step) in pass.steps.enumerated().reversed() {
            let gradients = step.gradients
            table.append(
                ["\(index + 1)"]
                    + [gradients.cellFromHidden, gradients.cellFromNext, gradients.cell].map { vector($0 ?? [], scale) }
            )
        }
        return table.text
    }

    // MARK: Matrices

    private func weightsText(_ weights: WordNetwork.Weights) -> String? {
        guard max(vocabulary.count, example.hidden) <= Self.largestMatrix else { return nil }
        let blocks = [
            ("W_xh", weights.inputToHidden), ("W_hh", weights.hiddenToHidden), ("W_hy", weights.hiddenToOutput),
        ]
        return Self.sideBySide(
            blocks.map { MatrixBlock($0, $1, rows: $0 == "W_hy" ? vocabulary : gateNames) })
    }

    /// What each step adds to the gradient of W_hh.
    private func sharesText(_ pass: RecurrentPass) -> String? {
        guard example.hidden <= Self.largestMatrix, pass.steps.count <= Self.mostShares else { return nil }
        let shares = pass.steps.enumerated().map { ("t = \($0 + 1)", $1.gradients.weights.hiddenToHidden) }
        let all = shares + [("sum", pass.gradients.hiddenToHidden)]
        let scale = Scale(of: all.flatMap { $0.1.rows.joined() })
        return "What each step adds to ∂L/∂W_hh\(scale.note); the first adds nothing, for h_0 = 0:\n"
            + Self.sideBySide(
                all.enumerated().map { MatrixBlock($1.0, $1.1, rows: $0 == 0 ? gateNames : [], scale: scale) })
    }

    /// Of each row of W_xh and W_hh its gate.
    private var gateNames: [String] {
        example.before.steps[0].gates.flatMap { gate in gate.values.map { _ in gate.name } }
    }

    /// A matrix in lines of text of one length, below its name.
    private struct MatrixBlock {
        let lines: [String]
        var width: Int { lines[0].count }

        init(_ name: String, _ grid: NumberGrid, rows names: [String] = [], scale: Scale = Scale(of: [])) {
            let numbers = grid.rows.map { $0.map(scale.text) }
            let widest = numbers.joined().map(\.count).max() ?? 0
            let side = names.map(\.count).max() ?? 0
            let space = String(repeating: " ", count: side > 0 ? side + 1 : 0)
            var lines = [space + name]
            for (row, cells) in numbers.enumerated() {
                let name = row < names.count ? names[row].padded(to: side) + " " : space
                lines.append(name + cells.map { $0.padded(to: widest, right: true) }.joined(separator: " "))
            }
            let width = lines.map(\.count).max() ?? 0
            self.lines = lines.map { $0.padded(to: width) }
        }
    }

    /// Matrices beside each other, in as many rows as there must be.
    private static func sideBySide(_ blocks: [MatrixBlock]) -> String {
        var rows: [[MatrixBlock]] = [[]]
        for block in blocks {
            let width = rows[rows.count - 1].reduce(0) { $0 + $1.width + 2 }
            if width > 0, width + block.width > TextTable.maximumWidth { rows.append([]) }
            rows[rows.count - 1].append(block)
        }
        return rows.map { row in
            (0..<(row.map(\.lines.count).max() ?? 0)).map { line in
                row.map { line < $0.lines.count ? $0.lines[line] : String(repeating: " ", count: $0.width) }
                    .joined(separator: "  ").trimmedAtEnd
            }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    // MARK: Numbers

    private func count(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Numbers in columns: all of a vocabulary’s, the first of a state’s.
    private func vector(_ numbers: [Double], _ scale: Scale = Scale(of: [])) -> String {
        let most = max(Self.longestState, Self.wholeVocabulary)
        let shown = numbers.count <= most ? numbers : Array(numbers.prefix(Self.longestState))
        return shown.map { scale.text($0).padded(to: 6, right: true) }.joined(separator: " ")
            + (numbers.count > most ? " …" : "")
    }

    /// The three that are farthest from 0, with their characters.
    private func largest(_ numbers: [Double], _ scale: Scale = Scale(of: [])) -> String {
        let order = numbers.indices.sorted { (abs(numbers[$1]), $0) < (abs(numbers[$0]), $1) }
        return order.prefix(3).map { "\(vocabulary[$0]) \(scale.text(numbers[$0]))" }.joined(separator: ", ")
    }

    private func length(_ grid: NumberGrid) -> Double {
        grid.rows.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
