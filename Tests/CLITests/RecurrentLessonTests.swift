import Foundation
import SaccadeImages
import Testing

/// `saccade explain rnn`, `lstm` and `gru`.
@Suite struct RecurrentLessonTests {
    private struct Matrices: Decodable {
        let inputToHidden, hiddenToHidden, hiddenToOutput: [[Double]]

        enum CodingKeys: String, CodingKey {
            case inputToHidden = "W_xh"
            case hiddenToHidden = "W_hh"
            case hiddenToOutput = "W_hy"
        }
    }

    private struct Step: Decodable {
        struct Gradients: Decodable {
            let logits, hidden, hiddenFromOutput, hiddenFromNext: [Double]
            let cell: [Double]?
            let weights: Matrices
        }
        let input, target: String
        let oneHot: [Int]
        let hidden, logits, probabilities: [Double]
        let gates: [String: [Double]]?
        let cell: [Double]?
        let loss: Double
        let gradients: Gradients
    }

    private struct Pass: Decodable {
        let steps: [Step]
        let loss, meanLoss: Double
        let weights, gradients: Matrices
        let written: String
        let engineDifference: Double
    }

    private struct Lesson: Decodable {
        let vocabulary: [String]
        let word, kind: String
        let hiddenUnits, trainingSteps: Int
        let losses: [Double]
        let before: Pass
        let after: Pass

        private enum CodingKeys: CodingKey { case vocabulary, word, kind, hiddenUnits, trainingSteps, losses, before }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            vocabulary = try container.decode([String].self, forKey: .vocabulary)
            (word, kind) = (
                try container.decode(String.self, forKey: .word), try container.decode(String.self, forKey: .kind)
            )
            hiddenUnits = try container.decode(Int.self, forKey: .hiddenUnits)
            trainingSteps = try container.decode(Int.self, forKey: .trainingSteps)
            losses = try container.decode([Double].self, forKey: .losses)
            before = try container.decode(Pass.self, forKey: .before)
            after = try Pass(from: decoder)
        }
    }

    private func lesson(_ arguments: String...) throws -> Lesson {
        let outcome = try Program.run(["explain"] + arguments + ["--json"], in: NSTemporaryDirectory())
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Lesson.self, from: Data(outcome.output.utf8))
    }

    @Test(
        "the lecture’s example: its vocabulary, every step, before training and after",
        arguments: ["rnn", "lstm", "gru"])
    func hello(_ kind: String) throws {
        let found = try lesson(kind, "hello")
        #expect(found.word == "hello" && found.kind == kind && found.vocabulary == ["h", "e", "l", "o"])
        #expect(found.hiddenUnits == 3 && found.trainingSteps == 300 && found.losses.count == 301)
        let gates = ["rnn": 1, "lstm": 4, "gru": 3][kind] ?? 0
        for pass in [found.before, found.after] {
            #expect(
                pass.steps.map(\.input) == ["h", "e", "l", "l"] && pass.steps.map(\.target) == ["e", "l", "l", "o"])
            #expect(pass.weights.inputToHidden.count == 3 * gates && pass.weights.hiddenToOutput.count == 4)
            #expect(abs(pass.steps.reduce(0) { $0 + $1.loss } - pass.loss) < 1e-9 && pass.engineDifference < 1e-5)
            for step in pass.steps {
                #expect(step.oneHot.count == 4 && step.oneHot.reduce(0, +) == 1)
                #expect(step.hidden.count == 3 && step.logits.count == 4)
                #expect(abs(step.probabilities.reduce(0, +) - 1) < 1e-5)
                let target = try #require(found.vocabulary.firstIndex(of: step.target))
                #expect(abs(step.loss + log(step.probabilities[target])) < 1e-4)
                for place in 0..<4 {
                    let wanted = step.probabilities[place] - (place == target ? 1 : 0)
                    #expect(abs(step.gradients.logits[place] - wanted) < 1e-5)
                }
                for unit in 0..<3 {
                    let parts = step.gradients.hiddenFromOutput[unit] + step.gradients.hiddenFromNext[unit]
                    #expect(abs(step.gradients.hidden[unit] - parts) < 1e-9)
                }
                #expect(step.gates.map { $0.count } == ["lstm": 4, "gru": 3][kind])
                #expect((step.cell != nil) == (kind == "lstm") && (step.gradients.cell != nil) == (kind == "lstm"))
            }
            for row in 0..<3 * gates {
                for column in 0..<3 {
                    let sum = pass.steps.reduce(0) { $0 + $1.gradients.weights.hiddenToHidden[row][column] }
                    #expect(abs(sum - pass.gradients.hiddenToHidden[row][column]) < 1e-5)
                }
            }
        }
        #expect(found.after.written == "hello" && found.after.loss < 0.1 && found.before.loss > 4)
    }

    @Test("in words: formulas, tables, parts of gradients, what is written")
    func text() throws {
        let rnn = try Program.run("explain", "rnn").output
        for part in [
            "Vocabulary: h e l o.", "h_t = tanh(W_xh x_t + W_hh h_t−1)", "There are no biases", "y_t: h e l o",
            "∂L/∂h_t from y_t", "What each step adds to ∂L/∂W_hh", "After 300 steps of training",
            "it writes “hello”: the word.", "These sums are what the engine gives",
            "Backwards through time (× 10⁻³)",
        ] { #expect(rnn.contains(part), "\(part)\n\(rnn)") }
        #expect(rnn.split(separator: "\n").allSatisfy { $0.count <= 120 })
        let lstm = try Program.run("explain", "lstm", "hello").output
        for part in ["c_t = f ⊙ c_t−1 + i ⊙ g", "from step t+1, through f"] { #expect(lstm.contains(part), "\(part)") }
        #expect(try Program.run("explain", "gru", "hello").output.contains("(1 − z) ⊙ n + z ⊙ h_t−1"))
        let long = try Program.run("explain", "rnn", "a vocabulary too large to print", "--hidden", "9").output
        #expect(long.contains("--json has every number") && long.contains("␣") && long.contains("likeliest"))
        let raw = try Program.run("explain", "rnn", "a\u{1B}\u{7}\u{200B}a\n", "--steps", "1").output
        #expect(raw.contains("U+001B") && raw.contains("↵") && !raw.contains("\u{1B}") && !raw.contains("\u{7}"))
    }

    @Test("the same seed gives the same bytes, another one others")
    func seeds() throws {
        let runs = try ["7", "7", "8"].map {
            try Program.run("explain", "lstm", "papaya", "--seed", $0, "--hidden", "2", "--json").output
        }
        #expect(runs[0] == runs[1] && runs[0] != runs[2])
    }

    @Test("no training, no large vocabulary, any writing")
    func words() throws {
        let unlearnt = try lesson("rnn", "hello", "--steps", "0")
        #expect(unlearnt.losses.count == 1 && unlearnt.after.written == unlearnt.before.written)
        #expect(try lesson("gru", "aa").vocabulary == ["a"])
        let found = try lesson("rnn", "你好 👩‍👩‍👧", "--hidden", "4")
        #expect(found.vocabulary == ["你", "好", " ", "👩‍👩‍👧"] && found.after.written == "你好 👩‍👩‍👧")
    }

    @Test(
        "drawn as PNG, SVG and PDF",
        arguments: [
            ["rnn", "hello"], ["lstm", "hello"], ["gru", "abcdefghijklmnopqrstuvwxyz", "--hidden", "16"],
            ["lstm", "aa", "--hidden", "1", "--steps", "0"],
            ["rnn", "the quick brown fox jumps over the lazy dog, and 1234567890 …", "--steps", "2"],
        ])
    func drawn(_ arguments: [String]) throws {
        try Program.inFolder { folder in
            for ending in ["png", "svg", "pdf"] {
                let outcome = try Program.run(
                    ["explain"] + arguments + ["--output", "word.\(ending)"], in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("Drawn: word.\(ending)"), "\(outcome.errors)")
            }
            let image = try Image(contentsOf: "\(folder)/word.png")
            #expect(image.width > 600 && image.height > 800)
            #expect(image.pixels.contains { $0 < 60 })
        }
    }

    @Test("help has examples, what JSON means and exit codes", arguments: ["rnn", "lstm", "gru"])
    func help(_ step: String) throws {
        let outcome = try Program.run("explain", step, "--help")
        for part in ["EXAMPLES:", "EXIT CODES:", "--hidden", "--steps", "--seed", "no biases", "before has the same"] {
            let words = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains(part), "\(part)")
        }
    }

    @Test(
        "mistakes say what can be",
        arguments: [
            Mistake(arguments: ["explain", "rnn", ""], status: 64, complaint: "The word is empty"),
            Mistake(arguments: ["explain", "lstm", "h"], status: 64, complaint: "“h” is one character"),
            Mistake(
                arguments: ["explain", "gru", String(repeating: "long", count: 17)], status: 64,
                complaint: "68 characters"),
            Mistake(
                arguments: ["explain", "rnn", "a" + String(repeating: "\u{301}", count: 5000)], status: 64,
                complaint: "at most 64"),
            Mistake(arguments: ["explain", "rnn", "a\u{FFFD}"], status: 64, complaint: "UTF-8"),
            Mistake(arguments: ["explain", "rnn", "hello", "--hidden", "0"], status: 64, complaint: "1 to 16"),
            Mistake(arguments: ["explain", "rnn", "hello", "--hidden", "17"], status: 64, complaint: "1 to 16"),
            Mistake(arguments: ["explain", "lstm", "hello", "--steps", "10001"], status: 64, complaint: "0 to 10000"),
            Mistake(arguments: ["explain", "gru", "hello", "--steps=-1"], status: 64, complaint: "not -1"),
            Mistake(arguments: ["explain", "rnn", "hello", "--seed", "x"], status: 64, complaint: "seed"),
            Mistake(arguments: ["explain", "rnn", "hello", "--output", "a.gif"], status: 64, complaint: ".svg"),
            Mistake(
                arguments: ["explain", "rnn", "hello", "--output", "none/a.png"], status: 73, complaint: "none"),
            Mistake(arguments: ["explain", "rnn", "hello", "world"], status: 64, complaint: "world"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { try mistake.check(in: $0) }
    }

    @Test("a word that is not UTF-8 is refused")
    func broken() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" explain rnn \"$(printf 'he\\377llo')\"", Program.path]
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe)
        try process.run()
        let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 64 && errors.contains("not valid UTF-8"), "\(errors)")
    }
}
