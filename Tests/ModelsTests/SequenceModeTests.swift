import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// The five modes through one interface: what goes in, what comes out.
@Suite struct SequenceModeTests {
    private static func mapping(_ mode: SequenceMode) throws -> (any SequenceMapping, input: Shape) {
        var generator = SplitMix64(seed: 4)
        func small(_ change: (inout SequenceLabeller.Configuration) -> Void = { _ in })
            -> SequenceLabeller.Configuration
        {
            var configuration = SequenceLabeller.Configuration()
            (configuration.hidden, configuration.embedding) = (6, 5)
            change(&configuration)
            return configuration
        }
        switch mode {
        case .oneToOne:
            let network = Network(try Architecture.leNet5.resolved(classes: 7, seed: 1))
            return (OneToOne(network), Shape([1, 3] + network.inputs[0].shape(batch: 1).dimensions.dropFirst()))
        case .oneToMany:
            return (VectorDecoder(features: 8, tokens: 7, hidden: 6, using: &generator), [1, 3, 8])
        case .manyToOne:
            return (
                SequenceLabeller(small(), tokens: 7, labels: 7, labelsEach: false, length: 5, using: &generator),
                [5, 3]
            )
        case .synced:
            return (
                SequenceLabeller(small(), tokens: 7, labels: 7, labelsEach: true, length: 5, using: &generator), [5, 3]
            )
        case .manyToMany:
            var configuration = Seq2Seq.Configuration()
            (configuration.hidden, configuration.embedding) = (6, 5)
            return (Seq2Seq(configuration, sourceTokens: 7, targetTokens: 7, length: 5, using: &generator), [5, 3])
        }
    }

    @Test("each reads and writes as many steps as its name says", arguments: SequenceMode.allCases)
    func shapes(_ mode: SequenceMode) throws {
        let (mapping, shape) = try Self.mapping(mode)
        #expect(mapping.mode == mode)
        #expect((shape[0] > 1) == mode.readsSequence)
        let input = shape.rank == 2 ? Tensor((0..<15).map { Float($0 % 7) }, shape: shape) : .random(shape)
        let output = mapping(input, count: 4)
        let steps = !mode.writesSequence ? 1 : mode == .synced ? shape[0] : 4
        #expect(output.shape == [steps, 3, 7])
        // The sequences of a batch know nothing of each other.
        let alone = mapping(input.sliced(axis: 1, 1..<2), count: 4)
        expectClose([output.sliced(axis: 1, 1..<2)], to: [alone], tolerance: 1e-5)
    }

    @Test("a synced model is asked of the past alone, a language model at least", arguments: [1, 2, 4])
    func causal(_ step: Int) {
        var configuration = LanguageModel.Configuration()
        configuration.hidden = 6
        var generator = SplitMix64(seed: 4)
        let model = LanguageModel(configuration, tokens: 5, length: 6, using: &generator)
        let text = Tensor([0, 1, 2, 3, 4, 0], shape: [6, 1])
        let all = model(text)
        let begun = model(text.sliced(axis: 0, 0..<step))
        expectClose([all.sliced(axis: 0, 0..<step)], to: [begun], tolerance: 1e-6)
    }

    @Test("words for a vector are learnt, and written as they were learnt")
    func vectorToWords() {
        var generator = SplitMix64(seed: 5)
        let decoder = VectorDecoder(features: 2, tokens: 8, hidden: 16, using: &generator)
        let vectors = Tensor([1, 0, 0, 1], shape: [1, 2, 2])
        // START 4 5 6 END, and START 7 5 END END.
        let read = Tensor([2, 2, 4, 7, 5, 5, 6, 3], shape: [4, 2])
        let written = Tensor([4, 7, 5, 5, 6, 3, 3, 3], shape: [4, 2])
        let parameters = decoder.parameters.map(\.parameter)
        for _ in 0..<150 {
            let (_, gradients) = withGradients {
                crossEntropy(
                    decoder.scores(vectors, behind: read).reshaped(to: [8, 8]), written.reshaped(to: [8]))
            }
            for parameter in parameters {
                guard let gradient = gradients[parameter] else { continue }
                parameter.assign(parameter.value - gradient * 0.5)
            }
        }
        #expect(argMax(decoder(vectors, count: 4), axis: 2).scalars == written.scalars)
    }
}
