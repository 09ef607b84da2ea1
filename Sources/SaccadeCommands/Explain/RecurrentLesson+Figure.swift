import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeModels
import SaccadeTensors

/// The unrolled network as the lecture draws it, before training and after; what comes back; the gates of an LSTM or a GRU;
/// what each step adds to the gradient of W_hh; and how the word was learnt.
extension RecurrentLesson {
    var figure: any Figure {
        let passes = [("before training", example.before), ("after \(trained) of training", example.after)]
        var rows = [
            beside(passes.map { forward($0.1, $0.0) }), beside(passes.map { backward($0.1, $0.0) }),
        ]
        if !example.before.steps[0].gates.isEmpty { rows.append(beside(passes.map { gates($0.1, $0.0) })) }
        if example.hidden * example.kind.gateCount <= 24, example.hidden <= 6 {
            rows.append(beside(passes.map { shares($0.1, $0.0) }))
        }
        if example.losses.count > 1 { rows.append(curve) }
        return FigureStack(rows)
    }

    /// Steps that are drawn of a long word.
    private static let mostSteps = 8
    /// Characters of a vocabulary that are all drawn.
    private static let mostCharacters = 10
    /// Of a larger vocabulary the target and the likeliest, so many together.
    private static let likeliest = 7

    private var trained: String {
        let steps = example.losses.count - 1
        return "\(grouped(steps)) step\(steps == 1 ? "" : "s")"
    }

    /// Side by side where both are narrow enough for a page that is read on a screen.
    private func beside(_ figures: [any Figure]) -> any Figure {
        figures.reduce(0) { $0 + $1.size.width } <= 1700 ? FigureRow(figures) : FigureStack(figures)
    }

    private func title(_ what: String, _ when: String, _ pass: RecurrentPass) -> String {
        let count = pass.steps.count
        return "\(what) \(when)" + (count > Self.mostSteps ? ", the first \(Self.mostSteps) of \(count) steps" : "")
    }

    private func quoted(_ character: Character) -> String { "“\(Self.name(character))”" }

    // MARK: The unrolled network

    private func forward(_ pass: RecurrentPass, _ when: String) -> any Figure {
        let steps = pass.steps.prefix(Self.mostSteps).map { step in
            let taken = step.probabilities.indices.max {
                (step.probabilities[$0], $1) < (step.probabilities[$1], $0)
            }
            let target = example.vocabulary.firstIndex(of: step.target)
            return UnrolledNetwork.Step(
                input: input(step),
                state: UnrolledNetwork.Box(
                    columns: step.cell == nil ? ["h_t"] : ["c_t", "h_t"],
                    step.hidden.indices.map { unit in
                        .init((step.cell.map { [$0[unit].fixed(2)] } ?? []) + [step.hidden[unit].fixed(2)])
                    }),
                output: output(step, columns: ["", "y_t", "p_t"]) { place in
                    .init(
                        [step.logits[place].fixed(2), step.probabilities[place].fixed(2)],
                        place == target ? .wanted : place == taken ? .mistaken : .plain)
                }, below: quoted(step.input), above: [quoted(step.target), step.loss.fixed(3)])
        }
        return UnrolledNetwork(
            title: title("“\(example.word.map(Self.name).joined())”", when, pass), steps: steps,
            names: .init(
                input: "input layer", state: "hidden layer", output: "output layer", below: "fed",
                above: ["target", "loss L_t, nats"], inputWeights: "W_xh", stateWeights: "W_hh",
                outputWeights: "W_hy", outside: "h_0 = 0"), goesOn: pass.steps.count > Self.mostSteps)
    }

    private func backward(_ pass: RecurrentPass, _ when: String) -> any Figure {
        let scale = Scale(of: gradients(pass))
        let steps = pass.steps.prefix(Self.mostSteps).map { step in
            let gradients = step.gradients
            let target = example.vocabulary.firstIndex(of: step.target)
            let columns = [gradients.hiddenFromOutput, gradients.hiddenFromNext, gradients.hidden, gradients.cell]
                .compactMap { $0 }
            let names = ["from y_t", "from t+1", "∂L/∂h_t", "∂L/∂c_t"]
            return UnrolledNetwork.Step(
                state: UnrolledNetwork.Box(
                    columns: Array(names.prefix(columns.count)),
                    step.hidden.indices.map { unit in .init(columns.map { scale.text($0[unit]) }) }),
                output: output(step, columns: ["", "∂L/∂y_t"]) { place in
                    .init([scale.text(gradients.logits[place])], place == target ? .wanted : .plain)
                }, below: quoted(step.input), above: [quoted(step.target)])
        }
        return UnrolledNetwork(
            title: title("Backwards through time\(scale.note),", when, pass), steps: steps,
            names: .init(
                input: "", state: "hidden layer", output: "output layer", below: "fed", above: ["target"],
                inputWeights: "", stateWeights: "W_hhᵀ", outputWeights: "W_hyᵀ", outside: "0"),
            isBackward: true, goesOn: pass.steps.count > Self.mostSteps)
    }

    /// All that comes back to outputs and states.
    private func gradients(_ pass: RecurrentPass) -> [Double] {
        pass.steps.flatMap { $0.gradients.logits + $0.gradients.hiddenFromOutput + $0.gradients.hiddenFromNext }
    }

    private func input(_ step: RecurrentPass.Step) -> UnrolledNetwork.Box {
        guard example.vocabulary.count <= Self.mostCharacters else {
            return .init(columns: ["", "x_t"], [.init([Self.name(step.input), "1"]), .init(["…", "0"], .faint)])
        }
        return .init(
            columns: ["", "x_t"],
            example.vocabulary.map { character in
                character == step.input
                    ? .init([Self.name(character), "1"]) : .init([Self.name(character), "0"], .faint)
            })
    }

    /// A row for each character; of a large vocabulary for the target and those that the network thinks likeliest.
    private func output(
        _ step: RecurrentPass.Step, columns: [String], _ row: (_ place: Int) -> UnrolledNetwork.Row
    ) -> UnrolledNetwork.Box {
        func named(_ place: Int) -> UnrolledNetwork.Row {
            let row = row(place)
            return .init([Self.name(example.vocabulary[place])] + row.cells, row.emphasis)
        }
        let all = example.vocabulary.indices
        guard all.count > Self.mostCharacters else { return .init(columns: columns, all.map(named)) }
        let order = all.filter { example.vocabulary[$0] != step.target }
            .sorted { (step.probabilities[$1], $0) < (step.probabilities[$0], $1) }
        let places = all.filter { example.vocabulary[$0] == step.target } + order.prefix(Self.likeliest - 1)
        let rest = [String](repeating: "", count: columns.count - 1)
        return .init(columns: columns, places.sorted().map(named) + [.init(["…"] + rest, .faint)])
    }

    // MARK: Grids

    /// Each gate over time: units are rows, steps columns.
    private func gates(_ pass: RecurrentPass, _ when: String) -> any Figure {
        let steps = pass.steps.prefix(Self.mostSteps)
        let meanings = [
            "i": "i, what gets in", "f": "f, what is kept", "g": "g, what is new", "o": "o, what is shown",
            "r": "r, what is kept for n", "z": "z, what is kept", "n": "n, what is new",
        ]
        var grids: [(String, [[Double]])] = pass.steps[0].gates.enumerated().map { index, gate in
            (meanings[gate.name] ?? gate.name, steps.map { $0.gates[index].values })
        }
        if pass.steps[0].cell != nil { grids.append(("c, the cell", steps.map { $0.cell ?? [] })) }
        grids.append(("h, the state", steps.map(\.hidden)))
        return NumberPanels(
            title: title("Gates", when, pass) + " (blue above 0, red below)",
            panels: grids.map { name, columns in
                var panel = NumberPanels.Panel(
                    name,
                    (0..<example.hidden).map { unit in
                        columns.map { .init($0[unit].fixed(2), shade: $0[unit]) }
                    })
                panel.columnNames = steps.map { Self.name($0.input) }
                panel.rowNames = (1...example.hidden).map { "\($0)" }
                return panel
            }, maximumWidth: 820)
    }

    /// What each step adds to the gradient of W_hh, and the sum.
    private func shares(_ pass: RecurrentPass, _ when: String) -> any Figure {
        let steps = pass.steps.prefix(Self.mostSteps)
        var grids = steps.enumerated().map { index, step in
            ("t = \(index + 1), \(quoted(step.input))", step.gradients.weights.hiddenToHidden)
        }
        grids.append(("sum" + (pass.steps.count > steps.count ? " of all steps" : ""), pass.gradients.hiddenToHidden))
        let numbers = grids.flatMap { $0.1.rows.joined() }
        let (scale, largest) = (Scale(of: numbers), max(numbers.map(abs).max() ?? 0, 1e-30))
        let gates = pass.steps[0].gates.map(\.name)
        return NumberPanels(
            title: title("∂L/∂Whh of each step\(scale.note),", when, pass),
            panels: grids.map { name, grid in
                var panel = NumberPanels.Panel(
                    name, grid.rows.map { row in row.map { .init(scale.text($0), shade: $0 / largest) } })
                if !gates.isEmpty {
                    panel.rowNames = (0..<grid.height).map {
                        "\(gates[$0 / example.hidden]) \($0 % example.hidden + 1)"
                    }
                }
                panel.cellSide = gates.isEmpty ? 22 : 16
                return panel
            }, maximumWidth: 820)
    }

    private var curve: any Figure {
        LineChart(
            title: "How the word was learnt", xLabel: "steps of training", yLabel: "L, nats",
            series: [.init("", example.losses.enumerated().map { Point(Double($0), $1) })], isLogY: true, width: 560,
            height: 240)
    }
}
