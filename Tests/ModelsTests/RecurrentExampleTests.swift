import Foundation
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite("A recurrent network that learns a word")
struct RecurrentExampleTests {
    // MARK: PyTorch

    /// `Tests/Fixtures/words.json`.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Step: Decodable, Sendable {
            struct Gradients: Decodable, Sendable {
                let logits: [Double]
                /// Of h, and of an LSTM's c.
                let states: [[Double]]
                let hiddenFromOutput: [Double]
                let weights: [[[Double]]]
            }
            let states: [[Double]]
            let logits, probabilities: [Double]
            let loss: Double
            let gradients: Gradients
        }
        let word: String
        let kind: RecurrentCell
        let hidden: Int
        let vocabulary: [String]
        /// W_xh, W_hh, W_hy.
        let weights, weightGradients: [[[Double]]]
        let steps: [Step]
        let losses: [Double]
        /// Before training and after.
        let written: [String]

        var testDescription: String { "\(word), \(kind.rawValue)" }

        /// With the case's weights.
        var network: WordNetwork {
            var generator = SplitMix64(seed: 0)
            let network = WordNetwork(
                kind, vocabulary: vocabulary.map { Character($0) }, hidden: hidden, using: &generator)
            for ((name, parameter), matrix) in zip(network.parameters, weights) {
                #expect(["rnn.weight_ih_l0", "rnn.weight_hh_l0", "output.weight"].contains(name))
                parameter.assign(Tensor(matrix.joined().map { Float($0) }, shape: parameter.shape))
            }
            return network
        }
    }

    static let cases: [Case] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/words.json")
        return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test("there are cases") func there() { #expect(Self.cases.count == 9) }

    private func expectNear(
        _ found: [Double], _ wanted: [Double], within tolerance: Double = 1e-5, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == wanted.count, what, sourceLocation: sourceLocation)
        for (a, b) in zip(found, wanted) {
            #expect(abs(a - b) <= tolerance * max(1, abs(b)), what, sourceLocation: sourceLocation)
        }
    }

    private func expectNear(
        _ found: WordNetwork.Weights, _ wanted: [[[Double]]], _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (grid, rows) in zip([found.inputToHidden, found.hiddenToHidden, found.hiddenToOutput], wanted) {
            #expect(grid.height == rows.count, what, sourceLocation: sourceLocation)
            expectNear(
                Array(grid.rows.joined()), Array(rows.joined()), within: 1e-5, what, sourceLocation: sourceLocation)
        }
    }

    @Test("every number, forwards and backwards, is PyTorch’s", arguments: cases)
    func passes(_ c: Case) {
        let pass = RecurrentPass(of: c.network, on: Array(c.word))
        expectNear(pass.weights, c.weights, "weights")
        expectNear(pass.gradients, c.weightGradients, "gradients of the word")
        #expect(pass.steps.count == c.steps.count && pass.written == c.written[0])
        #expect(pass.steps.map(\.input) == Array(c.word.dropLast()))
        #expect(pass.steps.map(\.target) == Array(c.word.dropFirst()))
        for (index, (found, wanted)) in zip(pass.steps, c.steps).enumerated() {
            let step: Comment = "step \(index)"
            expectNear([found.hidden, found.cell].compactMap { $0 }.flatMap { $0 }, wanted.states.flatMap { $0 }, step)
            expectNear(found.logits, wanted.logits, step)
            expectNear(found.probabilities, wanted.probabilities, step)
            expectNear([found.loss], [wanted.loss], step)
            let gradients = found.gradients
            expectNear(gradients.logits, wanted.gradients.logits, step)
            expectNear(gradients.hidden, wanted.gradients.states[0], step)
            expectNear(gradients.hiddenFromOutput, wanted.gradients.hiddenFromOutput, step)
            expectNear(gradients.cell ?? [], wanted.gradients.states.dropFirst().flatMap { $0 }, step)
            expectNear(gradients.weights, wanted.gradients.weights, step)
        }
        expectNear([pass.loss], [c.losses[0]], "loss")
        #expect(pass.engineDifference < 1e-5)
    }

    @Test("gradient descent goes as PyTorch’s goes", arguments: cases)
    func training(_ c: Case) {
        let network = c.network
        let losses = network.learn(Array(c.word), steps: c.losses.count - 1)
        // Differences in the last digit grow from step to step, and where losses jump to anything: the first steps go alike,
        // and both arrive.
        expectNear(Array(losses.prefix(8)), Array(c.losses.prefix(8)), within: 1e-3, "losses")
        #expect((losses.last ?? 9) < max(2 * (c.losses.last ?? 0), 0.05))
        #expect(network.written(after: Array(c.word)[0], count: c.word.count - 1) == c.written[1])
    }

    // MARK: Differences

    /// The loss of a word by the textbook's formulas in double precision, with something added somewhere.
    private struct SlowNetwork {
        let kind: RecurrentCell
        let places: [Int]
        let weights: [[[Double]]]

        enum Nudged: Equatable {
            /// A number of a matrix, for one step alone.
            case matrix(Int, row: Int, column: Int)
            case logits(Int)
            case hiddenToOutput(Int)
            case hiddenToNext(Int)
            case cell(Int)
            case cellToNext(Int)
        }

        private func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }

        func loss(nudging nudged: Nudged? = nil, in step: Int = 0, by delta: Double = 0) -> Double {
            let count = weights[1][0].count
            var (h, c) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
            var loss = 0.0
            for t in 0..<places.count - 1 {
                func added(_ place: Nudged) -> Double { t == step && place == nudged ? delta : 0 }
                func w(_ matrix: Int, _ row: Int, _ column: Int) -> Double {
                    weights[matrix][row][column] + added(.matrix(matrix, row: row, column: column))
                }
                func fed(_ row: Int) -> Double { w(0, row, places[t]) }
                let before = h
                func kept(_ row: Int) -> Double { (0..<count).reduce(0) { $0 + w(1, row, $1) * before[$1] } }
                for u in 0..<count {
                    switch kind {
                    case .tanh, .relu: h[u] = Foundation.tanh(fed(u) + kept(u))
                    case .lstm:
                        let (i, f) = (sigmoid(fed(u) + kept(u)), sigmoid(fed(count + u) + kept(count + u)))
                        let g = Foundation.tanh(fed(2 * count + u) + kept(2 * count + u))
                        let o = sigmoid(fed(3 * count + u) + kept(3 * count + u))
                        c[u] = f * c[u] + i * g + added(.cell(u))
                        h[u] = o * Foundation.tanh(c[u])
                        c[u] += added(.cellToNext(u))
                    case .gru:
                        let (r, z) = (sigmoid(fed(u) + kept(u)), sigmoid(fed(count + u) + kept(count + u)))
                        let n = Foundation.tanh(fed(2 * count + u) + r * kept(2 * count + u))
                        h[u] = n + z * (before[u] - n)
                    }
                }
                let y = weights[2].indices.map { row in
                    (0..<count).reduce(added(.logits(row))) {
                        $0 + w(2, row, $1) * (h[$1] + added(.hiddenToOutput($1)))
                    }
                }
                for u in 0..<count { h[u] += added(.hiddenToNext(u)) }
                loss += log(y.reduce(0) { $0 + Foundation.exp($1) }) - y[places[t + 1]]
            }
            return loss
        }

        func gradient(_ nudged: Nudged, in step: Int) -> Double {
            (loss(nudging: nudged, in: step, by: 1e-5) - loss(nudging: nudged, in: step, by: -1e-5)) / 2e-5
        }
    }

    @Test(
        "every gradient is a difference of losses, step by step and path by path",
        arguments: [RecurrentCell.tanh, .lstm, .gru])
    func differences(_ kind: RecurrentCell) throws {
        let example = try RecurrentExample("hello", kind: kind, hidden: 2, steps: 12, seed: 5)
        for pass in [example.before, example.after] {
            let matrices = [pass.weights.inputToHidden, pass.weights.hiddenToHidden, pass.weights.hiddenToOutput]
            let slow = SlowNetwork(
                kind: kind, places: [0, 1, 2, 2, 3], weights: matrices.map(\.rows))
            expectNear([pass.loss], [slow.loss()], "loss")
            for (t, step) in pass.steps.enumerated() {
                let found = step.gradients
                let differences: [(String, [Double], (Int) -> SlowNetwork.Nudged)] = [
                    ("logits", found.logits, { .logits($0) }),
                    ("from the output", found.hiddenFromOutput, { .hiddenToOutput($0) }),
                    ("from the next step", found.hiddenFromNext, { .hiddenToNext($0) }),
                    ("cell", found.cell ?? [], { .cell($0) }),
                    ("cell from the next step", found.cellFromNext ?? [], { .cellToNext($0) }),
                ]
                for (name, numbers, place) in differences {
                    expectNear(
                        numbers, numbers.indices.map { slow.gradient(place($0), in: t) }, "\(name) of step \(t)")
                }
                let shares = [found.weights.inputToHidden, found.weights.hiddenToHidden, found.weights.hiddenToOutput]
                for (index, grid) in shares.enumerated() {
                    let wanted = grid.places.map {
                        slow.gradient(.matrix(index, row: $0.row, column: $0.column), in: t)
                    }
                    expectNear(Array(grid.rows.joined()), wanted, "matrix \(index) of step \(t)")
                }
            }
            // Nothing is behind the last step, and nothing was before the first.
            let (first, last) = (pass.steps[0], pass.steps[3])
            #expect(last.gradients.hiddenFromNext == [0, 0] && last.gradients.cellFromNext ?? [0, 0] == [0, 0])
            #expect(first.gradients.weights.hiddenToHidden.rows.joined().allSatisfy { $0 == 0 })
            // The steps' shares together are what training uses.
            let sum = pass.gradients.hiddenToHidden.places.map { place in
                pass.steps.reduce(0) { $0 + $1.gradients.weights.hiddenToHidden[place] }
            }
            expectNear(Array(pass.gradients.hiddenToHidden.rows.joined()), sum, within: 1e-6, "sum of W_hh")
        }
    }

    @Test("gates make the states that are shown", arguments: [RecurrentCell.lstm, .gru])
    func gates(_ kind: RecurrentCell) throws {
        let pass = try RecurrentExample("hello", kind: kind).after
        var (h, c) = ([0.0, 0, 0], [0.0, 0, 0])
        for step in pass.steps {
            let gates = Dictionary(uniqueKeysWithValues: step.gates.map { ($0.name, $0.values) })
            if kind == .lstm {
                let (i, f, g, o) = (gates["i"] ?? [], gates["f"] ?? [], gates["g"] ?? [], gates["o"] ?? [])
                c = (0..<3).map { f[$0] * c[$0] + i[$0] * g[$0] }
                h = (0..<3).map { o[$0] * Foundation.tanh(c[$0]) }
                expectNear(step.cell ?? [], c, "cell")
            } else {
                let (z, n) = (gates["z"] ?? [], gates["n"] ?? [])
                #expect((gates["r"] ?? []).allSatisfy { (0...1).contains($0) } && step.cell == nil)
                h = (0..<3).map { (1 - z[$0]) * n[$0] + z[$0] * h[$0] }
            }
            expectNear(step.hidden, h, "state")
        }
    }

    // MARK: Words

    @Test("hello is learnt from any seed by every kind", arguments: [RecurrentCell.tanh, .lstm, .gru])
    func hello(_ kind: RecurrentCell) throws {
        for seed in UInt64(0)..<6 {
            let example = try RecurrentExample("hello", kind: kind, seed: seed)
            #expect(example.vocabulary == ["h", "e", "l", "o"] && example.losses.count == 301)
            #expect(example.after.written == "hello" && example.after.loss < 0.1, "seed \(seed): \(example.after.loss)")
            #expect(example.before.loss > 4)
            expectNear([example.losses[0], example.losses[300]], [example.before.loss, example.after.loss], "losses")
            // Of an l the state tells which it is.
            let targets = example.after.steps.suffix(2)
            #expect(targets.map(\.input) == ["l", "l"] && targets.allSatisfy { $0.loss < 0.1 })
        }
    }

    @Test("the same seed gives the same numbers, another one others; the network alone is the example’s")
    func seeds() throws {
        let (one, two) = (try RecurrentExample("hello", seed: 3), try RecurrentExample("hello", seed: 3))
        #expect(one.losses == two.losses && one.after.weights == two.after.weights)
        #expect(try RecurrentExample("hello", seed: 4).losses[0] != one.losses[0])
        let network = try RecurrentExample.trained(on: "hello", seed: 3)
        #expect(network.weights == one.after.weights && network.written(after: "h", count: 4) == "hello")
        #expect(network.written(after: "h", count: 0) == "h" && network.written(after: "o", count: 9).count == 10)
        let unlearnt = try RecurrentExample("hello", steps: 0, seed: 3)
        #expect(unlearnt.losses.count == 1 && unlearnt.after.weights == one.before.weights)
    }

    @Test(
        "words of any writing",
        arguments: [
            ("Ärger", "Ärge"), ("e\u{301}té", "ét"), ("你好你好", "你好"), ("a b\ta\n", "a b\t\n"), ("👩‍👩‍👧👍🏽👩‍👩‍👧x", "👩‍👩‍👧👍🏽x"),
            ("aa", "a"), ("aA", "aA"), ("שלום", "שלום"),
        ])
    func writings(word: String, vocabulary: String) throws {
        let example = try RecurrentExample(word, hidden: 8)
        #expect(example.vocabulary == Array(vocabulary) && example.before.steps.count == word.count - 1)
        #expect(example.after.written == word)
        #expect(vocabulary.count > 1 || example.losses.allSatisfy { $0 == 0 })
    }

    @Test("the longest word and the largest state", arguments: [RecurrentCell.tanh, .lstm, .gru])
    func longest(_ kind: RecurrentCell) throws {
        let word = String((0..<64).map { Character(UnicodeScalar(UInt32(0x4E00 + $0)) ?? "x") })
        let example = try RecurrentExample(word, kind: kind, hidden: 16, steps: 3)
        #expect(example.vocabulary.count == 64 && example.after.steps.count == 63)
        #expect(example.losses.allSatisfy(\.isFinite) && example.after.engineDifference < 1e-4)
    }

    @Test(
        "what is no word, no state or no training is refused with what can be",
        arguments: [
            ("", 3, 1, "empty"), ("h", 3, 1, "“h” is one character"), ("e\u{301}", 3, 1, "one character"),
            (String(repeating: "ab", count: 33), 3, 1, "66 characters"),
            ("a" + String(repeating: "\u{301}", count: 2000) + "b", 3, 1, "16 bytes"),
            ("a\u{FFFD}", 3, 1, "UTF-8"), ("hello", 0, 1, "1 to 16 numbers, not 0"), ("hello", 17, 1, "not 17"),
            ("hello", -1, 1, "not -1"), ("hello", 3, -1, "not -1"), ("hello", 3, 10_001, "0 to 10000"),
            ("hello", Int.max, Int.max, "not 9223372036854775807"),
        ])
    func refused(word: String, hidden: Int, steps: Int, part: String) {
        let error = #expect(throws: BuildingBlockError.self) {
            _ = try RecurrentExample(word, hidden: hidden, steps: steps)
        }
        #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
        #expect(throws: BuildingBlockError.self) {
            _ = try RecurrentExample.trained(on: word, hidden: hidden, steps: steps)
        }
    }
}
