import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing

/// Against `explanation.safetensors`, which `make_explanation_fixtures.py` wrote with PyTorch's hooks.
@Suite struct ExplanationTests {
    private let layers: LayerByLayer
    private let fixture: SafetensorsFile

    private static let recipe = """
        input: 12x10x3
        layers:
          - conv: {channels: 6, kernel: 3, padding: 1}
          - relu
          - maxpool: 2
          - conv: {channels: 5, kernel: 3, padding: 1, bias: false}
          - batchnorm
          - relu
          - global-avgpool
          - flatten
          - dropout: 0.4
          - linear: 3
          - softmax
        """

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = try SafetensorsFile(at: folder.appendingPathComponent("Fixtures/explanation.safetensors").path)
        fixture = file
        layers = LayerByLayer(try Architecture(yaml: Self.recipe, source: "test.yaml").resolved())
        let weights = file.shapes.keys.filter { $0.hasPrefix("weights.") }
        try layers.load(
            Dictionary(uniqueKeysWithValues: weights.map { (String($0.dropFirst(8)), file.shapes[$0] ?? []) }),
            from: "fixture"
        ) { names in try file.tensors(names.map { "weights.\($0)" }) }
    }

    @Test("every layer gives what PyTorch's gives, and a softmax at the end is left out")
    func activations() throws {
        let names = ["conv1", "relu1", "pool1", "conv2", "norm1", "relu2", "pool2", "flatten1", "drop1", "fc1"]
        #expect(layers.stages.map(\.kind).last == .linear && layers.output == [3])
        for ((name, stage), activation) in zip(
            zip(names, layers.stages), layers.activations(of: try fixture.tensor("input")))
        {
            let expected = try fixture.tensor("activation.\(name)")
            #expect(activation.shape == expected.shape && activation.relativeError(to: expected) < 1e-5, "\(name)")
            #expect(Array(activation.shape.dimensions.dropFirst()) == stage.output.dimensions)
        }
    }

    @Test("Grad-CAM is that of PyTorch's hooks", arguments: ["conv1", "relu2"], 0..<3)
    func gradCAM(_ name: String, _ label: Int) throws {
        let stage = try #require(layers.stages.firstIndex { $0.name == name })
        let map = layers.gradCAM(of: try fixture.tensor("input"), class: label, at: stage)
        let expected = try fixture.tensor("gradcam.\(name).\(label)")
        #expect(expected.shape == [map.height, map.width])
        for (value, wanted) in zip(map.values, expected.scalars) { #expect(abs(value - wanted) < 1e-5) }
    }

    @Test("occlusion is that of PyTorch, whatever the size of a batch", arguments: [1, 7, 32])
    func occlusion(_ batch: Int) throws {
        let occlusion = Occlusion(cells: 5, fraction: 0.3, fill: [0.1, -0.2, 0.3], batch: batch)
        for label in 0..<3 {
            let map = occlusion.probabilities(of: try fixture.tensor("input"), class: label) { layers($0) }
            let expected = try fixture.tensor("occlusion.\(label)").scalars
            #expect(map.width == 5 && map.height == 5)
            for (value, wanted) in zip(map.values, expected) { #expect(abs(value - wanted) < 1e-5) }
        }
    }

    @Test("a fused network and its layers one by one agree, and share their parameters")
    func agreement() throws {
        let resolved = try FusionTests.resolved()
        let (network, layers) = (Network(resolved), LayerByLayer(resolved))
        let x = Tensor.ramp([2, 3, 13, 11])
        #expect(layers(x).relativeError(to: network(x)) < 1e-6)
        #expect(layers.parameters.map(\.name).sorted() == network.parameters.map(\.name).sorted())
        #expect(Set(layers.parameters.map(\.parameter)) == Set(network.parameters.map(\.parameter)))
        #expect(layers.activations(of: x).last?.scalars == layers(x).scalars)
    }

    @Test("what decides is found: where the red square is, and nowhere else")
    func decisive() throws {
        // Class 0 is how much red there is; class 1 is nothing.
        let yaml = """
            input: 16x16x3
            layers:
              - conv: {channels: 1, kernel: 1}
              - relu
              - global-avgpool
              - flatten
              - linear: 2
            """
        let layers = LayerByLayer(try Architecture(yaml: yaml, source: "test.yaml").resolved())
        try layers.load(
            [
                "conv1.weight": Tensor([1, 0, 0], shape: [1, 3, 1, 1]), "conv1.bias": Tensor([0], shape: [1]),
                "fc1.weight": Tensor([20, 0], shape: [2, 1]), "fc1.bias": Tensor([0, 0], shape: [2]),
            ], from: "test")
        var image = [Float](repeating: 0, count: 3 * 16 * 16)
        for row in 4..<8 { for column in 8..<12 { image[row * 16 + column] = 1 } }
        let x = Tensor(image, shape: [1, 3, 16, 16])

        let whole = softmax(layers(x), axis: 1).scalars[0]
        let covered = Occlusion(cells: 4, fraction: 0.25, fill: [0, 0, 0], batch: 3)
            .probabilities(of: x, class: 0) { layers($0) }
        let seen = layers.gradCAM(of: x, class: 0, at: try #require(layers.lastConvolution))
        for row in 0..<4 {
            for column in 0..<4 {
                let isSquare = row == 1 && column == 2
                #expect(isSquare ? covered[row, column] == 0.5 : covered[row, column] == whole)
                #expect((seen[row * 4, column * 4] > 0) == isSquare)
            }
        }
        #expect(whole > 0.7)
        // Nothing speaks for the other class.
        #expect(layers.gradCAM(of: x, class: 1, at: 0).values.allSatisfy { $0 == 0 })
    }

    @Test("the layer to look at and the first filters are found inside blocks too")
    func places() throws {
        let resnet = LayerByLayer(try Architecture(fileOrName: "resnet-50").resolved(classes: 5))
        #expect(resnet.lastConvolution.map { resnet.stages[$0].output } == [2048, 7, 7])
        let vgg = LayerByLayer(try Architecture(fileOrName: "vgg-16").resolved(classes: 5))
        #expect(vgg.lastConvolution.map { vgg.stages[$0].output } == [512, 14, 14])
        let first = try FusionTests.resolved(
            """
            input: 8x8x3
            layers:
              - avgpool: 2
              - residual:
                  body: [conv: {channels: 3, kernel: 3, padding: 1}]
              - flatten
              - linear: 2
            """)
        #expect(LayerByLayer(first).firstFilters?.shape == [3, 3, 3, 3])
        let none = try FusionTests.resolved("input: 4\nlayers: [linear: 2]")
        #expect(LayerByLayer(none).firstFilters == nil && LayerByLayer(none).lastConvolution == nil)
    }

    @Test("a network that is no list of layers is taken apart the same way")
    func structs() throws {
        let network = SmallUNet([16, 24], side: 28, classes: 3, seed: 4)
        let x = Tensor.ramp([1, 1, 28, 28])
        let layers = LayerByLayer(network, name: "U-Net")
        #expect(
            layers.stages.map(\.name) == [
                "down.0.conv1", "down.0.conv2", "pool1", "down.1.conv1", "down.1.conv2", "up.0", "crop1", "concat1",
                "decode.0.conv1", "decode.0.conv2", "head",
            ])
        let blocks = LayerByLayer(network, name: "U-Net", detail: .blocks)
        #expect(
            blocks.stages.map(\.name) == [
                "down.0", "pool1", "down.1", "up.0", "crop1", "concat1", "decode.0", "head",
            ])
        #expect(blocks.stages.map(\.isConvolution) == [true, false, true, true, false, false, true, true])
        #expect(layers.firstFilters?.scalars == network.down[0].conv1.weight.value.scalars)
        #expect(layers.lastConvolution == 10 && layers.output == [3, 12, 12] && layers.input == [1, 28, 28])

        let skip = network.down[0](x)
        let bottom = network.down[1](maxPool2D(skip, kernel: 2))
        let activations = layers.activations(of: x)
        let wanted = [1: skip, 2: maxPool2D(skip, kernel: 2), 4: bottom, 5: network.up[0](bottom), 10: network([x])[0]]
        for (stage, value) in wanted { #expect(activations[stage].relativeError(to: value) < 1e-6) }
        #expect(layers(x).scalars == network([x])[0].scalars)
        for (whole, part) in [(0, 1), (2, 4), (6, 9)] {
            #expect(blocks.activations(of: x)[whole].scalars == activations[part].scalars)
        }

        // Grad-CAM at the bottom, with the way up written down once more.
        let leaf = Parameter(bottom)
        var seen = 0
        for label in 0..<3 {
            let (_, gradients) = withGradients(phase: .inference) {
                let up = network.up[0](leaf.value)
                let middle = skip.sliced(axis: 2, 4..<20).sliced(axis: 3, 4..<20)
                let scores = network.head(network.decode[0](concatenated([middle, up], axis: 1)))
                return sum(scores.sliced(axis: 1, label..<label + 1))
            }
            let weights = mean(try #require(gradients[leaf]), axes: [2, 3], keepingAxes: true)
            let evidence = sum(weights * bottom, axes: [1]).scalars
            let map = layers.gradCAM(of: x, class: label, at: 4)
            #expect(map.width == 8 && map.height == 8)
            let scale = try #require(evidence.map(abs).max())
            for (value, wanted) in zip(map.values, evidence) { #expect(abs(value - max(0, wanted)) <= 1e-5 * scale) }
            let against = layers.gradCAM(of: [x], at: 4) { sum($0[0].sliced(axis: 1, label..<label + 1)) * -1 }
            for (value, wanted) in zip(against.values, evidence) {
                #expect(abs(value - max(0, -wanted)) <= 1e-5 * scale)
            }
            seen += (map.values + against.values).count { $0 > 0 }
        }
        #expect(seen > 0)

        // Of the scores themselves one class is its own map; where the score depends on nothing there is none.
        let own = layers.gradCAM(of: [x], at: 10) { sum($0[0].sliced(axis: 1, 0..<1)) }
        let scores = activations[10].scalars
        for (place, value) in own.values.enumerated() {
            #expect(abs(value - max(0, scores[place])) <= 1e-5 * max(1, abs(scores[place])))
        }
        let nothing = layers.gradCAM(of: [x], at: 10) { _ in Tensor([1], shape: []) }
        #expect(nothing.values.allSatisfy { $0 == 0 })
    }

    @Test("lines of a recipe can be looked at within blocks, too")
    func within() throws {
        let resolved = try FusionTests.resolved(FusionTests.normalized)
        let (blocks, layers) = (LayerByLayer(resolved), LayerByLayer(resolved, detail: .layers))
        #expect(blocks.stages.map(\.name).filter { $0.hasPrefix("block") } == ["block1", "block2"])
        #expect(layers.stages.map(\.name).filter { $0.hasPrefix("block1") }.last == "block1")
        #expect(layers.stages.contains { $0.name == "block1.conv1" && $0.output == [20, 7, 6] })
        let x = Tensor.ramp([1, 3, 9, 8])
        for (whole, activation) in zip(blocks.stages, blocks.activations(of: x)) {
            let part = try #require(layers.stages.firstIndex { $0.name == whole.name })
            #expect(layers.activations(of: x)[part].scalars == activation.scalars)
        }
    }

    @Test("a place that is no grid, a class that is none, and several images are refused")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            let layers = LayerByLayer(try Architecture(fileOrName: "lenet-5").resolved())
            _ = layers.gradCAM(of: Tensor(filledWith: 0, shape: [1, 1, 32, 32]), class: 10, at: 0)
        }
        await #expect(processExitsWith: .failure) {
            let layers = LayerByLayer(try Architecture(fileOrName: "lenet-5").resolved())
            _ = layers.gradCAM(of: Tensor(filledWith: 0, shape: [2, 1, 32, 32]), class: 1, at: 0)
        }
    }
}
