import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing

@Suite struct FusionTests {
    static let recipe = """
        input: 13x11x3
        layers:
          - conv: {channels: 8, kernel: 3}
          - relu
          - maxpool: {kernel: 2}
          - conv: {channels: 6, kernel: 3, padding: same, activation: relu}
          - maxpool: {kernel: 3, stride: 2, padding: 1}
          - residual:
              body:
                - conv: {channels: 6, kernel: 3, padding: 1}
                - relu
                - maxpool: {kernel: 3, stride: 1, padding: 1}
              activation: relu
          - parallel:
              - [conv: {channels: 3, kernel: 1}, relu]
              - [conv: {channels: 2, kernel: 1}]
          - upconv: {channels: 4, kernel: 2, stride: 2}
          - relu
          - flatten
          - linear: 7
          - relu
          - linear: 3
        """

    /// Batch norms before ReLU, and at the end of residual blocks with and without a ReLU behind the sum.
    static let normalized = """
        input: 9x8x3
        layers:
          - conv: {channels: 16, kernel: 3, bias: false}
          - batchnorm
          - relu
          - residual:
              body:
                - conv: {channels: 20, kernel: 3, padding: 1, bias: false}
                - batchnorm
                - relu
                - conv: {channels: 20, kernel: 1, bias: false}
                - batchnorm
              shortcut:
                - conv: {channels: 20, kernel: 1, bias: false}
                - batchnorm
              activation: relu
          - residual:
              body:
                - conv: {channels: 20, kernel: 1, bias: false}
                - batchnorm
          - batchnorm
          - relu
          - flatten
          - linear: 3
        """

    static func resolved(_ yaml: String = recipe) throws -> ResolvedNetwork {
        try Architecture(yaml: yaml, source: "test.yaml").resolved(seed: 5)
    }

    @Test("values are those of the layers one by one", arguments: [Phase.inference, .training], [recipe, normalized])
    func values(_ phase: Phase, _ recipe: String) throws {
        let resolved = try Self.resolved(recipe)
        let x = Tensor.ramp(Shape([2] + Network(resolved).input.dimensions))
        Phase.$current.withValue(phase) {
            // Convolutions of different steps are timed apart, and may differ in the last digit.
            #expect(Network(resolved)(x).relativeError(to: Network(resolved, fuses: false)(x)) < 3e-6)
        }
    }

    @Test(
        "gradients are those of the layers one by one", arguments: [(recipe, 16, Float(1e-5)), (normalized, 19, 1e-4)])
    func gradients(_ recipe: String, _ count: Int, _ tolerance: Float) throws {
        let resolved = try Self.resolved(recipe)
        let (fused, plain) = (Network(resolved), Network(resolved, fuses: false))
        let x = Tensor.random(Shape([2] + fused.input.dimensions), seed: 3)
        let a = withGradients { sum(fused(x) * .ramp([2, 3])) }.gradients
        let b = withGradients { sum(plain(x) * .ramp([2, 3])) }.gradients
        #expect(fused.parameters.map(\.name) == plain.parameters.map(\.name))
        #expect(fused.parameters.count == count)
        for (name, parameter) in fused.parameters {
            let (da, db) = (try #require(a[parameter]), try #require(b[parameter]))
            // The joined step adds the same numbers in another order; behind a batch norm much of the sum cancels out.
            #expect(da.relativeError(to: db) < tolerance, "\(name)")
            #expect(da.scalars.contains { $0 != 0 }, "\(name)")
        }
    }

    @Test("a window of negative or equal elements lets the same gradient through in both orders")
    func ties() throws {
        let resolved = try Self.resolved(
            "{input: 4x4x1, layers: [{conv: {channels: 1, kernel: 1, bias: false}}, relu, {maxpool: 2}]}")
        let (fused, plain) = (Network(resolved), Network(resolved, fuses: false))
        let weight = try #require(fused.parameters.first).parameter
        weight.assign(Tensor([1], shape: [1, 1, 1, 1]))
        // Windows: all negative, all zero, all equal, mixed with a tie.
        let x = Tensor([-1, -2, 0, 0, -3, -4, 0, 0, 5, 5, 7, -7, 5, 5, 7, 0], shape: [1, 1, 4, 4])
        let a = withGradients { sum(fused(x) * .ramp([1, 1, 2, 2])) }
        let b = withGradients { sum(plain(x) * .ramp([1, 1, 2, 2])) }
        #expect(a.value.item == b.value.item)
        #expect(a.gradients[weight]?.scalars == b.gradients[weight]?.scalars)
    }

    @Test("training pools before ReLU, predicting does not; other pools stay where they are")
    func order() throws {
        let network = Network(try Self.resolved())
        func operations(_ phase: Phase) -> [String] {
            Trace.of([[1, 3, 13, 11]], phase: phase) { [network($0[0])] }.nodes
                .map { "\($0.scope ?? "") \($0.operation.name)" }
        }
        #expect(operations(.training).prefix(3) == ["conv1 conv2D", "pool1 maxPool2D", "relu1 relu"])
        #expect(operations(.inference).prefix(2) == ["conv1 conv2D", "pool1 maxPool2D"])
        #expect(operations(.training).contains("block1.pool1 maxPool2D"))
        // ReLU behind a pool that does not shrink is the convolution's own.
        #expect(!operations(.training).contains("block1.relu1 relu"))
        #expect(!operations(.inference).contains { $0.hasPrefix("relu") })
    }

    @Test("training takes batch norm, sum and ReLU at once, predicting one by one")
    func norms() throws {
        let network = Network(try Self.resolved(Self.normalized))
        func operations(_ phase: Phase) -> [String] {
            Trace.of([[2, 3, 9, 8]], phase: phase) { [network($0[0])] }.nodes
                .map { "\($0.scope ?? "") \($0.operation.name)" }
        }
        #expect(
            operations(.training) == [
                "conv1 conv2D", "norm1 fusedBatchNormReLU",
                "block1.conv1 conv2D", "block1.norm1 fusedBatchNormReLU", "block1.conv2 conv2D",
                "block1.conv3 conv2D", "block1.norm3 batchNorm", "block1.norm2 fusedBatchNormReLU",
                "block2.conv1 conv2D", "block2.norm1 batchNorm", "block2 add",
                "norm2 fusedBatchNormReLU", "flatten1 reshape", "fc1 linear",
            ])
        #expect(
            operations(.inference) == [
                "conv1 conv2D", "norm1 batchNorm", "norm1 relu",
                "block1.conv1 conv2D", "block1.norm1 batchNorm", "block1.norm1 relu", "block1.conv2 conv2D",
                "block1.conv3 conv2D", "block1.norm3 batchNorm", "block1.norm2 batchNorm", "block1.norm2 add",
                "block1.norm2 relu",
                "block2.conv1 conv2D", "block2.norm1 batchNorm", "block2 add",
                "norm2 batchNorm", "norm2 relu", "flatten1 reshape", "fc1 linear",
            ])
    }

    @Test("a plan of the network gives its values")
    func plan() throws {
        let network = Network(try Self.resolved())
        let x = Tensor.ramp([1, 3, 13, 11])
        #expect(Plan(for: x.shape) { network($0) }(x).relativeError(to: network(x)) < 1e-5)
    }
}
