import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing

/// Networks take every size that their arithmetic allows, and say which before anything is computed.
@Suite struct SizesTests {
    static func network(_ layers: String, input: String = "16x16x3") throws -> Network {
        Network(try Architecture(yaml: "input: \(input)\nlayers: \(layers)", source: "test.yaml").resolved(classes: 5))
    }

    /// Every kind of layer that leaves the size free.
    static let free = """
        [{conv: {channels: 8, kernel: 3, stride: 2, padding: same}}, batchnorm, relu, {maxpool: {kernel: 2, ceil: true}},
        {lrn: 3}, {residual: {body: [{conv: {channels: 8, kernel: 3, padding: 1}}], activation: relu}},
        {parallel: [[{avgpool: {kernel: 3, stride: 1, padding: 1}}], [{conv: {channels: 4, kernel: 1}}]]},
        {pad-channels: 14}, {upconv: {channels: 6, kernel: 2, stride: 2}}, {dropout: 0.1}, gelu]
        """

    @Test("fully convolutional networks are free, and what they give has the shape that was foretold")
    func convolutional() throws {
        let network = try Self.network(Self.free)
        #expect(network.inputs[0].description == "[N, 3, H, W]")
        #expect(network.inputs[0].shape(batch: 2) == [2, 3, 16, 16])
        for (height, width) in [(16, 16), (17, 16), (23, 9), (3, 4), (40, 33)] {
            let x = Tensor.ramp([2, 3, height, width])
            let expected = try network.check(x.shape)
            #expect(network.inputs[0].problem(with: x.shape) == nil)
            #expect(network(x).shape == expected)
            let trained = withGradients { sum(network.trainingResults([x]).outputs[0]) }
            #expect(trained.value.shape == [])
        }
    }

    @Test("every published classifier with a mean at its end takes other sizes, those with a vector of places do not")
    func published() throws {
        for name in ["resnet-18", "resnet-50", "googlenet"] {
            let network = Network(try Architecture(fileOrName: name).resolved())
            #expect(network.inputs[0].description == "[N, 3, H, W]", "\(name)")
            #expect(try network.check([2, 3, 97, 160]) == [2, 1000], "\(name)")
        }
        let lenet = Network(try Architecture(fileOrName: "lenet-5").resolved())
        #expect(lenet.inputs[0].lengths.dropFirst() == lenet.input.dimensions.map { .fixed($0) }[...])
    }

    @Test(
        "layers with weights for each place fix the size",
        arguments: [
            ("[flatten, {linear: 3}]", "fc1: it fixes the size"),
            ("[layernorm, {conv: {channels: 3, kernel: 1}}]", "norm1: it fixes the size"),
            ("[flatten, batchnorm]", "norm1: it fixes the size"),
            ("[{parallel: [[relu], [layernorm]]}, global-avgpool]", "parallel1.norm1: it fixes the size"),
            ("[{auxiliary: {layers: [flatten, {linear: 5}]}}, global-avgpool, flatten, {linear: 5}]", "aux1.fc1: "),
            ("[{residual: {body: [relu], shortcut: [relu]}}, flatten, {linear: 2}]", "fc1: it fixes"),
        ] as [(String, String)])
    func fixed(_ layers: String, _ saying: String) throws {
        let network = try Self.network(layers)
        #expect(network.inputs[0].description == "[N, 3, 16, 16]")
        #expect(throws: Never.self) { try network.check([7, 3, 16, 16]) }
        let error = try #require(throws: RecipeError.self) { try network.check([1, 3, 16, 17]) }
        #expect(error.description.contains(saying) && error.description.contains("[1, 3, 16, 17]"), "\(error)")
        #expect(error.location?.line == 2)
    }

    @Test("behind means over windows of any size layers fix nothing")
    func means() throws {
        for layers in [
            "[global-avgpool, flatten, {linear: 3}]", "[{adaptive-avgpool: 4}, layernorm, flatten, {linear: 3}]",
            "[{parallel: [[global-avgpool], [{adaptive-avgpool: 1}]]}, flatten, batchnorm, {linear: 3}]", "[flatten]",
        ] {
            let network = try Self.network(layers)
            #expect(network.inputs[0].description == "[N, 3, H, W]", "\(layers)")
            let x = Tensor.ramp([2, 3, 5, 21])
            #expect(try network.check(x.shape) == network(x).shape)
        }
    }

    @Test("the least size is the smallest that every kernel fits into")
    func least() throws {
        // (n − 5) / 2 + 1 ≥ 3 is n ≥ 9; along the other axis nothing is cut off.
        let network = try Self.network(
            "[{conv: {channels: 4, kernel: [5, 1], stride: [2, 1]}}, {maxpool: {kernel: [3, 1], stride: 1}}]")
        #expect(network.inputs[0].lengths[2] == .free(FreeLength(usual: 16, least: 9)))
        #expect(network.inputs[0].lengths[3] == .free(FreeLength(usual: 16)))
        #expect(try network.check([1, 3, 9, 1]) == [1, 4, 1, 1])
        let error = try #require(throws: RecipeError.self) { try network.check([1, 3, 8, 16]) }
        #expect(error.message.hasPrefix("pool1: ") && error.message.contains("(2 − 3 + 0) / 1 + 1"), "\(error)")
        #expect(network.inputs[0].problem(with: [1, 3, 8, 16])?.contains("the least is 9") == true)
    }

    @Test("where branches meet after halving, only every so many lengths fit")
    func steps() throws {
        // A U-Net in small: two halvings and two doublings beside a shortcut.
        let hourglass = try Self.network(
            """
            [{conv: {channels: 3, kernel: 3}}, {parallel: [[relu], [{maxpool: 2}, {maxpool: 2},
            {upconv: {channels: 3, kernel: 2, stride: 2}}, {upconv: {channels: 3, kernel: 2, stride: 2}}]]}]
            """, input: "22x18x3")
        let rule = FreeLength(usual: 22, multipleOf: 4, plus: 2, least: 6)
        #expect(hourglass.inputs[0].lengths[2] == .free(rule))
        for length in 1...40 {
            let shape: Shape = [1, 3, length, 18]
            #expect(((try? hourglass.check(shape)) != nil) == rule.allows(length), "\(length)")
        }
        let error = try #require(throws: RecipeError.self) { try hourglass.check([1, 3, 23, 18]) }
        #expect(error.message.hasPrefix("parallel1: the branches make 21×16×3, 20×16×3"), "\(error)")
        #expect(hourglass.inputs[0].problem(with: [1, 3, 23, 18])?.contains("22 or 26") == true)
    }

    @Test(
        "shapes from outside throw whatever they are",
        arguments: [
            [], [3], [1, 3, 16], [1, 4, 16, 16], [1, 3, 0, 16], [1, 3, 70_000, 1], [1, 3, 30_000, 30_000],
            [Int.max / 400, 3, 8, 16], [1, 3, 60_000, 4],
        ] as [Shape])
    func hostile(_ shape: Shape) throws {
        let network = try Self.network("[{upconv: {channels: 64, kernel: 4, stride: 4}}]")
        #expect(throws: RecipeError.self) { try network.check(shape) }
    }

    @Test("computing a size that cannot be traps")
    func trap() async {
        await #expect(processExitsWith: .failure) {
            _ = try SizesTests.network("[{conv: {channels: 4, kernel: 5}}]")(
                Tensor(filledWith: 0, shape: [1, 3, 4, 9]))
        }
    }

    @Test("a plan of one network for another size gives its values")
    func plan() throws {
        let network = try Self.network(Self.free)
        let x = Tensor.ramp([1, 3, 21, 10])
        #expect(Plan(for: x.shape) { network($0) }(x).relativeError(to: network(x)) < 1e-5)
    }
}
