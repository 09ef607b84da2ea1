import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Every operation's gradient against central differences, beside PyTorch's word for it.
@Suite struct GradientTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let inputs: [Tensor]
        let function: @Sendable ([Tensor]) -> Tensor

        init(_ name: String, _ shapes: Shape..., function: @escaping @Sendable ([Tensor]) -> Tensor) {
            self.init(name, inputs: shapes.enumerated().map { .ramp($1, seed: UInt64($0)) }, function: function)
        }

        init(_ name: String, inputs: [Tensor], function: @escaping @Sendable ([Tensor]) -> Tensor) {
            testDescription = name + " " + inputs.map { "\($0.shape)" }.joined(separator: " ")
            self.inputs = inputs
            self.function = function
        }
    }

    /// Values well apart from each other and from zero, for operations that choose between elements.
    static func apart(_ shape: Shape, seed: Int = 0) -> Tensor {
        let count = shape.elementCount
        return Tensor((0..<count).map { Float(($0 * 37 + seed * 11) % 101) / 25 - 2.02 }, shape: shape)
    }

    static let positive = sigmoid(.ramp([3, 4])) + 0.2

    static let pooling = [
        Case("maxPool2D", inputs: [apart([1, 2, 6, 5])]) { maxPool2D($0[0], kernel: 2) },
        Case("maxPool2D", inputs: [apart([1, 2, 6, 7])]) {
            maxPool2D($0[0], kernel: 3, stride: [2, 1], padding: 1, ceilMode: true)
        },
        Case("maxPool2D with holes", inputs: [apart([1, 2, 7, 6])]) {
            maxPool2D($0[0], kernel: 2, stride: 1, dilation: [2, 3])
        },
        Case("maxPool2D, same", inputs: [apart([1, 2, 5, 4])]) {
            maxPool2D($0[0], kernel: 3, stride: 2, padding: .same)
        },
        Case("maxPool2DWithIndices", inputs: [apart([2, 1, 5, 5])]) {
            maxPool2DWithIndices($0[0], kernel: 2, stride: 1).result
        },
        Case("averagePool2D", [1, 2, 6, 5]) { averagePool2D($0[0], kernel: [2, 3], stride: 2, padding: 1) },
        Case("averagePool2D, same", [1, 2, 5, 4]) { averagePool2D($0[0], kernel: 3, stride: 2, padding: .same) },
        Case("averagePool2D", [1, 2, 6, 5]) { averagePool2D($0[0], kernel: 3, stride: 2, padding: 1, ceilMode: true) },
        Case("globalAveragePool2D", [2, 3, 3, 2]) { globalAveragePool2D($0[0]) },
        Case("adaptiveAveragePool2D", [1, 2, 5, 7]) { adaptiveAveragePool2D($0[0], to: [3, 4]) },
        Case("batchNorm", [3, 2, 2, 3], [2], [2]) { batchNorm($0[0], scale: $0[1], shift: $0[2]).result },
        Case("batchNorm", [5, 3], [3], [3]) { batchNorm($0[0], scale: $0[1], shift: $0[2]).result },
        Case("batchNorm, frozen", [3, 2, 2, 3], [2], [2]) {
            batchNorm($0[0], scale: $0[1], shift: $0[2], mean: .ramp([2]), variance: sigmoid(.ramp([2])))
        },
    ]

    static let products = [
        Case("linear", [3, 4], [2, 4], [2]) { linear($0[0], $0[1], bias: $0[2], activation: .sigmoid) },
        Case("linear", [2, 3, 4], [5, 4]) { linear($0[0], $0[1]) },
        Case("matmul", [3, 4], [4, 2]) { matmul($0[0], $0[1]) },
        Case("matmul", [2, 3, 4], [4, 2]) { matmul($0[0], $0[1]) },
        Case("matmul", [2, 1, 3, 4], [3, 4, 2]) { matmul($0[0], $0[1]) },
        Case("softmax", [3, 4]) { softmax($0[0]) },
        Case("softmax", [2, 3, 2]) { softmax($0[0], axis: 1) },
        Case("logSoftmax", [2, 3, 2]) { logSoftmax($0[0], axis: 1) },
        Case("crossEntropy", [4, 3]) { crossEntropy($0[0], [0, 2, 1, 2], labelSmoothing: 0.1) },
        Case("crossEntropy", [2, 3, 2, 2]) {
            crossEntropy(
                $0[0], Tensor([0, 1, 2, 9, 1, 1, 0, 9], shape: [2, 2, 2]), classWeights: Tensor([1, 2, 3], shape: [3]),
                elementWeights: .ramp([2, 2, 2], seed: 5), ignoredLabel: 9, labelSmoothing: 0.2, reduction: .none)
        },
    ]

    static let elementwise = [
        Case("relu", inputs: [apart([3, 4])]) { relu($0[0]) },
        Case("leakyReLU", inputs: [apart([3, 4])]) { leakyReLU($0[0], slope: 0.2) },
        Case("sigmoid", [3, 4]) { sigmoid($0[0]) },
        Case("tanh", [3, 4]) { tanh($0[0]) },
        Case("gelu", [3, 4]) { gelu($0[0]) },
        Case("exp", [3, 4]) { exp($0[0]) },
        Case("log", inputs: [positive]) { log($0[0]) },
        Case("sqrt", inputs: [positive]) { sqrt($0[0]) },
        Case("abs", inputs: [apart([3, 4])]) { abs($0[0]) },
        Case("clamp", inputs: [apart([3, 4])]) { clamp($0[0], -0.41, 0.77) },
        Case("divide", inputs: [.ramp([3, 4]), positive]) { $0[0] / $0[1] },
        Case("arithmetic", [3, 1], [4]) { $0[0] * $0[1] - $0[1] + $0[0] * 2 },
        Case("minimum", inputs: [apart([3, 4]), apart([4], seed: 3)]) { minimum($0[0], $0[1]) },
        Case("maximum", inputs: [apart([3, 4]), apart([4], seed: 3)]) { maximum($0[0], $0[1]) },
        Case("dropout", [5, 5]) {
            var generator = SplitMix64(seed: 3)
            return dropout($0[0], probability: 0.4, using: &generator)
        },
    ]

    static let shapeWork = [
        Case("sum", [2, 3, 4]) { sum($0[0], axes: [0, 2]) },
        Case("mean", [2, 3, 4]) { mean($0[0], axes: [1], keepingAxes: true) },
        Case("max", inputs: [apart([3, 5])]) { max($0[0], axes: [1]) },
        Case("min", inputs: [apart([3, 5])]) { min($0[0], axes: [0], keepingAxes: true) },
        Case("topK", inputs: [apart([2, 6])]) { topK($0[0], 3).values },
        Case("transposed", [2, 3, 4]) { $0[0].transposed([2, 0, 1]) },
        Case("sliced", [3, 5]) { $0[0].sliced(axis: 1, 1..<5, step: 3) },
        Case("flipped", [2, 3, 2]) { $0[0].flipped(axes: [0, 1]) },
        Case("concatenated", [2, 3], [2, 2]) { concatenated([$0[0], $0[1], $0[0]], axis: 1) },
        Case("gathered", [3, 4]) { $0[0].gathered(axis: 1, Tensor([0, 0, 3, 1, 2, 2], shape: [3, 2])) },
        Case("scatterAdded", [3, 4], [3, 2]) {
            $0[0].scatterAdded(axis: 1, Tensor([0, 0, 3, 1, 2, 2], shape: [3, 2]), $0[1])
        },
        Case("maxUnpool2D", [1, 2, 2, 2]) {
            maxUnpool2D($0[0], indices: Tensor([0, 3, 7, 11, 2, 4, 9, 8], shape: [1, 2, 2, 2]), to: [3, 4])
        },
        Case("localResponseNorm", [2, 5, 2, 2]) { localResponseNorm($0[0], size: 4, alpha: 0.7, beta: 0.75, k: 1.2) },
        Case("localResponseNorm", [1, 3, 3]) { localResponseNorm($0[0], size: 3, alpha: 0.7, beta: 0.4, k: 1.2) },
        Case("layerNorm", [3, 2, 4], [2, 4], [2, 4]) { layerNorm($0[0], scale: $0[1], shift: $0[2]) },
        Case("padded", [2, 3, 4]) { $0[0].padded(top: 1, left: 2, right: 3, with: .reflected) },
        Case("padded", [2, 3]) { $0[0].padded(axis: 1, before: 2, after: 1, with: .constant(3)) },
        Case("indexSelected", [2, 4]) { $0[0].indexSelected(axis: 1, Tensor([3, 3, 0], shape: [3, 1])) },
        Case("embedding", [4, 3]) { embedding(Tensor([2, 2, 0, 3]), $0[0]) },
        Case("resized", [1, 2, 3, 4]) { $0[0].resized(to: [6, 8], .nearest) },
        Case("resized", [1, 2, 3, 4]) { $0[0].resized(to: [5, 7]) },
        Case("resized", [1, 2, 5, 4]) { $0[0].resized(to: [3, 6], .bilinear(alignsCorners: true)) },
        Case("broadcast", [3, 1]) { $0[0].broadcast(to: [2, 3, 2]) },
    ]

    static let losses = [
        Case("meanSquaredError", [3, 4], [3, 4]) {
            meanSquaredError($0[0], $0[1], weights: .ramp([4]), reduction: .sum)
        },
        Case("l1Loss", inputs: [apart([3, 4]), apart([3, 4], seed: 4)]) { l1Loss($0[0], $0[1], reduction: .none) },
        Case("smoothL1Loss", [3, 4], [3, 4]) { smoothL1Loss($0[0], $0[1], beta: 0.5, reduction: .sum) },
        Case("binaryCrossEntropy", inputs: [sigmoid(.ramp([3, 4]))]) {
            binaryCrossEntropy($0[0], sigmoid(.ramp([3, 4], seed: 9)), reduction: .none)
        },
        Case("binaryCrossEntropyWithLogits", [3, 4]) {
            binaryCrossEntropyWithLogits($0[0], sigmoid(.ramp([3, 4], seed: 9)), reduction: .none)
        },
        Case("binaryCrossEntropyWithLogits", [3, 4]) {
            binaryCrossEntropyWithLogits(
                $0[0], sigmoid(.ramp([3, 4], seed: 9)), positiveWeights: Tensor([1, 2, 3, 4], shape: [4]))
        },
        Case("hingeLoss", inputs: [apart([6])]) {
            hingeLoss($0[0], Tensor([1, -1, 1, 1, -1, 1], shape: [6]), reduction: .none)
        },
        Case("hingeLoss", inputs: [apart([6])]) {
            hingeLoss($0[0], Tensor([1, -1, 1, 1, -1, 1], shape: [6]), isSquared: true, reduction: .sum)
        },
    ]

    @Test("gradients agree with finite differences", arguments: pooling + products + elementwise + shapeWork + losses)
    func gradients(_ c: Case) { expectGradients(at: c.inputs, of: c.function) }
}
