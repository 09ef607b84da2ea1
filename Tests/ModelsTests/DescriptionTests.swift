import Foundation
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import Testing

@Suite struct DescriptionTests {
    static func layers(_ description: ModelSummary, _ kinds: LayerKind...) -> [ModelSummary.Layer] {
        description.layers.filter { kinds.contains($0.kind) }
    }

    static func describe(_ yaml: String, padding: Padding = .valid, batch: Int = 1) throws -> ModelSummary {
        ModelSummary(try Architecture(yaml: yaml, source: "test.yaml").resolved(padding: padding), batch: batch)
    }

    @Test("Exercise 1 with valid padding has the lecture’s sizes and parameters")
    func exerciseOne() throws {
        let description = ModelSummary(try Architecture(fileOrName: "exercise-1").resolved())
        let images = Self.layers(description, .convolution, .maxPool)
        #expect(
            images.map(\.outputSize) == [
                [234, 234, 64], [117, 117, 64], [113, 113, 32], [56, 56, 32], [54, 54, 16],
            ])
        let learned = Self.layers(description, .convolution, .linear)
        #expect(learned.map(\.parameters) == [9_472, 51_232, 4_624, 2_332_850, 1_020, 42])
        #expect(learned.map(\.weights) == [9_408, 51_200, 4_608, 2_332_800, 1_000, 40])
        #expect(learned.map(\.biases) == [64, 32, 16, 50, 20, 2])
        #expect(description.totalParameters == 2_399_240)
        // 234² · 64 · 7² · 3 and so on, worked out by hand.
        #expect(
            learned.map(\.multiplyAdds) == [515_144_448, 653_772_800, 13_436_928, 2_332_800, 1_000, 40])
        #expect(images.first?.arithmetic == "(240 − 7 + 0) / 1 + 1 = 234")
        #expect(images[3].arithmetic == "⌊(113 − 2 + 0) / 2⌋ + 1 = 56")
        #expect(learned.map(\.name) == ["conv1", "conv2", "conv3", "fc1", "fc2", "fc3"])
        #expect(images[0].activationBytes == 234 * 234 * 64 * 4)
    }

    @Test("Exercise 1 with same padding keeps the sizes of its convolutions")
    func exerciseOneSame() throws {
        let description = ModelSummary(try Architecture(fileOrName: "exercise-1").resolved(padding: .same))
        #expect(
            Self.layers(description, .convolution, .maxPool).map(\.outputSize) == [
                [240, 240, 64], [120, 120, 64], [120, 120, 32], [60, 60, 32], [60, 60, 16],
            ])
        #expect(
            Self.layers(description, .convolution, .linear).map(\.parameters) == [
                9_472, 51_232, 4_624, 60 * 60 * 16 * 50 + 50, 1_020, 42,
            ])
    }

    struct Published: CustomTestStringConvertible {
        let name: String, parameters: Int, multiplyAdds: Int
        var testDescription: String { name }
    }

    // Parameters as torchvision's documentation has them ("num_params"), multiply-adds as its "GFLOPS" (which count
    // multiply-adds): 0.71, 15.47 and 4.09. LeNet-5 has 61 706 in this form.
    @Test(
        "parameters and multiply-adds agree with those published",
        arguments: [
            Published(name: "alexnet", parameters: 61_100_840, multiplyAdds: 714_188_480),
            Published(name: "vgg-16", parameters: 138_357_544, multiplyAdds: 15_470_264_320),
            Published(name: "resnet-50", parameters: 25_557_032, multiplyAdds: 4_089_184_256),
            Published(name: "lenet-5", parameters: 61_706, multiplyAdds: 416_520),
        ])
    func published(_ published: Published) throws {
        let description = ModelSummary(try Architecture(fileOrName: published.name).resolved())
        #expect(description.totalParameters == published.parameters)
        #expect(description.totalMultiplyAdds == published.multiplyAdds)
    }

    @Test("every recipe that comes with the program resolves, and agrees with the network built from it")
    func recipes() throws {
        // Those of another task are described with it.
        let names = try Architecture.builtInNames.filter { try !Architecture.text(fileOrName: $0).contains("task:") }
        #expect(names.count > 20)
        for name in names {
            let resolved = try Architecture(fileOrName: name).resolved()
            let description = ModelSummary(resolved)
            let network = Network(resolved).forInference
            #expect(
                network.parameters.reduce(0) { $0 + $1.parameter.shape.elementCount } == description.totalParameters)
            let graph = Trace.of([Shape([2] + resolved.input.dimensions)]) { [network($0[0])] }
            #expect(graph.values[graph.outputs[0]].shape == Shape([2] + resolved.output.dimensions), "\(name)")
            let multiplyAdds = graph.nodes.reduce(0) { sum, node in
                sum
                    + node.operation.multiplyAdds(
                        node.inputs.map { graph.values[$0].shape }, node.results.map { graph.values[$0].shape })
            }
            #expect(multiplyAdds == 2 * description.totalMultiplyAdds, "\(name)")
        }
    }

    @Test("every recipe of the folder is built in")
    func folder() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(atPath: root.path + "/recipes").sorted()
        #expect(files == BuiltInRecipes.names.map { "\($0).yaml" }.sorted())
        #expect(BuiltInRecipes.names == BuiltInRecipes.names.sorted())
    }

    @Test("JSON gives the description back, and has the keys that others rely on")
    func json() throws {
        let description = ModelSummary(try Architecture(fileOrName: "exercise-1").resolved(), batch: 8)
        let data = try JSONEncoder().encode(description)
        #expect(try JSONDecoder().decode(ModelSummary.self, from: data) == description)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["totalParameters"] as? Int == 2_399_240)
        #expect(object["totalMultiplyAdds"] as? Int == 1_184_688_016)
        #expect(object["input"] as? [Int] == [240, 240, 3])
        let layer = try #require((object["layers"] as? [[String: Any]])?.first)
        #expect(layer["name"] as? String == "conv1")
        #expect(layer["kind"] as? String == "conv")
        #expect(layer["outputSize"] as? [Int] == [234, 234, 64])
        #expect(layer["parameters"] as? Int == 9_472)
        #expect(layer["multiplyAdds"] as? Int == 515_144_448)
        #expect((object["memory"] as? [String: Any])?["batch"] as? Int == 8)
    }

    @Test("shared parameters are counted once, and are one in the network")
    func shared() throws {
        let yaml = """
            input: 8x8x4
            layers:
              - conv: {channels: 4, kernel: 3, padding: same, name: first}
              - relu
              - conv: {channels: 4, kernel: 3, padding: same, shares: first}
            """
        let resolved = try Architecture(yaml: yaml, source: "test.yaml").resolved()
        let description = ModelSummary(resolved)
        #expect(description.totalParameters == 4 * 4 * 9 + 4)
        #expect(description.layers.last?.parameters == 0)
        #expect(description.layers.last?.sharesParametersOf == "first")
        #expect(description.totalMultiplyAdds == 2 * 64 * 4 * 4 * 9)
        #expect(Network(resolved).parameters.map(\.name) == ["first.weight", "first.bias"])
    }

    @Test("memory to predict is that of the largest neighbours; ReLU and batch norm overwrite their input")
    func inferenceMemory() throws {
        let yaml = """
            input: 10x10x1
            layers:
              - conv: {channels: 8, kernel: 3}
              - batchnorm
              - relu
              - conv: {channels: 4, kernel: 3}
              - gelu
            """
        let description = try Self.describe(yaml, batch: 3)
        let parameters = (8 * 9 + 8) + 16 + (4 * 8 * 9 + 4)
        // 8×8×8 beside 6×6×4; the input is gone by then.
        let activations = 3 * (8 * 8 * 8 + 6 * 6 * 4)
        #expect(description.memory.inferenceBytes == 4 * (parameters + activations))
        #expect(description.memory.parameterBytes == 4 * parameters)
        #expect(description.memory.batch == 3)
    }

    @Test("memory to train holds what the backward pass will read")
    func trainingMemory() throws {
        let yaml = """
            input: 10x10x1
            layers:
              - conv: {channels: 8, kernel: 3}
              - sigmoid
              - flatten
              - linear: 2
            """
        let description = try Self.describe(yaml)
        let parameters = 8 * 9 + 8 + 8 * 8 * 8 * 2 + 2
        #expect(description.memory.optimizerBytes == 4 * parameters)
        // At the least: weights, momentum, the input, the sigmoid's result, its gradient and the linear layer's.
        let least = 4 * (2 * parameters + 100 + 2 * 512 + 1026)
        #expect(description.memory.trainingBytes >= least)
        #expect(description.memory.trainingBytes <= least + 4 * 3 * 512)
        // Doubling the batch doubles what is not parameters.
        let twice = try Self.describe(yaml, batch: 2)
        let more = twice.memory.trainingBytes - description.memory.trainingBytes
        #expect(more >= 4 * (100 + 2 * 512) && more <= 4 * (100 + 6 * 512))
    }

    @Test("a plan needs about the memory that is foretold")
    func planMemory() throws {
        let resolved = try Architecture(fileOrName: "lenet-5").resolved()
        let memory = ModelSummary(resolved, batch: 16).memory
        let network = Network(resolved)
        let plan = Plan(for: Shape([16] + resolved.input.dimensions)) { network($0) }
        let foretold = Double(memory.inferenceBytes - memory.parameterBytes)
        // Plans keep scratch memory, and pad channels to whole vectors: 6 channels become 8 or 16.
        #expect((0.9...3.5).contains(Double(plan.arenaByteCount) / foretold), "\(plan.arenaByteCount), \(foretold)")
    }

    @Test("describing draws no weights, whatever the size")
    func lazily() throws {
        // 160 GiB of weights.
        let yaml = "{input: 65536, layers: [{repeat: {count: 10, layers: [{linear: 32768}, {linear: 65536}]}}]}"
        let description = try Self.describe(yaml)
        #expect(description.totalParameters == 10 * (2 * 65536 * 32768 + 32768 + 65536))
    }
}
