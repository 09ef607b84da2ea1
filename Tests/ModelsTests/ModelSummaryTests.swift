import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import Testing

import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

/// Summaries of networks that are no list of layers.
@Suite struct ModelSummaryTests {
    @Test("a U-Net is described by its trace: names, sizes, crops, skips")
    func uNet() throws {
        let summary = ModelSummary(SmallUNet([8, 16], side: 28, classes: 2), name: "U-Net")
        #expect(summary.input == [28, 28, 1] && summary.stages == nil)
        #expect(
            summary.layers.map { "\($0.name) \($0.kind.rawValue) \($0.outputSize) \($0.depth)" } == [
                "down.0.conv1 conv [26, 26, 8] 1", "down.0.conv2 conv [24, 24, 8] 1", "down.0 block [24, 24, 8] 0",
                "pool1 maxpool [12, 12, 8] 0",
                "down.1.conv1 conv [10, 10, 16] 1", "down.1.conv2 conv [8, 8, 16] 1", "down.1 block [8, 8, 16] 0",
                "up.0 upconv [16, 16, 8] 0", "crop1 crop [16, 16, 8] 0", "concat1 concat [16, 16, 16] 0",
                "decode.0.conv1 conv [14, 14, 8] 1", "decode.0.conv2 conv [12, 12, 8] 1",
                "decode.0 block [12, 12, 8] 0", "head conv [12, 12, 2] 0",
            ])
        // Of the transposed convolution comes the crop; of both the concatenation.
        #expect(summary.layers[8].sources == [2] && summary.layers[9].sources == [8, 7])
        #expect(summary.layers.indices.allSatisfy { [8, 9].contains($0) || summary.layers[$0].sources == nil })
        #expect(summary.layers[0].activation == .relu && summary.layers[13].activation == nil)
        #expect(
            [0, 3, 7, 8, 9].map { summary.layers[$0].arithmetic } == [
                "(28 − 3 + 0) / 1 + 1 = 26", "(24 − 2 + 0) / 2 + 1 = 12", "(8 − 1) · 2 − 2 · 0 + 2 = 16",
                "16×16×8 of 24×24×8", "8 + 8 = 16 channels",
            ])
        // Convolutions by hand: inputs · 9 · outputs + outputs.
        let parameters = [80, 584, 1168, 2320, 16 * 8 * 4 + 8, 16 * 9 * 8 + 8, 584, 18]
        #expect(summary.layers.map(\.parameters).filter { $0 > 0 } == parameters)
        #expect(summary.totalParameters == parameters.reduce(0, +))
        let products = [
            26 * 26 * 72, 24 * 24 * 576, 100 * 1152, 64 * 2304, 64 * 512, 196 * 1152, 144 * 576, 144 * 16,
        ]
        #expect(summary.totalMultiplyAdds == products.reduce(0, +))
        #expect(summary.layers[2].activationBytes == 0 && summary.layers[1].activationBytes == 24 * 24 * 8 * 4)
    }

    @Test("sizes other than the usual ones are followed through the network, and the paper's come out")
    func paper() throws {
        let network = SmallUNet([64, 128, 256, 512, 1024], side: 28, classes: 2)
        let summary = ModelSummary(network, name: "U-Net", sizes: ["image": [572, 572]])
        #expect(summary.input == [572, 572, 1] && summary.layers.last?.outputSize == [388, 388, 2])
        let convolutions = summary.layers.filter { [.convolution, .transposedConvolution].contains($0.kind) }
        #expect(convolutions.count == 23)  // "in total the network has 23 convolutional layers"
        #expect(summary.layers.filter { $0.kind == .crop }.map(\.outputSize[0]) == [56, 104, 200, 392])
        #expect(summary.totalParameters == 31_030_658)
        // Every sum of every convolution is kept until the way back.
        #expect(summary.memory.trainingBytes > 2 * summary.memory.parameterBytes + 4 * 64 * (570 * 570 + 568 * 568))
    }

    private struct Block: Layer {
        let conv: Conv2D
        let norm: BatchNorm2D

        func callAsFunction(_ x: Tensor) -> Tensor { relu(x + norm(conv(x, as: "conv"), as: "norm")) }
    }

    /// One block twice, a head for training alone, and another with the first's weights.
    private struct Odd: Model {
        let block: Block
        let fc: Linear
        let aux: Linear

        init() {
            var generator = SplitMix64(seed: 3)
            block = Block(
                conv: Conv2D(in: 4, out: 4, kernel: 3, padding: 1, bias: false, using: &generator),
                norm: BatchNorm2D(4))
            fc = Linear(in: 4, out: 3, using: &generator)
            aux = Linear(in: 4, out: 3, using: &generator)
        }

        var inputs: [ModelInput] { [ModelInput("x", [.batch, .fixed(4), .fixed(6), .fixed(5)])] }
        var outputs: [String] { ["y"] }
        private func head(_ x: Tensor, _ layer: Linear, _ name: String) -> Tensor {
            softmax(layer(globalAveragePool2D(x).flattened(from: 1), as: name), axis: 1)
        }
        func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { trainingResults(inputs).outputs }
        func trainingResults(_ inputs: [Tensor]) -> TrainingResults {
            let x = block(inputs[0], as: "block")
            let auxiliary = head(x, aux, "aux")
            return TrainingResults([head(block(x, as: "block"), fc, "fc")], auxiliary: [.init(auxiliary, weight: 0.3)])
        }
    }

    @Test("shared layers count once, blocks that end with a sum are residual, auxiliary heads are marked")
    func odd() throws {
        let summary = ModelSummary(Odd(), name: "odd", optimizerStates: 2)
        #expect(
            summary.layers.map { "\($0.name) \($0.kind.rawValue) \($0.depth) \($0.parameters)" } == [
                "block.conv conv 1 144", "block.norm batchnorm 1 8", "block residual 0 0",
                "pool1 global-avgpool 0 0", "flatten1 flatten 0 0", "aux linear 0 15", "softmax1 softmax 0 0",
                "block.conv conv 1 0", "block.norm batchnorm 1 0", "block residual 0 0",
                "pool2 global-avgpool 0 0", "flatten2 flatten 0 0", "fc linear 0 15", "softmax2 softmax 0 0",
            ])
        #expect(summary.layers[2].sources == [-1, 1] && summary.layers[7].sources == [2])
        #expect(summary.layers[7].sharesParametersOf == "block.conv")
        #expect(summary.layers.indices.filter { summary.layers[$0].isAuxiliary == true } == [3, 4, 5, 6])
        #expect(summary.totalParameters == 167 && summary.auxiliaryParameters == 15)
        #expect(summary.totalMultiplyAdds == 2 * 30 * 144 + 12)
        #expect(summary.memory.optimizerBytes == 2 * 4 * 182 && summary.memory.parameterBytes == 4 * 167)
    }

    /// Layers that have names, and sums and concatenations between them that have none.
    private struct Unscoped: Model {
        let conv: [Conv2D]

        init() {
            var generator = SplitMix64(seed: 9)
            conv = (0..<4).map { _ in Conv2D(in: 2, out: 2, kernel: 1, using: &generator) }
        }

        var inputs: [ModelInput] { [ModelInput("x", [.batch, .fixed(2), .fixed(3), .fixed(3)])] }
        var outputs: [String] { ["y"] }
        func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
            let x = inputs[0]
            let y = relu(x + conv[1](relu(conv[0](x, as: "a.conv1")), as: "a.conv2"))
            let z = conv[3](relu(conv[2](y, as: "b.conv1")), as: "b.conv2")
            return [concatenated([x, z], axis: 1)]
        }
    }

    @Test("a sum of what a block gives and what it is given ends the block, one with something else does not")
    func unscoped() {
        let summary = ModelSummary(Unscoped(), name: "")
        #expect(
            summary.layers.map { "\($0.name) \($0.kind.rawValue) \($0.depth)" } == [
                "a.conv1 conv 1", "a.conv2 conv 1", "a residual 0",
                "b.conv1 conv 1", "b.conv2 conv 1", "b block 0", "concat1 concat 0",
            ])
        #expect(summary.layers[2].activation == .relu && summary.layers[2].sources == [-1, 1])
        #expect(summary.layers[6].sources == [-1, 5])
    }

    /// Several operations under one name, on images and on vectors.
    private struct Compound: Model {
        struct Mean: Layer {
            func callAsFunction(_ x: Tensor) -> Tensor { globalAveragePool2D(x).flattened(from: 1) }
        }
        struct Shift: Layer {
            func callAsFunction(_ x: Tensor) -> Tensor { x.sliced(axis: 1, 1..<4).padded(axis: 1, before: 0, after: 1) }
        }

        var inputs: [ModelInput] { [ModelInput("x", [.batch, .fixed(4), .fixed(5), .fixed(7)])] }
        var outputs: [String] { ["y"] }
        func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
            [exp(softmax(Shift()(Mean()(inputs[0], as: "mean"), as: "shift"), axis: 1))]
        }
    }

    @Test("a layer of several operations is one row, called after what it does mainly")
    func compound() {
        let summary = ModelSummary(Compound(), name: "")
        #expect(
            summary.layers.map { "\($0.name) \($0.kind.rawValue) \($0.outputSize) \($0.arithmetic)" } == [
                "mean global-avgpool [4] 5×7 into 1×1 means", "shift pad-channels [4] ", "softmax1 softmax [4] ",
                "arithmetic1 arithmetic [4] ",
            ])
        #expect(summary.totalParameters == 0 && summary.totalMultiplyAdds == 0)
    }

    /// What SegNet does: the decoder puts elements where the encoder found them.
    private struct Placing: Model {
        var inputs: [ModelInput] { [ModelInput("x", [.batch, .fixed(2), .fixed(7), .fixed(6)])] }
        var outputs: [String] { ["y"] }
        func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
            let (y, places) = maxPool2DWithIndices(inputs[0], kernel: 2)
            return [maxUnpool2D(exp(y), indices: places, to: [7, 6])]
        }
    }

    @Test("poolings with places and unpoolings are what they are called")
    func placing() {
        let summary = ModelSummary(Placing(), name: "")
        #expect(
            summary.layers.map { "\($0.kind.rawValue) \($0.outputSize) \($0.arithmetic)" } == [
                "maxpool [3, 3, 2] ⌊(7 − 2 + 0) / 2⌋ + 1 = 3; (6 − 2 + 0) / 2 + 1 = 3", "arithmetic [3, 3, 2] ",
                "unpool [7, 6, 2] ",
            ])
        #expect(summary.layers[0].kernel == [2, 2] && summary.layers[0].stride == [2, 2])
    }

    /// A backbone, and a head of two inputs that reads some of its weights.
    private struct Staged: StagedModel {
        struct Backbone: Model {
            let conv: Conv2D
            var inputs: [ModelInput] {
                [ModelInput("image", [.batch, .fixed(3), .free(.init(usual: 8)), .free(.init(usual: 8))])]
            }
            var outputs: [String] { ["map"] }
            func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [conv(inputs[0], as: "conv")] }
        }
        struct Head: Model {
            let conv: Conv2D
            var inputs: [ModelInput] {
                ["a", "b"].map { ModelInput($0, [.batch, .fixed(3), .free(.init(usual: 4)), .free(.init(usual: 4))]) }
            }
            var outputs: [String] { ["sum"] }
            func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [conv(inputs[0] + inputs[1], as: "conv")] }
        }

        let backbone: Backbone
        let head: Head
        var stages: [(name: String, model: any Model)] { [("backbone", backbone), ("head", head)] }
    }

    @Test("parts of a network are described one after the other, and weights that they share once")
    func staged() throws {
        var generator = SplitMix64(seed: 5)
        let conv = Conv2D(in: 3, out: 3, kernel: 1, using: &generator)
        let network = Staged(backbone: .init(conv: conv), head: .init(conv: conv))
        let summary = ModelSummary(network, name: "staged", sizes: ["image": [6, 10]], batch: 2)
        #expect(summary.layers.map(\.name) == ["backbone.conv", "head.add1", "head.conv"])
        #expect(summary.layers.map(\.outputSize) == [[6, 10, 3], [4, 4, 3], [4, 4, 3]])
        #expect(summary.layers.map(\.sources) == [nil, [-1], nil])
        #expect(summary.layers[2].sharesParametersOf == "backbone.conv" && summary.totalParameters == 12)
        #expect(summary.stages?.map(\.firstLayer) == [0, 1])
        #expect(summary.stages?[1].inputs == ["a": [4, 4, 3], "b": [4, 4, 3]])
        // The larger part predicts: its input and its result.
        #expect(summary.memory.inferenceBytes == 4 * (12 + 2 * 2 * 180))
        let data = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(ModelSummary.self, from: data) == summary)
    }
}
