import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing

/// Parts of a network that serve others: features of a backbone, a network without its head.
@Suite struct PartsTests {
    static func network(fuses: Bool = true) throws -> Network {
        let input = InputSize.image(height: 32, width: 32, channels: 3)
        return Network(try Architecture.resNet(.eighteen).resolved(input: input, classes: 4, seed: 1), fuses: fuses)
    }

    @Test("features are what the layers give one after another", arguments: [Phase.inference, .training])
    func features(_ phase: Phase) throws {
        let (network, plain) = (try Self.network(), try Self.network(fuses: false))
        for (a, b) in zip(network.parameters, plain.parameters) { b.parameter.assign(a.parameter.value) }
        let x = Tensor.random([4, 3, 64, 64], seed: 2)
        // The first three are within what is otherwise one pass.
        let names = ["conv1", "bn1", "relu1", "pool1", "layer1.0", "layer1", "layer4", "fc"]
        Phase.$current.withValue(phase) {
            let results = network.features(x, of: names)
            #expect(
                results.map(\.shape) == [
                    [4, 64, 32, 32], [4, 64, 32, 32], [4, 64, 32, 32], [4, 64, 16, 16], [4, 64, 16, 16],
                    [4, 64, 16, 16], [4, 512, 2, 2], [4, 4],
                ])
            for (name, result) in zip(names, results) {
                #expect(result.relativeError(to: plain.features(x, of: [name])[0]) < 1e-3, "\(name)")
            }
            #expect(results[1].scalars.contains { $0 < 0 } && !results[2].scalars.contains { $0 < 0 })
            #expect(results[7].relativeError(to: network(x)) < 1e-3)
        }
    }

    @Test("features come in the order of their names, which may repeat, and nothing behind the last is computed")
    func order() throws {
        let network = try Self.network()
        let x = Tensor.random([1, 3, 32, 32], seed: 2)
        let found = network.features(x, of: ["layer3", "layer2", "layer3"])
        #expect(found.map { $0.shape[1] } == [256, 128, 256])
        let graph = Trace.of([x.shape]) { network.features($0[0], of: ["layer2", "layer1"]) }
        #expect(graph.nodes.allSatisfy { ["conv1", "bn1", "pool1", "layer1", "layer2"].contains($0.stage) })
        // Nothing is done twice.
        let whole = Trace.of([x.shape]) { [network($0[0])] }
        #expect(
            graph.nodes.count == whole.nodes.count { ["conv1", "bn1", "pool1", "layer1", "layer2"].contains($0.stage) })
    }

    @Test("gradients flow back from features")
    func gradients() throws {
        let network = try Self.network()
        let x = Tensor.random([2, 3, 32, 32], seed: 2)
        let (_, gradients) = withGradients {
            network.features(x, of: ["layer1", "layer2"]).map { sum($0 * $0) }.reduce(Tensor([0], shape: []), +)
        }
        for (name, parameter) in network.parameters {
            let isReached = ["conv1", "bn1", "layer1", "layer2"].contains(String(name.prefix { $0 != "." }))
            #expect((gradients[parameter] != nil) == isReached, "\(name)")
        }
    }

    @Test("a network cut off behind a stage shares what is left")
    func truncated() throws {
        let network = try Self.network()
        let backbone = network.truncated(after: "layer2")
        #expect(backbone.output == [128, 4, 4])
        #expect(
            backbone.parameters.map(\.name) == Array(network.parameters.map(\.name).prefix(backbone.parameters.count)))
        #expect(backbone.parameters.last?.name == "layer2.1.bn2.bias")
        #expect(zip(backbone.parameters, network.parameters).allSatisfy { $0.parameter == $1.parameter })
        let x = Tensor.random([1, 3, 32, 32], seed: 2)
        #expect(backbone(x).relativeError(to: network.features(x, of: ["layer2"])[0]) < 1e-5)
        #expect(backbone.inputs[0].description == "[N, 3, H, W]")
        #expect(try backbone.check([1, 3, 60, 33]) == [1, 128, 8, 5])
    }

    @Test("auxiliary heads are no parts, and stay behind")
    func auxiliary() throws {
        let network = Network(try Architecture.googLeNet.resolved(classes: 3))
        #expect(network.auxiliaryNames == ["aux1", "aux2"])
        #expect(network.truncated(after: "inception5b").auxiliaryNames.isEmpty)
        #expect(network.truncated(after: "inception5b").output == [1024, 7, 7])
        #expect(network.problem(withPart: "aux1") != nil)
    }

    @Test("a name that fits nothing is met with those that there are")
    func unknown() async throws {
        let network = try Self.network()
        #expect(network.problem(withPart: "layer3") == nil)
        #expect(network.problem(withPart: "layer3.1") == nil)
        let problem = try #require(network.problem(withPart: "layer33"))
        #expect(problem.contains("“layer33”") && problem.contains("conv1, bn1, relu1, pool1, layer1, layer2, layer3"))
        #expect(network.problem(withPart: "layer3.5")?.contains("did you mean layer3.") == true)
        #expect(network.problem(withPart: "layer1.0.conv1") != nil)
        await #expect(processExitsWith: .failure) { _ = try PartsTests.network().truncated(after: "layer5") }
        await #expect(processExitsWith: .failure) {
            _ = try PartsTests.network().features(Tensor(filledWith: 0, shape: [1, 3, 32, 32]), of: ["neck"])
        }
    }
}

extension Graph.Node {
    /// `layer1` of `layer1.0.conv1`.
    fileprivate var stage: String { String((scope ?? "").prefix { $0 != "." }) }
}
