import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing

/// One after another: torchvision's networks are there at full width.
@Suite(.serialized) struct SegmentationNetworkTests {
    typealias Fixtures = SegmentationFixtures

    @Test("at full width they have PyTorch’s names, shapes and number of parameters, which are the published ones")
    func whole() throws {
        #expect(Fixtures.whole.count == 8)
        for (name, expected) in Fixtures.whole {
            let network = try Fixtures.network("{\(name): {}}", classes: expected.classes)
            let summary = ModelSummary(network, name: name)
            #expect(Formula.signature(AnyModel(network)) == expected.names, "\(name)")
            #expect(summary.totalParameters + summary.auxiliaryParameters == expected.parameters, "\(name)")
        }
        // SegNet with the 11 classes of CamVid; torchvision's documentation of FCN-ResNet-50 and -101.
        #expect(Fixtures.whole["segnet"]?.parameters == 29_449_355)
        #expect(Fixtures.whole["fcn-resnet-50"]?.parameters == 35_322_218)
        #expect(Fixtures.whole["fcn-resnet-101"]?.parameters == 54_314_346)
    }

    @Test(
        "with the same weights every network gives PyTorch’s scores at odd sizes, eagerly and as a plan",
        arguments: Fixtures.cases)
    func scores(_ expected: Fixtures.Case) throws {
        let network = AnyModel(try Fixtures.network(expected.network, classes: expected.classes))
        #expect(Formula.signature(network) == expected.names)
        let summary = ModelSummary(network, name: "network")
        #expect(summary.totalParameters + summary.auxiliaryParameters == expected.parameters)
        try Formula.fill(network)
        let file = try Fixtures.file()
        for image in expected.images {
            let x = Formula.uniform(image.key, [1, 3, image.height, image.width])
            #expect(network.inputs[0].problem(with: x.shape) == nil)
            // To time kernels for every size of every network would take minutes on a busy machine.
            let isFirst = image.place == expected.images[0].place
            let plan = Plan(for: [x.shape], options: .init(tuning: isFirst ? .exact : .nearest)) { network($0) }
            let eager = withTuning(.plainest) { network([x])[0] }
            for (way, scores) in [("eager", eager), ("plan", plan.run([x])[0])] {
                #expect(scores.shape == Shape([1, expected.classes] + image.result))
                let numbers = scores.scalars
                let kept = stride(from: 0, to: numbers.count, by: image.step).map { numbers[$0] }
                let error = Tensor(kept, shape: [kept.count]).relativeError(to: try file.tensor(image.place))
                #expect(error < 1e-4, "\(way), \(image.height)×\(image.width)")
                let means = mean(scores, axes: [0, 2, 3]).relativeError(to: try file.tensor("\(image.place)/means"))
                #expect(means < 1e-4, "\(way), \(image.height)×\(image.width)")
            }
        }
    }

    @Test(
        "one batch of learning has PyTorch’s loss, gradients and running statistics", arguments: Fixtures.lessons)
    func learning(_ expected: Fixtures.Lesson) throws {
        let network = AnyModel(try Fixtures.network(expected.network, classes: expected.classes))
        try Formula.fill(network)
        let x = Formula.uniform(expected.key, [expected.batch, 3, expected.height, expected.width])
        let count = expected.batch * expected.height * expected.width
        let labels = Tensor(
            (0..<count).map { Float($0 * 7 / 13 % expected.classes) },
            shape: [expected.batch, expected.height, expected.width])
        let (loss, gradients) = withTuning(.plainest) {
            withGradients {
                let results = network.trainingResults([x])
                return results.auxiliary.reduce(crossEntropy(results.outputs[0], labels)) {
                    $0 + crossEntropy($1.result, labels) * $1.weight
                }
            }
        }
        let file = try Fixtures.file()
        #expect(abs(loss.item / (try file.tensor("\(expected.place)/loss").item) - 1) < 1e-4)
        let parameters = network.parameters.sorted { $0.name < $1.name }
        let norms = try file.tensor("\(expected.place)/gradients").scalars
        let elements = try file.tensor("\(expected.place)/elements").scalars
        #expect(parameters.count == norms.count)
        for (index, (name, parameter)) in parameters.enumerated() {
            let gradient = try #require(gradients[parameter], "\(name)")
            let norm = sum(gradient * gradient).item.squareRoot()
            // Where a maximum or a ReLU is a near tie, rounding decides which way a gradient goes. A bias in front of a
            // batch norm has none but what rounding leaves.
            let tolerance = 1e-2 * max(norms[index], 1e-3)
            #expect(abs(norm - norms[index]) <= tolerance, "\(name)")
            #expect(
                abs(gradient.scalars[gradient.shape.elementCount / 3] - elements[index]) <= 2 * tolerance, "\(name)")
        }
        let buffers = network.buffers.filter { !$0.name.hasSuffix("num_batches_tracked") }.sorted { $0.name < $1.name }
        guard !buffers.isEmpty else { return }
        let statistics = try file.tensor("\(expected.place)/statistics").scalars
        #expect(buffers.count == statistics.count)
        for ((name, buffer), expected) in zip(buffers, statistics) {
            let norm = sum(buffer.value * buffer.value).item.squareRoot()
            #expect(abs(norm - expected) <= 1e-4 * abs(expected), "\(name)")
        }
    }

    @Test("FCNs begin with scores of zero and bilinear upsampling, which learns only where it is asked to")
    func upsampling() throws {
        for (text, learns) in [("fixed", false), ("learned", true)] {
            let network = AnyModel(
                try Fixtures.network("{fcn-8s: {width: 1, upsampling: \(text)}}", classes: 3))
            let x = Tensor.random([1, 3, 20, 30], seed: 1)
            #expect(network([x])[0].scalars.allSatisfy { $0 == 0 })
            let names = ["upscore2.weight", "upscore_pool4.weight", "upscore8.weight"]
            let stored = Dictionary(uniqueKeysWithValues: network.storedTensors.map { ($0.name, $0.tensor) })
            for name in names {
                let weight = try #require(stored[name])
                var generator = SplitMix64(seed: 0)
                #expect(weight.scalars == Initializer.bilinear(weight.shape, using: &generator).scalars)
            }
            #expect(Set(network.parameters.map(\.name)).isSuperset(of: names) == learns)
            #expect(Set(network.buffers.map(\.name)).isSuperset(of: names) != learns)
        }
    }

    @Test("scaled scores are those of maps that are multiplied before: 0.01 and 0.0001")
    func scaled() throws {
        let plain = AnyModel(try Fixtures.network("{fcn-8s: {width: 2}}", classes: 3))
        let scaled = AnyModel(try Fixtures.network("{fcn-8s: {width: 2, scaled: true}}", classes: 3))
        try Formula.fill(plain)
        try Formula.fill(scaled)
        for (name, parameter) in scaled.parameters {
            if name == "score_pool4.weight" { parameter.assign(parameter.value * 100) }
            if name == "score_pool3.weight" { parameter.assign(parameter.value * 10_000) }
        }
        let x = Tensor.random([1, 3, 33, 21], seed: 1)
        #expect(scaled([x])[0].relativeError(to: plain([x])[0]) < 1e-5)
    }

    @Test("a dilated ResNet has the strides and dilations of torchvision’s backbone")
    func dilation() throws {
        let resolved = try Architecture.resNet(.fifty, dilated: true).resolved(
            input: .image(height: 64, width: 64, channels: 3))
        let convolutions = ModelSummary(resolved).layers.filter { $0.kernel == [3, 3] && $0.kind == .convolution }
        #expect(
            convolutions.map { $0.stride ?? [] }
                == [3, 4, 6, 3].enumerated().flatMap { stage, blocks in
                    (0..<blocks).map { stage == 1 && $0 == 0 ? [2, 2] : [1, 1] }
                })
        #expect(
            convolutions.map { $0.dilation ?? [1, 1] }
                == [3, 4, 6, 3].enumerated().flatMap { stage, blocks in
                    (0..<blocks).map { block in
                        let dilation = stage < 2 ? 1 : stage == 2 ? (block == 0 ? 1 : 2) : block == 0 ? 2 : 4
                        return [dilation, dilation]
                    }
                })
    }

    @Test("the auxiliary head is for training alone")
    func auxiliaryHead() throws {
        let network = AnyModel(try Fixtures.network("{fcn-resnet-50: {}}", classes: 3))
        #expect(network.auxiliaryNames == ["aux_classifier"])
        #expect(network.heads == ["classifier.4", "aux_classifier.4"])
        let bare = network.forInference
        #expect(bare.auxiliaryNames.isEmpty && bare.heads == ["classifier.4"])
        let names = network.storedShapes.map(\.name)
        #expect(bare.storedShapes.map(\.name) == names.filter { !$0.hasPrefix("aux_classifier.") })
        #expect(names.count - bare.storedShapes.count == 8)
        let x = Tensor.random([1, 3, 33, 41], seed: 1)
        #expect(network([x])[0].scalars == bare([x])[0].scalars)
        let graph = Trace.of([x.shape]) { network($0) }
        let owners = network.parameterNames
        let read = graph.nodes.flatMap(\.inputs).compactMap { value -> String? in
            if case .parameter(let parameter) = graph.values[value].origin { owners[parameter] } else { nil }
        }
        #expect(!read.isEmpty && !read.contains { $0.hasPrefix("aux_classifier.") })
        let results = network.trainingResults([x])
        #expect(results.outputs[0].shape == [1, 3, 33, 41])
        #expect(results.auxiliary.map(\.result.shape) == [[1, 3, 33, 41]] && results.auxiliary.map(\.weight) == [0.5])
        let without = AnyModel(try Fixtures.network("{fcn-resnet-50: {auxiliary: false}}", classes: 3))
        #expect(without.storedShapes.map(\.name) == bare.storedShapes.map(\.name))
        #expect(without.trainingResults([x]).auxiliary.isEmpty)
    }

    @Test(
        "images may have any size that the arithmetic allows, and it is said which that is",
        arguments: [
            ("fcn-32s", 1), ("fcn-16s", 1), ("fcn-8s", 1), ("segnet", 1), ("segnet-basic", 1), ("deconvnet", 193),
        ])
    func sizes(_ name: String, _ least: Int) throws {
        let network = try Fixtures.network("{\(name): {width: 1}}", size: [224, 224], classes: 2)
        let port = network.inputs[0]
        #expect(port.name == "image" && port.description == "[N, 3, H, W]")
        #expect(port.problem(with: [1, 3, 500, least]) == nil)
        // Only shapes: nothing is computed.
        for (height, width) in [(least, least), (least, least + 1), (least + 30, least + 33), (360, 480), (500, 375)] {
            let graph = Trace.of([[2, 3, height, width]]) { network($0) }
            #expect(graph.values[graph.outputs[0]].shape == [2, 2, height, width])
        }
        let problem = try #require(port.problem(with: [1, 3, least - 1, 224]))
        #expect(problem.contains("\(least - 1) is too small: the least is \(least)"), "\(problem)")
        // A recipe has no images of height 0.
        guard least > 1 else { return }
        let error = try #require(throws: RecipeError.self) {
            _ = try Fixtures.network("{\(name): {width: 1}}", size: [least - 1, 224], classes: 2)
        }
        #expect(error.description.contains("the least is \(least)") && error.location?.line == 1, "\(error)")
    }
}
