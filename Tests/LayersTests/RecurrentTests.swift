import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

private func expectNear(
    _ found: Tensor, _ wanted: Tensor, within tolerance: Float, sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose([found], to: [wanted], tolerance: tolerance, sourceLocation: sourceLocation)
}

/// Recurrent layers against PyTorch's: `Tests/Fixtures/recurrent.safetensors`.
@Suite struct RecurrentTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var number = 0
        let kind: RecurrentCell
        let inputs: Int
        let hidden: Int
        /// 0 for a cell.
        let layers: Int
        let bidirectional: Bool
        let bias: Bool

        private enum CodingKeys: CodingKey { case kind, inputs, hidden, layers, bidirectional, bias }

        var testDescription: String {
            "\(number): \(kind.rawValue), \(inputs) to \(hidden), \(layers) layers\(bidirectional ? ", both ways" : "")"
        }
    }

    private static let file = try? SafetensorsFile(
        at: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/recurrent.safetensors").path)

    static let cases: [Case] = {
        let text = file?.metadata["cases"] ?? ""
        let cases = (try? JSONDecoder().decode([Case].self, from: Data(text.utf8))) ?? []
        return cases.enumerated().map { number, c in
            var c = c
            c.number = number
            return c
        }
    }()

    private let file: SafetensorsFile

    init() throws { file = try #require(Self.file) }

    private func tensor(_ c: Case, _ name: String) throws -> Tensor { try file.tensor("\(c.number)/\(name)") }

    private func lengths(_ c: Case) throws -> Tensor? {
        file.shapes["\(c.number)/lengths"] == nil ? nil : try tensor(c, "lengths")
    }

    /// The first states, layer by layer, from PyTorch's tensors `[layers, N, H]`.
    private func states(_ c: Case, _ tensors: [Tensor]) -> [RNNState] {
        (0..<tensors[0].shape[0]).map { layer in
            let parts = tensors.map { $0.sliced(axis: 0, layer..<layer + 1).reshaped(to: [$0.shape[1], $0.shape[2]]) }
            return RNNState(hidden: parts[0], cell: parts.count > 1 ? parts[1] : nil)
        }
    }

    /// PyTorch's tensors from states.
    private func stacked(_ states: [RNNState]) -> [Tensor] {
        states[0].tensors.indices.map { index in
            concatenated(
                states.map { $0.tensors[index].reshaped(to: Shape([1] + $0.hidden.shape.dimensions)) }, axis: 0)
        }
    }

    @Test("there are cases") func there() { #expect(Self.cases.count == 27) }

    @Test("outputs, states and all gradients are PyTorch's", arguments: cases.filter { $0.layers > 0 })
    func layers(_ c: Case) throws {
        var generator = SplitMix64(seed: 1)
        let rnn = RNN(
            c.kind, in: c.inputs, out: c.hidden, layers: c.layers, bias: c.bias, isBidirectional: c.bidirectional,
            using: &generator)
        try rnn.load(file, prefix: "\(c.number)/weight/", strict: false)
        #expect(
            Set(rnn.parameters.map(\.name))
                == Set(
                    file.shapes.keys.compactMap {
                        $0.hasPrefix("\(c.number)/weight/") ? String($0.dropFirst("\(c.number)/weight/".count)) : nil
                    }))
        let count = c.kind == .lstm ? 2 : 1
        let x = Parameter(try tensor(c, "x"))
        let first = try (0..<count).map { Parameter(try tensor(c, "state/\($0)")) }
        let lengths = try lengths(c)
        let scales = try (0...count).map { try tensor(c, "scale/\($0)") }
        var results: [Tensor] = []
        let (_, gradients) = withGradients {
            let (outputs, last) = rnn(x.value, from: states(c, first.map(\.value)), lengths: lengths)
            results = [outputs] + stacked(last)
            return zip(results, scales).reduce(Tensor([0], shape: [])) { $0 + sum($1.0 * $1.1) }
        }
        expectNear(results[0], try tensor(c, "outputs"), within: 1e-5)
        for index in 0..<count { expectNear(results[1 + index], try tensor(c, "last/\(index)"), within: 1e-5) }
        func expectGradient(_ parameter: Parameter, _ name: String) throws {
            let found = try #require(gradients[parameter])
            let wanted = try tensor(c, "gradient/\(name)")
            // Sums over all steps: relative to the largest.
            let scale = max(1, wanted.scalars.reduce(0) { max($0, $1.magnitude) })
            expectNear(found * (1 / scale), wanted * (1 / scale), within: 1e-5)
        }
        try expectGradient(x, "x")
        for index in 0..<count { try expectGradient(first[index], "state/\(index)") }
        for (name, parameter) in rnn.parameters { try expectGradient(parameter, "weight/\(name)") }
    }

    @Test("a plan gives the same, in inference", arguments: cases.filter { $0.layers > 0 })
    func planned(_ c: Case) throws {
        var generator = SplitMix64(seed: 1)
        let rnn = RNN(
            c.kind, in: c.inputs, out: c.hidden, layers: c.layers, bias: c.bias, isBidirectional: c.bidirectional,
            using: &generator)
        try rnn.load(file, prefix: "\(c.number)/weight/", strict: false)
        let count = c.kind == .lstm ? 2 : 1
        var inputs = [try tensor(c, "x")] + (try (0..<count).map { try tensor(c, "state/\($0)") })
        if let lengths = try lengths(c) { inputs.append(lengths) }
        let plan = Plan(for: inputs.map(\.shape)) { given in
            let (outputs, last) = rnn(
                given[0], from: states(c, Array(given[1...count])), lengths: given.count > count + 1 ? given.last : nil)
            return [outputs] + stacked(last)
        }
        let results = plan.run(inputs)
        expectNear(results[0], try tensor(c, "outputs"), within: 1e-5)
        for index in 0..<count { expectNear(results[1 + index], try tensor(c, "last/\(index)"), within: 1e-5) }
    }

    @Test("a cell is PyTorch's", arguments: cases.filter { $0.layers == 0 })
    func cell(_ c: Case) throws {
        var generator = SplitMix64(seed: 1)
        let cell = RNNCell(c.kind, in: c.inputs, out: c.hidden, using: &generator)
        try cell.load(file, prefix: "\(c.number)/weight/", strict: false)
        let count = c.kind == .lstm ? 2 : 1
        let x = Parameter(try tensor(c, "x"))
        let first = try (0..<count).map { Parameter(try tensor(c, "state/\($0)")) }
        let scales = try (0..<count).map { try tensor(c, "scale/\($0)") }
        var next = RNNState(zerosFor: c.kind, count: 1, hidden: 1)
        let (_, gradients) = withGradients {
            next = cell(x.value, RNNState(hidden: first[0].value, cell: count > 1 ? first[1].value : nil))
            return zip(next.tensors, scales).reduce(Tensor([0], shape: [])) { $0 + sum($1.0 * $1.1) }
        }
        for index in 0..<count { expectNear(next.tensors[index], try tensor(c, "last/\(index)"), within: 1e-5) }
        expectNear(try #require(gradients[x]), try tensor(c, "gradient/x"), within: 1e-5)
        for index in 0..<count {
            expectNear(try #require(gradients[first[index]]), try tensor(c, "gradient/state/\(index)"), within: 1e-5)
        }
        for (name, parameter) in cell.parameters {
            expectNear(
                try #require(gradients[parameter]), try tensor(c, "gradient/weight/\(name)"), within: 1e-5)
        }
    }

    @Test("steps one by one are the whole sequence", arguments: RecurrentCell.allCases)
    func steps(_ kind: RecurrentCell) {
        var generator = SplitMix64(seed: 3)
        let rnn = RNN(kind, in: 5, out: 21, layers: 2, using: &generator)
        let x = Tensor.random([6, 3, 5])
        let whole = rnn(x)
        var states: [RNNState]?
        for step in 0..<6 {
            let (output, last) = rnn(x.sliced(axis: 0, step..<step + 1), from: states)
            states = last
            expectNear(output, whole.outputs.sliced(axis: 0, step..<step + 1), within: 1e-6)
        }
        for (one, all) in zip(states ?? [], whole.last) { expectNear(one.hidden, all.hidden, within: 1e-6) }
    }

    @Test("padding reaches nothing, and lengths from outside are bounded", arguments: RecurrentCell.allCases)
    func padding(_ kind: RecurrentCell) {
        var generator = SplitMix64(seed: 4)
        let rnn = RNN(kind, in: 4, out: 9, isBidirectional: true, using: &generator)
        let x = Tensor.random([5, 4, 4])
        let lengths = Tensor([2, 0, 99, -.infinity], shape: [4])
        let masked = rnn(x, lengths: lengths)
        // The padding may hold anything.
        var scalars = x.scalars
        for step in 0..<5 {
            for row in 0..<4 where row != 2 && step >= (row == 0 ? 2 : 0) {
                for column in 0..<4 { scalars[(step * 4 + row) * 4 + column] = .nan }
            }
        }
        let other = rnn(Tensor(scalars, shape: x.shape), lengths: lengths)
        #expect(other.outputs.scalars == masked.outputs.scalars)
        #expect(masked.outputs.sliced(axis: 0, 2..<5).sliced(axis: 1, 0..<2).scalars.allSatisfy { $0 == 0 })
        let alone = rnn(x.sliced(axis: 0, 0..<2).sliced(axis: 1, 0..<1))
        for (state, own) in zip(masked.last, alone.last) {
            expectNear(state.hidden.sliced(axis: 0, 0..<1), own.hidden, within: 1e-6)
            #expect(state.hidden.sliced(axis: 0, 1..<2).scalars.allSatisfy { $0 == 0 })
        }
        let whole = rnn(x.sliced(axis: 1, 2..<3))
        expectNear(masked.last[0].hidden.sliced(axis: 0, 2..<3), whole.last[0].hidden, within: 1e-6)
    }
}
