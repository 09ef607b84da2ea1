import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing

/// One after another: the largest networks need more than a gigabyte each.
@Suite(.serialized) struct ZooTests {
    @Test("every built-in network has torchvision’s names, shapes and number of parameters")
    func names() throws {
        let fixtures = try ZooFixtures()
        #expect(Set(BuiltInNetworks.names) == Set(fixtures.networks.keys))
        for architecture in BuiltInNetworks.all {
            let expected = try #require(fixtures.networks[architecture.source])
            let network = Network(try architecture.resolved())
            #expect(network.storedShapes.count == expected.tensors, "\(architecture.source)")
            #expect(Formula.signature(network) == expected.names, "\(architecture.source)")
            let description = ModelSummary(try architecture.resolved())
            #expect(
                description.totalParameters + description.auxiliaryParameters == expected.parameters,
                "\(architecture.source)")
            #expect(architecture.classes == expected.classes)
        }
    }

    @Test("parameters are as many as the literature has")
    func published() throws {
        let published = [
            "alexnet": 61_100_840, "vgg-11": 132_863_336, "vgg-16": 138_357_544, "vgg-16-bn": 138_365_992,
            "googlenet": 6_624_904, "resnet-18": 11_689_512, "resnet-34": 21_797_672, "resnet-50": 25_557_032,
            "resnet-101": 44_549_160, "resnet-152": 60_192_808, "cifar-resnet-20": 269_722, "lenet-5": 61_706,
        ]
        for (name, count) in published {
            let description = ModelSummary(try Architecture(fileOrName: name).resolved())
            #expect(description.totalParameters == count, "\(name)")
        }
        let googLeNet = ModelSummary(try Architecture.googLeNet.resolved())
        #expect(googLeNet.totalParameters + googLeNet.auxiliaryParameters == 13_004_888)
    }

    @Test(
        "with the same weights every network gives PyTorch’s output, eagerly and as a plan",
        arguments: BuiltInNetworks.names)
    func outputs(_ name: String) throws {
        let fixtures = try ZooFixtures()
        let expected = try #require(fixtures.networks[name])
        let architecture = try #require(BuiltInNetworks.network(named: name))
        let input = InputSize.image(height: expected.input[1], width: expected.input[2], channels: expected.input[0])
        let network = Network(try architecture.resolved(input: input))
        try Formula.fill(network)
        let x = Formula.uniform("input", Shape([1] + expected.input))
        let output = try fixtures.file.tensor(name).reshaped(to: [1, expected.classes])
        let eager = network(x).relativeError(to: output)
        let planned = Plan(for: x.shape) { network($0) }(x).relativeError(to: output)
        #expect(eager < 1e-4, "\(name): \(eager)")
        #expect(planned < 1e-4, "\(name): \(planned)")
    }

    @Test(
        "one batch of learning has PyTorch’s losses, gradients and running statistics",
        arguments: ["resnet-18", "cifar-resnet-20", "googlenet"])
    func learning(_ name: String) throws {
        let fixtures = try ZooFixtures()
        let expected = try #require(fixtures.training[name])
        var architecture = try #require(BuiltInNetworks.network(named: name))
        architecture.layers = architecture.layers.withoutDropout
        let input = InputSize.image(height: expected.input[1], width: expected.input[2], channels: expected.input[0])
        let network = Network(try architecture.resolved(input: input, classes: expected.classes))
        try Formula.fill(network)
        let x = Formula.uniform("input", Shape([expected.batch] + expected.input))
        let labels = (0..<expected.batch).map { $0 % expected.classes }
        var results: TrainingResults?
        let (loss, gradients) = withGradients {
            let outputs = network.trainingResults([x])
            results = outputs
            return outputs.auxiliary.reduce(crossEntropy(outputs.outputs[0], labels)) {
                $0 + crossEntropy($1.result, labels) * $1.weight
            }
        }
        let found = try #require(results)
        #expect(found.outputs[0].relativeError(to: try fixtures.file.tensor("\(name)/training")) < 1e-4)
        for (index, auxiliary) in found.auxiliary.enumerated() {
            let output = try fixtures.file.tensor("\(name)/training/aux\(index + 1)")
            #expect(auxiliary.result.relativeError(to: output) < 1e-4)
        }
        #expect(abs(loss.item / (try fixtures.file.tensor("\(name)/loss").item) - 1) < 1e-4)
        let norms = try network.parameters.sorted { $0.name < $1.name }.map { name, parameter in
            let gradient = try #require(gradients[parameter], "\(name)")
            return sum(gradient * gradient).item.squareRoot()
        }
        let gradientNorms = try fixtures.file.tensor("\(name)/gradients").scalars
        #expect(norms.count == gradientNorms.count)
        // Where a maximum or a ReLU is a near tie, rounding decides which way a gradient goes.
        for (a, b) in zip(norms, gradientNorms) { #expect(abs(a - b) <= 5e-3 * max(abs(b), 1e-3)) }
        let buffers = network.buffers.filter { !$0.name.hasSuffix("num_batches_tracked") }
            .sorted { $0.name < $1.name }.map { sum($0.buffer.value * $0.buffer.value).item.squareRoot() }
        let expectedStatistics = try fixtures.file.tensor("\(name)/statistics").scalars
        #expect(buffers.count == expectedStatistics.count)
        for (a, b) in zip(buffers, expectedStatistics) { #expect(abs(a - b) <= 1e-4 * abs(b)) }
    }

    @Test("auxiliary heads are for training alone")
    func auxiliaryHeads() throws {
        let input = InputSize.image(height: 32, width: 32, channels: 3)
        let network = Network(try Architecture.googLeNet.resolved(input: input, classes: 3))
        #expect(network.auxiliaryNames == ["aux1", "aux2"])
        let bare = network.forInference
        #expect(bare.auxiliaryNames.isEmpty)
        #expect(bare.parameters.map(\.name) == network.parameters.map(\.name).filter { !$0.hasPrefix("aux") })
        let x = Tensor.ramp([1, 3, 32, 32])
        #expect(network(x).scalars == bare(x).scalars)
        let graph = Trace.of([x.shape]) { [network($0[0])] }
        #expect(!graph.nodes.contains { $0.scope?.hasPrefix("aux") ?? false })
    }

    @Test("any number of classes, and any size that the arithmetic allows", arguments: BuiltInNetworks.names)
    func sizes(_ name: String) throws {
        let architecture = try Architecture(fileOrName: name)
        let resolved = try architecture.resolved(classes: 3)
        #expect(resolved.output == [3])
        // Adaptive averages take any size; LeNet-5, which has none, has its one.
        for (height, width) in [(96, 65), (225, 300)] where name != "lenet-5" {
            let size = InputSize.image(height: height, width: width, channels: 3)
            #expect(try architecture.resolved(input: size, classes: 7).output == [7])
        }
    }

    struct TooSmall: Sendable, CustomTestStringConvertible {
        let name: String, size: String, saying: [String]
        var testDescription: String { "\(name) of \(size)" }
    }

    @Test(
        "what the arithmetic does not allow is refused with the layer and the sum",
        arguments: [
            TooSmall(name: "alexnet", size: "32x32x3", saying: ["alexnet", "pool3", "1 − 3"]),
            TooSmall(name: "vgg-16", size: "31x31x3", saying: ["vgg-16", "pool5", "1 − 2"]),
            TooSmall(name: "lenet-5", size: "28x28x1", saying: ["lenet-5", "c5", "4 − 5"]),
            TooSmall(name: "resnet-18", size: "1000", saying: ["resnet-18", "conv1", "image"]),
        ])
    func refusals(_ case: TooSmall) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try Architecture(fileOrName: `case`.name).resolved(input: InputSize(`case`.size))
        }
        for part in `case`.saying { #expect(error.description.contains(part), "\(error)") }
    }

    @Test("torchvision’s spelling will do", arguments: ["resnet50", "ResNet-50", "resnet_50"])
    func spelling(_ name: String) throws {
        #expect(try Architecture(fileOrName: name).name == "ResNet-50")
        #expect(
            try Architecture(yaml: "network: \(name)", source: "x.yaml").layers == Architecture.resNet(.fifty).layers)
        #expect(BuiltInNetworks.network(named: "vgg16_bn")?.source == "vgg-16-bn")
        #expect(BuiltInNetworks.network(named: "vgg16")?.source == "vgg-16")
        #expect(BuiltInNetworks.network(named: "resnet20") == nil)
    }

    /// Recipes of another task have a section for it, which whoever knows the tasks reads.
    private static let classifiers = Architecture.builtInNames.filter {
        !((try? Architecture.text(fileOrName: $0)) ?? "").contains("task:")
    }

    @Test("written out as YAML and read again, every network is the same", arguments: classifiers)
    func roundTrip(_ name: String) throws {
        let architecture = try Architecture(fileOrName: name)
        let text = architecture.yaml
        let again = try Architecture(yaml: text, source: name)
        #expect(again.layers.withoutLocations == architecture.layers.withoutLocations)
        #expect(again.name == architecture.name)
        #expect(again.input == architecture.input)
        #expect(again.classes == architecture.classes)
        #expect(again.yaml == text)
        guard architecture.isChain else { return }
        let names = Network(try again.resolved()).storedShapes.map(\.name)
        #expect(names == Network(try architecture.resolved()).storedShapes.map(\.name))
    }

    @Test("every kind of layer with all of its settings is written as it is read")
    func everySetting() throws {
        let yaml = """
            input: 12x10x4
            layers:
              - conv: {channels: 8, kernel: [3, 5], stride: [1, 2], padding: [1, 2], dilation: 2, groups: 2, name: 7a}
              - conv: {channels: 8, kernel: 1, bias: false, padding: same, activation: gelu}
              - conv: {channels: 8, kernel: 1, padding: valid, shares: conv1}
              - upconv: {channels: 6, kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2, activation: sigmoid}
              - maxpool: {kernel: 3, stride: 1, padding: 1, ceil: true}
              - avgpool: {kernel: 2, ceil: true, countPadding: false}
              - leaky-relu: 0.1
              - lrn: {size: 3, alpha: 0.001, beta: 0.7, k: 2}
              - batchnorm: {momentum: 0.2, epsilon: 0.001}
              - layernorm: {epsilon: 1e-6}
              - dropout: 0.25
              - pad-channels: {channels: 9, stride: [2, 1]}
              - parallel: {name: mixed, branches: [[maxpool: 1], [relu, tanh]]}
              - residual: {body: [{conv: {channels: 18, kernel: 1}}], shortcut: [sigmoid], activation: relu}
              - auxiliary: {weight: 0.25, layers: [flatten, linear: classes]}
              - adaptive-avgpool: [3, 2]
              - global-avgpool
              - flatten
              - linear: {units: 9, bias: false, activation: softmax}
              - linear: classes
            """
        let architecture = try Architecture(yaml: yaml, source: "x.yaml")
        let again = try Architecture(yaml: architecture.yaml, source: "x.yaml")
        #expect(again.layers.withoutLocations == architecture.layers.withoutLocations)
    }

    @Test(
        "heads and names that cannot be are refused",
        arguments: [
            ("network: resnet-19", "did you mean resnet-"),
            ("network: resnet-18\nlayers: [relu]", "remove network or layers"),
            ("network: resnet-18\ninput: 12", "conv1: it needs an image"),
            ("input: 4\nlayers: [{auxiliary: {layers: [linear: 3]}}, {linear: 2}]", "the head makes 3"),
            ("input: 4\nlayers: [{residual: {body: [{auxiliary: {layers: [relu]}}]}}]", "not within a block"),
            ("input: 8x8x4\nlayers: [{pad-channels: 3}]", "3 − 4"),
            ("input: 4\nlayers: [{auxiliary: {weight: -1, layers: [relu]}}]", "weight must be a number"),
            ("input: 4\nlayers: [auxiliary]", "auxiliary needs layers"),
        ])
    func mistakes(_ yaml: String, _ part: String) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try Architecture(yaml: yaml, source: "x.yaml").resolved()
        }
        #expect(error.description.hasPrefix("x.yaml"))
        #expect(error.message.contains(part), "\(error)")
    }

    @Test("batch norms of parts that are held constant keep their running averages, the others follow the batch")
    func freezing() throws {
        let input = InputSize.image(height: 16, width: 16, channels: 3)
        let resolved = try Architecture.cifarResNet(.twenty).resolved(input: input, classes: 4)
        #expect(resolved.classifiers == ["linear"])
        #expect(try Architecture.googLeNet.resolved().classifiers == ["aux1.fc2", "aux2.fc2", "fc"])
        let network = Network(resolved)
        func isFrozen(_ name: String) -> Bool { name.hasPrefix("bn1.") || name.hasPrefix("layer1.") }
        let before = network.buffers.map { $0.buffer.value.scalars }
        let frozen = Set(network.parameters.filter { isFrozen($0.name) }.map(\.parameter))
        _ = withGradients(except: frozen) { sum(network(.ramp([2, 3, 16, 16]))) }
        for (index, (name, buffer)) in network.buffers.enumerated() {
            #expect((buffer.value.scalars == before[index]) == isFrozen(name), "\(name)")
        }
    }
}

extension [LayerSpecification] {
    /// Every layer, those within blocks included, after a change.
    fileprivate func mapped(_ change: (inout LayerSpecification) -> Void) -> [LayerSpecification] {
        map { layer in
            var layer = layer
            switch layer.kind {
            case .residual(let body, let shortcut, let activation):
                layer.kind = .residual(
                    body: body.mapped(change), shortcut: shortcut.mapped(change), activation: activation)
            case .parallel(let branches): layer.kind = .parallel(branches.map { $0.mapped(change) })
            case .auxiliary(let head, let weight): layer.kind = .auxiliary(head.mapped(change), weight: weight)
            default: break
            }
            change(&layer)
            return layer
        }
    }

    var withoutLocations: [LayerSpecification] { mapped { $0.location = nil } }

    var withoutDropout: [LayerSpecification] {
        mapped { if case .dropout = $0.kind { $0.kind = .dropout(0) } }
    }
}
