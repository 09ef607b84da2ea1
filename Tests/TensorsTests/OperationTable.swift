import SaccadePrelude
import TestSupport

@testable import SaccadeTensors

/// Every operation of the package on images, for ``EveryOperationTests``.
enum OperationTable {
    struct Case: CustomStringConvertible, Sendable {
        /// The public function.
        let name: String
        let detail: String
        let weights: [Tensor]
        let function: @Sendable (_ x: Tensor, _ weights: [Tensor]) -> [Tensor]

        var description: String { detail.isEmpty ? name : "\(name), \(detail)" }
    }

    /// Sixteen channels and one: the last block of channels is nearly empty.
    static let channels = 17
    static let size = Pair(7, 5)

    private static func one(
        _ name: String, _ detail: String = "", _ weights: Shape...,
        function: @escaping @Sendable (_ x: Tensor, _ weights: [Tensor]) -> Tensor
    ) -> Case {
        several(name, detail, weights) { [function($0, $1)] }
    }

    private static func several(
        _ name: String, _ detail: String, _ weights: [Shape],
        function: @escaping @Sendable (_ x: Tensor, _ weights: [Tensor]) -> [Tensor]
    ) -> Case {
        Case(
            name: name, detail: detail, weights: weights.enumerated().map { .random($1, seed: UInt64(70 + $0)) },
            function: function)
    }

    /// Images as sums of gates, `[N, ·, width]`.
    private static func steps(_ x: Tensor, _ width: Int) -> Tensor {
        let rows = x.flattened(from: 1)
        let steps = rows.shape[1] / width
        return rows.sliced(axis: 1, 0..<steps * width).reshaped(to: [x.shape[0], steps, width])
    }

    /// Whole numbers below a bound.
    private static func indices(_ shape: Shape, below bound: Int) -> Tensor {
        Tensor((0..<shape.elementCount).map { Float($0 * 7919 % 9973 % bound) }, shape: shape)
    }

    /// Regions of interest, `[6, 5]`, some of which reach outside of the images; the last one's image is not there.
    private static func boxes(_ x: Tensor) -> Tensor {
        let last = Float(x.shape[0] - 1)
        return Tensor(
            [
                0, 0.3, 1.2, 3.9, 6.4, last, 1, 0.5, 2.5, 3.5, 0, -2.5, -3, 1.5, 9, last, 3, 3, 3, 3, 0, 4, 6, 1, 2, -1,
                0, 0, 4, 4,
            ], shape: [6, 5])
    }

    /// Numbers between 0 and 1 like `x`.
    private static func targets(_ x: Tensor) -> Tensor { sigmoid(.random(x.shape, seed: 50)) }

    static let all = convolutions + poolings + products + norms + elementwise + reductions + shapeWork + losses

    private static let convolutions: [Case] = [
        one("conv2D", "", [19, 17, 3, 3], [19]) { conv2D($0, $1[0], bias: $1[1], padding: 1) },
        one("conv2D", "strided, dilated", [6, 17, 3, 2]) {
            conv2D($0, $1[0], stride: [2, 1], padding: .same, dilation: [1, 2])
        },
        one("conv2D", "each channel by itself, with an activation", [17, 1, 3, 3], [17]) {
            conv2D($0, $1[0], bias: $1[1], groups: 17, activation: .sigmoid)
        },
        one("conv2D", "around a shortcut", [17, 17, 3, 3]) { relu(conv2D($0, $1[0], padding: 1) + $0) },
        one("convTranspose2D", "", [17, 5, 3, 2], [5]) {
            convTranspose2D($0, $1[0], bias: $1[1], stride: 2, padding: 1, outputPadding: 1)
        },
        one("pooledConv2D", "", [16, 17, 3, 3], [16]) { pooledConv2D($0, $1[0], bias: $1[1], padding: 1, pool: 2) },
        one("concatenated", "convolutions", [17, 17, 1, 1], [20, 17, 3, 3]) {
            concatenated([conv2D($0, $1[0]), conv2D($0, $1[1], padding: 1)], axis: 1)
        },
        one("maxPool2D", "behind a convolution", [32, 17, 3, 3]) {
            maxPool2D(relu(conv2D($0, $1[0], padding: 1)), kernel: 2)
        },
    ]

    private static let poolings: [Case] = [
        one("maxPool2D") { x, _ in maxPool2D(x, kernel: 3, stride: 2, padding: 1, ceilMode: true) },
        one("maxPool2D", "with holes") { x, _ in maxPool2D(x, kernel: 2, stride: 1, dilation: [3, 2]) },
        several("maxPool2DWithIndices", "", []) { x, _ in
            let (result, indices) = maxPool2DWithIndices(x, kernel: 3, stride: 2, padding: 1)
            return [result, indices]
        },
        one("maxUnpool2D") { x, _ in
            // Places that differ within a plane, so that nothing depends on who comes last.
            let places = Tensor((0..<x.shape.elementCount).map { Float($0 % 35 * 3 + $0 % 3) }, shape: x.shape)
            return maxUnpool2D(x, indices: places, to: [11, 10])
        },
        one("maxUnpool2D", "of a pooling") { x, _ in
            let (result, indices) = maxPool2DWithIndices(x, kernel: 3, stride: 2, padding: 1)
            return maxUnpool2D(tanh(result), indices: indices, to: [x.shape[2], x.shape[3]])
        },
        one("averagePool2D") { x, _ in averagePool2D(x, kernel: [3, 2], stride: 2, padding: 1) },
        one("averagePool2D", "real elements") { x, _ in
            averagePool2D(x, kernel: 3, stride: 2, padding: 1, countIncludePad: false)
        },
        one("averagePool2D", "that rounds up") { x, _ in
            averagePool2D(x, kernel: 2, stride: 2, padding: 1, ceilMode: true)
        },
        one("globalAveragePool2D") { x, _ in globalAveragePool2D(x) },
        one("adaptiveAveragePool2D") { x, _ in adaptiveAveragePool2D(x, to: [3, 4]) },
        one("roiAlign") { x, _ in roiAlign(x, boxes: boxes(x), outputSize: [3, 2], samplingRatio: 2) },
        one("roiAlign", "aligned, a sample for each pixel") { x, _ in
            roiAlign(x, boxes: boxes(x) * 4, outputSize: 2, spatialScale: 0.25, aligned: true)
        },
        one("roiPool") { x, _ in roiPool(x, boxes: boxes(x), outputSize: [3, 2]) },
    ]

    private static let products: [Case] = [
        one("linear", "", [3, 595], [3]) { linear($0.flattened(from: 1), $1[0], bias: $1[1], activation: .tanh) },
        one("linear", "of rows of pixels", [6, 5]) { linear($0, $1[0]) },
        one("matmul", "", [5, 4]) { matmul($0, $1[0]) },
        one("matmul", "from the left", [2, 7]) { matmul($1[0], $0) },
        one("matmul", "with itself") { x, _ in matmul(x, x.transposed()) },
        one("embedding", "", [9, 4]) { x, weights in
            let places = indices([x.shape[0], 6], below: 9)
            return sum(x, axes: [1, 2, 3]).reshaped(to: [x.shape[0], 1, 1])
                * embedding(places, weights[0], paddingIndex: 3)
        },
        one("embedding", "of images") { x, _ in
            embedding(indices([4], below: x.shape[0]), x.flattened(from: 1))
        },
    ]

    private static let norms: [Case] = [
        several("batchNorm", "", [[17], [17]]) { x, weights in
            let (result, mean, variance) = batchNorm(x, scale: weights[0], shift: weights[1])
            return [result, mean, variance]
        },
        one("batchNorm", "frozen", [17], [17]) {
            batchNorm(
                $0, scale: $1[0], shift: $1[1], mean: .random([17], seed: 60), variance: sigmoid(.random([17])))
        },
        one("batchNorm", "behind a convolution", [18, 17, 1, 1], [18], [18]) {
            batchNorm(
                conv2D($0, $1[0]), scale: $1[1], shift: $1[2], mean: .random([18], seed: 60),
                variance: sigmoid(.random([18])))
        },
        several("fusedBatchNormReLU", "", [[17], [17]]) { x, weights in
            let (result, mean, variance) = fusedBatchNormReLU(
                x, scale: weights[0], shift: weights[1], addend: tanh(x))
            return [result, mean, variance]
        },
        one("layerNorm", "", [17, 7, 5], [17, 7, 5]) { layerNorm($0, scale: $1[0], shift: $1[1]) },
        several("recurrence", "lstm", [[12, 3], [12]]) { x, weights in
            let (outputs, last) = recurrence(.lstm, steps(x, 12), weights[0], bias: weights[1])
            return [outputs] + last.tensors
        },
        several("recurrence", "gru, reversed, with lengths", [[9, 3], [9]]) { x, weights in
            let gates = steps(x, 9)
            let (outputs, last) = recurrence(
                .gru, gates, weights[0], bias: weights[1],
                from: RNNState(
                    hidden: gates.sliced(axis: 0, 0..<1).sliced(axis: 2, 0..<3).reshaped(to: [gates.shape[1], 3])),
                lengths: indices([gates.shape[1]], below: gates.shape[0] + 1), isReversed: true)
            return [outputs] + last.tensors
        },
        one("recurrence", "rnn", [7, 7]) { recurrence(.tanh, steps($0, 7), $1[0]).outputs },
        one("recurrence", "rnn-relu", [35, 35]) { recurrence(.relu, steps($0, 35), $1[0] * 0.1).outputs },
        several("lstmStep", "", []) { x, _ in
            let gates = x.flattened(from: 1)
            let next = lstmStep(gates.sliced(axis: 1, 0..<92), cell: gates.sliced(axis: 1, 100..<123))
            return [next.hidden, next.cell]
        },
        one("localResponseNorm") { x, _ in localResponseNorm(x, size: 5, alpha: 0.7, beta: 0.6, k: 1.5) },
        one("softmax") { x, _ in softmax(x, axis: 1) },
        one("logSoftmax") { x, _ in logSoftmax(x, axis: 1) },
    ]

    private static let elementwise: [Case] = [
        one("relu") { x, _ in relu(x) },
        one("leakyReLU") { x, _ in leakyReLU(x, slope: 0.2) },
        one("sigmoid") { x, _ in sigmoid(x) },
        one("tanh") { x, _ in tanh(x) },
        one("gelu") { x, _ in gelu(x) },
        one("exp") { x, _ in exp(x) },
        one("log") { x, _ in log(sigmoid(x)) },
        one("sqrt") { x, _ in sqrt(sigmoid(x)) },
        one("abs") { x, _ in abs(x) },
        one("clamp") { x, _ in clamp(x, -0.31, 0.42) },
        one("+") { x, _ in x + tanh(x) },
        one("+", "over images", [17, 1, 1]) { $0 + $1[0] },
        one("-") { x, _ in x - tanh(x) },
        one("-", "from a number") { x, _ in -(2 - x) - 1 },
        one("*") { x, _ in x * sigmoid(x) },
        one("*", "over images and by a number", [5]) { $0 * $1[0] * 3 },
        one("/") { x, _ in tanh(x) / exp(x) },
        one("/", "by a number") { x, _ in x / 3 },
        one("minimum") { x, _ in minimum(x, tanh(x)) },
        one("maximum") { x, _ in maximum(x, gelu(x)) },
        one("dropout") { x, _ in
            var generator = SplitMix64(seed: 3)
            return dropout(x, probability: 0.4, using: &generator)
        },
    ]

    private static let reductions: [Case] = [
        one("sum") { x, _ in sum(x, axes: [1, 3]) },
        one("mean") { x, _ in mean(x, axes: [1], keepingAxes: true) },
        one("max") { x, _ in max(x, axes: [1]) },
        one("min") { x, _ in min(x, axes: [2, 3], keepingAxes: true) },
        one("argMax") { x, _ in argMax(x, axis: 1) },
        several("topK", "", []) { x, _ in
            let (values, indices) = topK(x, 3)
            return [values, indices]
        },
    ]

    private static let shapeWork: [Case] = [
        one("transposed") { x, _ in x.transposed([0, 2, 3, 1]) },
        one("transposed", "rows and columns") { x, _ in x.transposed() },
        one("sliced") { x, _ in x.sliced(axis: 1, 2..<17, step: 4) },
        one("sliced", "a crop") { x, _ in x.sliced(axis: 2, 1..<6).sliced(axis: 3, 2..<5) },
        one("sliced", "whole blocks of channels") { x, _ in x.sliced(axis: 1, 0..<16) },
        one("cropped") { x, _ in x.cropped(to: [4, 3]) },
        one("cropped", "and changed where it lies") { x, _ in
            let y = tanh(x)
            return y.cropped(to: [4, 3], top: 0, left: 2) * exp(y).cropped(to: [4, 3], top: 3)
        },
        one("flipped") { x, _ in x.flipped(axes: [1, 3]) },
        one("concatenated") { x, _ in concatenated([x, tanh(x), x], axis: 1) },
        one("concatenated", "with a crop") { x, _ in
            concatenated([maxPool2D(x, kernel: 2), x.sliced(axis: 2, 2..<5).sliced(axis: 3, 1..<3)], axis: 1)
        },
        one("concatenated", "a crop, and a convolution made for it", [16, 17, 3, 3]) {
            concatenated([tanh($0).cropped(to: [5, 3]), conv2D($0, $1[0])], axis: 1)
        },
        one("concatenated", "along the batch") { x, _ in concatenated([x, tanh(x)], axis: 0) },
        one("gathered") { x, _ in x.gathered(axis: 1, indices([x.shape[0], 6, 7, 5], below: 17)) },
        one("scatterAdded", "", [17, 7, 5]) { x, weights in
            let source = weights[0].broadcast(to: x.shape)
            return x.scatterAdded(axis: 1, indices(x.shape, below: 17), source)
        },
        one("indexSelected") { x, _ in x.indexSelected(axis: 1, Tensor([3, 16, 0, 3])) },
        one("padded") { x, _ in x.padded(top: 1, left: 2, right: 3, with: .reflected) },
        one("padded", "channels") { x, _ in x.padded(axis: 1, before: 2, after: 13) },
        one("resized", "nearest") { x, _ in x.resized(to: [14, 15], .nearest) },
        one("resized", "bilinear") { x, _ in x.resized(to: [14, 13]) },
        one("resized", "smaller, corners aligned") { x, _ in x.resized(to: [5, 3], .bilinear(alignsCorners: true)) },
        one("broadcast") { x, _ in
            mean(x, axes: [2], keepingAxes: true).broadcast(to: Shape([2] + x.shape.dimensions))
        },
        one("reshaped") { x, _ in x.reshaped(to: [x.shape[0], 5, 17, 7]) },
        one("flattened") { x, _ in x.flattened(from: 2) },
    ]

    private static let losses: [Case] = [
        one("crossEntropy") { x, _ in
            crossEntropy(x, indices([x.shape[0], 7, 5], below: 17), labelSmoothing: 0.1, reduction: .none)
        },
        one("crossEntropy", "of whole images") { x, _ in
            crossEntropy(x.flattened(from: 1), (0..<x.shape[0]).map { $0 * 191 })
        },
        several("classSums", "", []) { x, _ in
            let sums = classSums(x, indices([x.shape[0], 7, 5], below: 17), ignoredLabel: 3)
            return [sums.right, sums.all]
        },
        one("meanSquaredError") { x, _ in meanSquaredError(x, targets(x)) },
        one("l1Loss") { x, _ in l1Loss(x, targets(x), reduction: .sum) },
        one("smoothL1Loss") { x, _ in smoothL1Loss(x, targets(x), beta: 0.5, reduction: .none) },
        one("binaryCrossEntropy") { x, _ in binaryCrossEntropy(sigmoid(x), targets(x), reduction: .none) },
        one("binaryCrossEntropyWithLogits") { x, _ in
            binaryCrossEntropyWithLogits(x, targets(x), positiveWeights: .random([5], seed: 4), reduction: .none)
        },
        one("hingeLoss") { x, _ in
            let sides = Tensor(targets(x).scalars.map { $0 < 0.5 ? -1 : 1 }, shape: x.shape)
            return hingeLoss(x, sides, isSquared: true, reduction: .none)
        },
    ]
}
