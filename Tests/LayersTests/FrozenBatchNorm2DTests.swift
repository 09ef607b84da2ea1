import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Against torchvision 0.29:
///
///     norm = torchvision.ops.FrozenBatchNorm2d(3)
///     norm.load_state_dict({
///         "weight": torch.tensor([0.5, -1.25, 2.0]), "bias": torch.tensor([0.1, 0.2, -0.3]),
///         "running_mean": torch.tensor([1.0, -0.5, 0.25]), "running_var": torch.tensor([2.0, 0.125, 1e-6]),
///         "num_batches_tracked": torch.tensor(7)})
///     x = (torch.arange(12.) / 8 - 0.5).reshape(1, 3, 2, 2).requires_grad_()
///     y = norm(x)
///     (y * torch.arange(12.).reshape(1, 3, 2, 2)).sum().backward()
@Suite struct FrozenBatchNorm2DTests {
    static let stored = [
        "weight": Tensor([0.5, -1.25, 2], shape: [3]), "bias": Tensor([0.1, 0.2, -0.3], shape: [3]),
        "running_mean": Tensor([1, -0.5, 0.25], shape: [3]), "running_var": Tensor([2, 0.125, 1e-6], shape: [3]),
        "num_batches_tracked": Tensor([7], shape: []),
    ]
    static let x = Tensor((0..<12).map { Float($0) / 8 - 0.5 }, shape: [1, 3, 2, 2])
    static let weights = Tensor((0..<12).map(Float.init), shape: [1, 3, 2, 2])

    private func norm() throws -> FrozenBatchNorm2D {
        let norm = FrozenBatchNorm2D(3)
        try norm.load(Self.stored, from: "memory")
        return norm
    }

    @Test("takes torchvision's names, and leaves the count of batches alone")
    func names() throws {
        let norm = try norm()
        #expect(norm.parameters.isEmpty)
        #expect(norm.storedShapes.map(\.name) == ["weight", "bias", "running_mean", "running_var"])
        #expect(norm.weight.value.scalars == [0.5, -1.25, 2])
        #expect(throws: LoadingError.self) { try norm.load(["weight": Self.x], from: "memory") }
        // A count of nobody's batches is as wrong as any other name.
        var others = Self.stored
        others["other.num_batches_tracked"] = Tensor([7], shape: [])
        #expect(throws: LoadingError.self) { try norm.load(others, from: "memory") }
    }

    @Test("the numbers and the gradient are torchvision's, while training as well")
    func numbers() throws {
        let (norm, x) = (try norm(), Parameter(Self.x))
        let expected = Tensor(
            [
                -0.4303287, -0.3861347, -0.3419406, -0.2977466, -1.567696, -2.00962, -2.451544, -2.893468, 150.4557,
                225.8335, 301.2114, 376.5892,
            ], shape: x.shape)
        let gradient: [Float] = [
            0, 0.3535525, 0.707105, 1.060658, -14.14157, -17.67696, -21.21235, -24.74775, 4824.182, 5427.204, 6030.227,
            6633.25,
        ]
        #expect(zip(norm(Self.x).scalars, expected.scalars).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        let (value, gradients) = withGradients { sum(norm(x.value) * Self.weights) }
        #expect(abs(value.item - sum(expected * Self.weights).item) < 0.1)
        let found = try #require(gradients[x]).scalars
        #expect(zip(found, gradient).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        #expect(norm.runningMean.value.scalars == [1, -0.5, 0.25])
    }

    @Test("with a sum and an activation behind it, and folded into a convolution by a plan")
    func plans() throws {
        let norm = try norm()
        var generator = SplitMix64(seed: 4)
        let conv = Conv2D(in: 2, out: 3, kernel: 3, padding: 1, bias: false, using: &generator)
        let x = Tensor.random([2, 2, 5, 6])
        let shortcut = Tensor.random([2, 3, 5, 6], seed: 1)
        let expected = relu(norm(conv(x)) + shortcut)
        #expect(norm(conv(x), adding: shortcut, activation: .relu).isClose(to: expected, tolerance: 1e-6))
        #expect(norm(conv(x), activation: nil).isClose(to: norm(conv(x)), tolerance: 0))
        let plan = Plan(for: [x.shape, shortcut.shape]) { [norm(conv($0[0]), adding: $0[1], activation: .relu)] }
        #expect(plan.run([x, shortcut])[0].isClose(to: expected, tolerance: 1e-5))
        #expect(!plan.kernelNames.contains { $0.contains("batchNorm") || $0.contains("relu") }, "\(plan.kernelNames)")
    }
}
