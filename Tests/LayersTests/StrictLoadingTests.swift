import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite struct StrictLoadingTests {
    func network() -> Sequential {
        var generator = SplitMix64(seed: 1)
        return Sequential {
            Linear(in: 2, out: 3, using: &generator)
            BatchNorm2D(3)
        }
    }

    @Test("takes over parameters and buffers by name")
    func loads() throws {
        let network = network()
        var tensors = Dictionary(uniqueKeysWithValues: network.storedTensors.map { ($0.name, $0.tensor) })
        tensors["0.weight"] = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
        tensors["1.running_var"] = Tensor([7, 8, 9], shape: [3])
        tensors["1.num_batches_tracked"] = nil  // as in old checkpoints
        try network.load(tensors, from: "memory")
        #expect(network.parameters[0].parameter.value.scalars == [1, 2, 3, 4, 5, 6])
        #expect(network.buffers[1].buffer.value.scalars == [7, 8, 9])
    }

    @Test("names everything that does not fit in one error, and changes nothing")
    func refuses() throws {
        let network = network()
        let before = network.storedTensors.map(\.tensor.scalars)
        let tensors = [
            "0.weight": Tensor(filledWith: 0, shape: [2, 2]), "0.bias": Tensor(filledWith: 0, shape: [3]),
            "1.weight": Tensor(filledWith: 0, shape: [3]), "head.bias": Tensor([1]),
        ]
        let error = try #require(throws: LoadingError.self) { try network.load(tensors, from: "old.safetensors") }
        #expect(error.missing == ["1.bias", "1.running_mean", "1.running_var"])
        #expect(error.unexpected == ["head.bias"])
        #expect(error.misshapen == [.init(name: "0.weight", expected: [3, 2], found: [2, 2])])
        for part in ["old.safetensors", "1.running_var", "head.bias", "[2, 2]", "[3, 2]"] {
            #expect(error.description.contains(part))
        }
        #expect(network.storedTensors.map(\.tensor.scalars) == before)
    }

    @Test("without strictness loads what fits, but never another shape")
    func lenient() throws {
        let network = network()
        try network.load(["0.bias": Tensor([1, 2, 3]), "other": Tensor([1])], from: "memory", strict: false)
        #expect(network.parameters[1].parameter.value.scalars == [1, 2, 3])
        #expect(throws: LoadingError.self) {
            try network.load(["0.bias": Tensor([1, 2])], from: "memory", strict: false)
        }
    }
}
