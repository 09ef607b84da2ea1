import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct LoadedModelTests {
    /// A file of weights for the network with an auxiliary head, and what the network makes of `x` with them.
    private func saved(
        in folder: TemporaryFolder, classes: Int = 3, of x: Tensor,
        change: (inout [(name: String, tensor: Tensor)]) -> Void
    ) throws -> (request: ModelRequest, expected: Tensor) {
        let recipe = "\(folder.path)/network.yaml"
        try FineTuningTests.recipe.write(toFile: recipe, atomically: true, encoding: .utf8)
        let network = try FineTuningTests.network(FineTuningTests.description(classes: classes) { $0.seed = 99 })
        var tensors = network.storedTensors
        change(&tensors)
        var request = ModelRequest()
        request.architecture = recipe
        request.weights = "\(folder.path)/weights.safetensors"
        try SafetensorsFile.write(tensors, metadata: [:], to: "\(folder.path)/weights.safetensors")
        return (request, network([x])[0])
    }

    private static func result(of model: LoadedModel, _ x: Tensor) throws -> Tensor {
        let network = try #require(model.network as? any Model)
        return network([x])[0]
    }

    private let x = Tensor.random([2, 1, 8, 8], seed: 1)

    @Test("a network that predicts has no auxiliary heads, whether the file has them or not", arguments: [3, 7])
    func withoutHeads(classes: Int) throws {
        for hasHeads in [true, false] {
            let folder = try TemporaryFolder()
            let (request, expected) = try saved(in: folder, classes: classes, of: x) { tensors in
                if !hasHeads { tensors.removeAll { $0.name.hasPrefix("aux.") } }
            }
            for mapped in [false, true] {
                let model = try LoadedModel(request, mapped: mapped)
                #expect(model.difference == nil && model.network.auxiliaryNames.isEmpty)
                let result = try Self.result(of: model, x)
                #expect(result.shape == [2, classes] && result.scalars == expected.scalars)
                #expect(!model.network.parameters.contains { $0.name.hasPrefix("aux") })
            }
        }
    }

    @Test("names of the heads count, too, unless the file has none of them")
    func strict() throws {
        let folder = try TemporaryFolder()
        var (request, expected) = try saved(in: folder, of: x) { tensors in
            for index in tensors.indices where tensors[index].name == "aux.fc.weight" {
                tensors[index].name = "aux.fc.weigth"
            }
        }
        let error = try #require(throws: LoadingError.self) { try LoadedModel(request) }
        #expect(error.missing == ["aux.fc.weight"] && error.unexpected == ["aux.fc.weigth"])
        request.loadsPart = true
        #expect(try Self.result(of: LoadedModel(request), x).scalars == expected.scalars)

        (request, expected) = try saved(in: folder, of: x) { tensors in
            for index in tensors.indices where tensors[index].name == "aux.fc.bias" {
                tensors[index].tensor = .random([8])
            }
        }
        let misshapen = try #require(throws: LoadingError.self) { try LoadedModel(request) }
        #expect(misshapen.misshapen == [.init(name: "aux.fc.bias", expected: [3], found: [8])])
    }
}
