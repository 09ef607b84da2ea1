import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct LayerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: Shape
        let output: Shape
        /// Parameters, worked out by hand.
        let count: Int
        let make: @Sendable (inout SplitMix64) -> any Layer

        init(
            _ name: String, _ input: Shape, _ output: Shape, _ count: Int,
            _ make: @escaping @Sendable (inout SplitMix64) -> any Layer
        ) {
            testDescription = name
            self.input = input
            self.output = output
            self.count = count
            self.make = make
        }
    }

    static let cases = [
        Case("a convolution", [2, 3, 9, 7], [2, 8, 9, 4], 8 * 3 * 15 + 8) {
            Conv2D(in: 3, out: 8, kernel: [3, 5], stride: [1, 2], padding: .same, using: &$0)
        },
        Case("a grouped, dilated convolution", [1, 4, 9, 9], [1, 6, 5, 5], 6 * 2 * 9) {
            Conv2D(in: 4, out: 6, kernel: 3, dilation: 2, groups: 2, bias: false, activation: .relu, using: &$0)
        },
        Case("a transposed convolution", [1, 4, 3, 3], [1, 2, 7, 7], 4 * 2 * 9 + 2) {
            ConvTranspose2D(in: 4, out: 2, kernel: 3, stride: 2, using: &$0)
        },
        Case("a linear layer", [2, 5, 6], [2, 5, 4], 6 * 4 + 4) { Linear(in: 6, out: 4, using: &$0) },
        Case("batch norm", [2, 5, 3, 3], [2, 5, 3, 3], 10) { _ in BatchNorm2D(5) },
        Case("layer norm", [2, 3, 5], [2, 3, 5], 10) { _ in LayerNorm([5]) },
        Case("local response norm", [2, 7, 3, 3], [2, 7, 3, 3], 0) { _ in LocalResponseNorm(size: 5) },
        Case("a max pool that rounds up", [1, 2, 5, 6], [1, 2, 3, 3], 0) { _ in MaxPool2D(kernel: 2, ceilMode: true) },
        Case("an average pool", [1, 2, 5, 6], [1, 2, 2, 3], 0) { _ in AveragePool2D(kernel: 2) },
        Case("an adaptive pool", [1, 2, 5, 6], [1, 2, 3, 4], 0) { _ in AdaptiveAveragePool2D(to: [3, 4]) },
        Case("a global pool", [3, 2, 5, 6], [3, 2, 1, 1], 0) { _ in GlobalAveragePool2D() },
        Case("flattening", [3, 2, 5, 6], [3, 60], 0) { _ in Flatten() },
        Case("an embedding", [2, 3], [2, 3, 4], 40) { Embedding(10, dimensions: 4, using: &$0) },
        Case("dropout", [2, 3], [2, 3], 0) { Dropout(using: &$0) },
        Case("softmax", [2, 3], [2, 3], 0) { _ in Softmax() },
        Case("GELU", [2, 3], [2, 3], 0) { _ in GELU() },
    ]

    @Test("output shape and number of parameters", arguments: cases)
    func shapes(_ c: Case) {
        var generator = SplitMix64(seed: 1)
        let layer = c.make(&generator)
        let input = layer is Embedding ? Tensor(filledWith: 1, shape: c.input) : Tensor.ramp(c.input)
        #expect(layer(input).shape == c.output)
        #expect(layer.parameters.reduce(0) { $0 + $1.parameter.shape.elementCount } == c.count)
        // Every parameter takes part.

        let (_, gradients) = withGradients { sum(layer(input) * .ramp(c.output)) }
        for (name, parameter) in layer.parameters {
            #expect(gradients[parameter]?.shape == parameter.shape, "\(name) has no gradient")
        }
    }

    @Test("batch norm keeps PyTorch's running averages while training, and uses them afterwards")
    func batchNorm() throws {
        let expected = try TrainingFixtures.load().batchNorm
        let layer = BatchNorm2D(3, momentum: 0.2)
        for batch in expected.batches { _ = withGradients { sum(layer(Tensor(batch, shape: [4, 3, 2, 2]))) } }
        #expect(layer.runningMean.value.isClose(to: Tensor(expected.runningMean, shape: [3])))
        #expect(layer.runningVar.value.isClose(to: Tensor(expected.runningVar, shape: [3])))
        #expect(layer.numBatchesTracked.value.item == 3)

        let mean = expected.runningMean[1]
        let variance = expected.runningVar[1]
        let y = layer(Tensor(filledWith: 2, shape: [1, 3, 1, 1])).scalars[1]
        #expect(abs(y - (2 - mean) / (variance + 1e-5).squareRoot()) < 1e-5)
        #expect(layer.numBatchesTracked.value.item == 3, "predicting must not change the averages")
    }

    @Test("an embedding's padding row is zero")
    func padding() {
        var generator = SplitMix64(seed: 2)
        let layer = Embedding(3, dimensions: 2, paddingIndex: 1, using: &generator)
        let y = layer(Tensor([1, 0])).scalars
        #expect(y[..<2] == [0, 0])
        #expect(y[2] != 0)
    }

    @Test("frozen batch norm does not look at the batch")
    func frozen() {
        let layer = BatchNorm2D(2, isFrozen: true)
        let x = Tensor.ramp([2, 2, 3, 3])
        let (value, _) = withGradients { sum(layer(x) * .ramp(x.shape)) }
        #expect(abs(value.item - sum(layer(x) * .ramp(x.shape)).item) < 1e-5)
        #expect(layer.numBatchesTracked.value.item == 0)
    }

    @Test("dropout acts while training only, anew each time, and repeats from a restored state")
    func dropout() throws {
        var generator = SplitMix64(seed: 9)
        let layer = Dropout(probability: 0.25, using: &generator)
        let x = Tensor(filledWith: 3, shape: [10_000])
        #expect(layer(x).scalars == x.scalars)
        func trained() -> [Float] { Phase.$current.withValue(.training) { layer(x).scalars } }
        let source = try #require(layer.randomSources.first?.source)
        let state = source.state
        let first = trained()
        let second = trained()
        #expect(first != second)
        #expect(Set(first) == [0, 4])
        // Five deviations of a binomial distribution around a quarter.
        #expect(abs(first.count { $0 == 0 } - 2500) < 5 * 44)
        source.restore(state)
        #expect(trained() == first)
    }

    @Test("a training that is traced draws no mask and moves no generator, and counts the mask's memory")
    func tracedDropout() throws {
        var generator = SplitMix64(seed: 9)
        let layer = Dropout(probability: 0.25, using: &generator)
        let source = try #require(layer.randomSources.first?.source)
        let state = source.state
        let graph = Trace.of([[2, 8]], phase: .training) { [layer($0[0])] }
        #expect(source.state == state)
        #expect(graph.values[graph.outputs[0]].shape == [2, 8])
        // The input, the mask and the result; a mask that was drawn would be a constant.
        #expect(graph.peakByteCount(overwrites: false) == 3 * 16 * 4)
        #expect(!graph.values.contains { if case .constant = $0.origin { true } else { false } })
        #expect(Trace.of([[2, 8]]) { [layer($0[0])] }.nodes.isEmpty, "nothing happens when predicting")
    }
}
