import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct ModuleTests {
    struct Block: Module {
        let conv1: Conv2D
        let bn1: BatchNorm2D
        let downsample: Sequential?

        init(_ inputs: Int, _ outputs: Int, stride: Int, using generator: inout SplitMix64) {
            conv1 = Conv2D(
                in: inputs, out: outputs, kernel: 3, stride: Pair(stride), padding: 1, bias: false, using: &generator)
            bn1 = BatchNorm2D(outputs)
            downsample =
                inputs == outputs
                ? nil
                : Sequential {
                    Conv2D(in: inputs, out: outputs, kernel: 1, stride: Pair(stride), using: &generator)
                    BatchNorm2D(outputs)
                }
        }
    }

    struct Network: Module {
        let features: Sequential
        let blocks: [Block]
        let norm: LayerNorm
        let table: Embedding
        let head: Linear?

        init(using generator: inout SplitMix64) {
            features = Sequential {
                Conv2D(in: 3, out: 8, kernel: [3, 5], padding: 1, using: &generator)
                ReLU()
                MaxPool2D(kernel: 2)
                ConvTranspose2D(in: 8, out: 6, kernel: 2, stride: 2, groups: 2, using: &generator)
                Dropout(probability: 0.1, using: &generator)
            }
            blocks = [
                Block(6, 6, stride: 1, using: &generator),
                Block(6, 12, stride: 2, using: &generator),
            ]
            norm = LayerNorm([12])
            table = Embedding(10, dimensions: 4, using: &generator)
            head = Linear(in: 12, out: 5, using: &generator)
        }
    }

    @Test("names, order and shapes are those of PyTorch's named_parameters and named_buffers")
    func names() throws {
        let expected = try TrainingFixtures.load().network
        var generator = SplitMix64(seed: 0)
        let network = Network(using: &generator)
        let parameters = network.parameters.map {
            TrainingFixtures.Named(name: $0.name, shape: $0.parameter.shape.dimensions)
        }
        let buffers = network.buffers.map {
            TrainingFixtures.Named(name: $0.name, shape: $0.buffer.shape.dimensions)
        }
        #expect(parameters == expected.parameters)
        #expect(buffers == expected.statistics)
        #expect(network.randomSources.map(\.name) == ["features.4.source"])
    }

    @Test("a property in camel case is stored in snake case, parts of a tuple by label or number")
    func snakeCase() {
        struct Odd: Module {
            let upperHalf = (left: Parameter(Tensor([1])), Parameter(Tensor([2])))
            let plain = 3
            let nothing: Parameter? = nil
        }
        #expect(Odd().parameters.map(\.name) == ["upper_half.left", "upper_half.1"])
    }

    @Test("a shared parameter is listed once")
    func tied() {
        var generator = SplitMix64(seed: 4)
        let conv = Conv2D(in: 2, out: 2, kernel: 1, using: &generator)
        let model = Sequential {
            conv
            conv
        }
        #expect(model.parameters.map(\.name) == ["0.weight", "0.bias"])
    }

    @Test("a builder may loop and choose, and its layers are found")
    func builder() {
        var generator = SplitMix64(seed: 3)
        let isDeep = true
        let model = Sequential {
            for (inputs, outputs) in [(1, 2), (2, 3)] {
                Conv2D(in: inputs, out: outputs, kernel: 3, padding: 1, bias: false, using: &generator)
                Apply(relu)
            }
            if isDeep { Conv2D(in: 3, out: 1, kernel: 1, bias: false, using: &generator) }
        }
        #expect(model.parameters.map(\.name) == ["0.weight", "2.weight", "4.weight"])
        #expect(model(Tensor(filledWith: 1, shape: [1, 1, 4, 4])).shape == [1, 1, 4, 4])
    }

    @Test("a model may be used from many tasks at once")
    func concurrency() async {
        var generator = SplitMix64(seed: 2)
        let model = Sequential {
            Conv2D(in: 1, out: 4, kernel: 3, activation: .relu, using: &generator)
            Flatten()
            Linear(in: 4 * 36, out: 3, using: &generator)
        }
        let expected = model(Tensor(filledWith: 1, shape: [1, 1, 8, 8])).scalars
        await withTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 { group.addTask { model(Tensor(filledWith: 1, shape: [1, 1, 8, 8])).scalars } }
            for await scores in group { #expect(scores == expected) }
        }
    }

    @Test("the same seed draws the same values, whatever is read first")
    func seeded() {
        func values(reversed: Bool) -> [[Float]] {
            var generator = SplitMix64(seed: 5)
            let network = Network(using: &generator)
            let parameters = network.parameters.map(\.parameter)
            for parameter in reversed ? parameters.reversed() : parameters { _ = parameter.value }
            return parameters.map(\.value.scalars)
        }
        #expect(values(reversed: false) == values(reversed: true))
    }
}
