import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Networks on sequences against the same ones written with PyTorch: `Tests/Fixtures/sequences.safetensors`.
@Suite struct SequenceNetworkTests {
    private let file: SafetensorsFile

    init() throws {
        file = try SafetensorsFile(
            at: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/sequences.safetensors").path)
    }

    private func tensors(_ name: String, _ part: String) throws -> [Tensor] {
        let count = file.shapes.keys.count { $0.hasPrefix("\(name)/\(part)/") }
        return try (0..<count).map { try file.tensor("\(name)/\(part)/\($0)") }
    }

    /// Names, outputs and all gradients.
    private func check(
        _ name: String, _ network: some StagedModel, _ forward: ([Tensor]) -> [Tensor]
    ) throws {
        let prefix = "\(name)/weight/"
        #expect(
            Set(network.parameters.map(\.name))
                == Set(file.shapes.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }))
        try network.load(file, prefix: prefix)
        let (inputs, scales) = (try tensors(name, "input"), try tensors(name, "scale"))
        var outputs: [Tensor] = []
        let (_, gradients) = withGradients {
            outputs = forward(inputs)
            return zip(outputs, scales).reduce(Tensor([0], shape: [])) { $0 + sum($1.0 * $1.1) }
        }
        expectClose(outputs.map(\.detached), to: try tensors(name, "output"), tolerance: 1e-5)
        for (parameter, held) in network.parameters {
            let found = try #require(gradients[held], "\(parameter)")
            expectClose(
                [found], to: [try file.tensor("\(name)/gradient/\(parameter)")], tolerance: 1e-5, "\(parameter)")
        }
    }

    @Test("a language model", arguments: [6, nil])
    func languageModel(_ embedding: Int?) throws {
        var configuration = LanguageModel.Configuration()
        (configuration.hidden, configuration.layers, configuration.embedding) = (9, 2, embedding)
        var generator = SplitMix64(seed: 1)
        let network = LanguageModel(configuration, tokens: 11, length: 5, using: &generator)
        try check("language model\(embedding == nil ? ", one-hot" : "")", network) { network($0) }
        // As a plan as well, whose states go from step to step.
        let name = "language model\(embedding == nil ? ", one-hot" : "")"
        let inputs = try tensors(name, "input")
        let shapes = [Shape([1, 3])] + inputs.dropFirst().map(\.shape)
        let plan = Plan(for: shapes) { network($0) }
        let session = plan.session(carrying: (1...4).map { (output: $0, input: $0) })
        session.state = Array(inputs.dropFirst())
        let steps = (0..<5).map { session.step([inputs[0].sliced(axis: 0, $0..<$0 + 1)])[0] }
        let outputs = try tensors(name, "output")
        expectClose([concatenated(steps, axis: 0)] + session.state, to: outputs, tolerance: 1e-5)
    }

    @Test("a labeller, of all or of each token", arguments: ["max", "mean", "last", "each"])
    func labeller(_ pooling: String) throws {
        var configuration = SequenceLabeller.Configuration()
        (configuration.cell, configuration.hidden, configuration.embedding) = (.gru, 6, 5)
        (configuration.dropout, configuration.pooling) = (0, SequenceLabeller.Pooling(rawValue: pooling) ?? .max)
        var generator = SplitMix64(seed: 1)
        let network = SequenceLabeller(
            configuration, tokens: 13, labels: 4, labelsEach: pooling == "each", length: 6, using: &generator)
        try check("labeller, \(pooling)", network) { network($0) }
        let plan = Plan(for: [[6, 4], [4]]) { network($0) }
        expectClose(
            plan.run(try tensors("labeller, \(pooling)", "input")), to: try tensors("labeller, \(pooling)", "output"),
            tolerance: 1e-5)
    }

    @Test("an encoder-decoder, with attention and without", arguments: [false, true])
    func seq2seq(_ attention: Bool) throws {
        var configuration = Seq2Seq.Configuration()
        (configuration.hidden, configuration.embedding, configuration.dropout) = (8, 5, 0)
        configuration.attention = attention
        var generator = SplitMix64(seed: 1)
        let network = Seq2Seq(configuration, sourceTokens: 12, targetTokens: 10, length: 6, using: &generator)
        try check("seq2seq\(attention ? ", attention" : "")", network) { inputs in
            let read = network.encoder([inputs[0], inputs[1]])
            return read + network.decoder([inputs[2], read[0], inputs[1]] + read.dropFirst())
        }
    }

    @Test("what lies beyond the ends of sequences changes nothing")
    func padding() throws {
        var generator = SplitMix64(seed: 2)
        let network = Seq2Seq(sourceTokens: 12, targetTokens: 10, length: 6, using: &generator)
        let lengths = Tensor([2, 5], shape: [2])
        func source(_ filling: Float) -> Tensor {
            Tensor([1, 3, 4, 5, filling, 6, filling, 7, filling, 8], shape: [5, 2])
        }
        let target = Tensor([1, 2, 3, 4], shape: [2, 2])
        let answers = [Float(0), 11].map { filling -> Tensor in
            let read = network.encoder([source(filling), lengths])
            return network.decoder([target, read[0], lengths] + read.dropFirst())[0]
        }
        #expect(answers[0].scalars == answers[1].scalars)
    }
}
