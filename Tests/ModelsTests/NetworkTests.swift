import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing

@Suite struct NetworkTests {
    @Test("parameters of ResNet-50 are called as in torchvision")
    func resNetNames() throws {
        let network = Network(try Architecture(fileOrName: "resnet-50").resolved())
        let names = network.parameters.map(\.name)
        #expect(names.count == 161)
        #expect(names.prefix(3) == ["conv1.weight", "bn1.weight", "bn1.bias"])
        #expect(
            names.filter { $0.hasPrefix("layer1.0.") }
                == [
                    "conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias", "conv3.weight",
                    "bn3.weight", "bn3.bias", "downsample.0.weight", "downsample.1.weight", "downsample.1.bias",
                ].map { "layer1.0.\($0)" })
        #expect(names.contains("layer3.5.bn2.weight"))
        #expect(names.suffix(2) == ["fc.weight", "fc.bias"])
        let shapes = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.parameter.shape) })
        #expect(shapes["layer4.0.downsample.0.weight"] == [2048, 1024, 1, 1])
        #expect(shapes["layer2.0.conv2.weight"] == [128, 128, 3, 3])
        #expect(network.buffers.contains { $0.name == "layer4.2.bn3.running_mean" })
    }

    @Test("layers without names are numbered by kind; blocks give their name to their parts")
    func names() throws {
        let yaml = """
            input: 8x8x4
            layers:
              - conv: {channels: 4, kernel: 3, padding: same, name: conv2}
              - conv: {channels: 4, kernel: 3, padding: same}
              - conv: {channels: 4, kernel: 3, padding: same}
              - repeat: {count: 2, layers: [{residual: {body: [{conv: {channels: 4, kernel: 1}}, batchnorm]}}]}
              - repeat:
                  count: 2
                  name: stage
                  layers:
                    - conv: {channels: 4, kernel: 1, name: conv}
                    - relu
              - parallel: {name: mixed, branches: [[{conv: {channels: 1, kernel: 1}}], [{conv: {channels: 1, kernel: 1}}]]}
              - flatten
              - layernorm
              - linear: 2
            """
        let resolved = try Architecture(yaml: yaml, source: "test.yaml").resolved()
        let names = Network(resolved).parameters.map(\.name).filter { $0.hasSuffix("weight") }
        #expect(
            names.map { $0.dropLast(".weight".count) } == [
                "conv2", "conv1", "conv3", "block1.conv1", "block1.norm1", "block2.conv1", "block2.norm1",
                "stage.0.conv", "stage.1.conv", "mixed.conv1", "mixed.conv2", "norm1", "fc1",
            ])
        #expect(resolved.layers[2].path == "conv3")
    }

    @Test("every kind of layer computes, learns and plans")
    func everyKind() throws {
        let yaml = """
            input: 12x10x4
            classes: 3
            layers:
              - conv: {channels: 8, kernel: [3, 5], stride: [1, 2], padding: [1, 2], dilation: 1, groups: 2}
              - leaky-relu: 0.1
              - lrn: {size: 3, alpha: 0.001, beta: 0.75, k: 2}
              - avgpool: {kernel: 2, ceil: true, countPadding: false}
              - upconv: {channels: 6, kernel: 3, stride: 2, padding: 1, outputPadding: 1, activation: sigmoid}
              - batchnorm: {momentum: 0.2, epsilon: 0.001}
              - tanh
              - layernorm
              - gelu
              - parallel: [[maxpool: {kernel: 3, stride: 1, padding: 1}], [conv: {channels: 5, kernel: 1, bias: false}]]
              - residual:
                  body: [conv: {channels: 4, kernel: 3, padding: same, activation: gelu}]
                  shortcut: [conv: {channels: 4, kernel: 1}]
                  activation: tanh
              - adaptive-avgpool: [3, 2]
              - dropout: 0.25
              - global-avgpool
              - flatten
              - linear: {units: 9, bias: false, activation: softmax}
              - linear: classes
              - softmax
            """
        let resolved = try Architecture(yaml: yaml, source: "test.yaml").resolved()
        let network = Network(resolved)
        let x = Tensor.ramp([2, 4, 12, 10])
        let y = network(x)
        #expect(y.shape == [2, 3])
        #expect(abs(sum(y).item - 2) < 1e-5)
        let (_, gradients) = withGradients { sum(network(x) * .ramp([2, 3])) }
        for (name, parameter) in network.parameters { #expect(gradients[parameter] != nil, "\(name)") }
        #expect(Plan(for: x.shape) { network($0) }(x).relativeError(to: network(x)) < 1e-4)
        #expect(ModelSummary(resolved, batch: 2).memory.trainingBytes > 0)
    }

    @Test("convolutions and transposed convolutions can have as many channels as there are classes")
    func classChannels() throws {
        let yaml = """
            input: 8x8x3
            layers:
              - conv: {channels: 4, kernel: 3, padding: same}
              - conv: {channels: classes, kernel: 1, name: score}
              - upconv: {channels: classes, kernel: 4, stride: 2, padding: 1, groups: 3, name: up}
            """
        let architecture = try Architecture(yaml: yaml, source: "test.yaml")
        let resolved = try architecture.resolved(classes: 6)
        #expect(resolved.output == [6, 16, 16])
        #expect(resolved.classifiers == ["score", "up"])
        #expect(try architecture.resolved(classes: 21).output == [21, 16, 16])
        let written = try Architecture(yaml: architecture.yaml, source: "written.yaml")
        #expect(written.layers.map(\.kind) == architecture.layers.map(\.kind))
        let made = LayerSpecification.conv(.classes, kernel: 1, padding: nil, name: "score")
        #expect(made.kind == architecture.layers[1].kind)
    }

    @Test("the same seed draws the same weights")
    func seeds() throws {
        func weights(_ seed: UInt64) throws -> [[Float]] {
            Network(try Architecture(fileOrName: "lenet-5").resolved(seed: seed)).parameters.map(
                \.parameter.value.scalars)
        }
        #expect(try weights(3) == weights(3))
        #expect(try weights(3) != weights(4))
    }

    @Test("an input of another size traps with both sizes")
    func wrongInput() async {
        await #expect(processExitsWith: .failure) {
            _ = Network(try Architecture(fileOrName: "lenet-5").resolved())(Tensor(filledWith: 0, shape: [1, 1, 8, 8]))
        }
    }
}
