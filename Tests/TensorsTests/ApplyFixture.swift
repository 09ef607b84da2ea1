import SaccadeTensors
import Testing

struct UnknownOperation: Error { let name: String }

/// Applies the operation that a fixture names.
func apply(_ c: Fixtures.Case, _ x: [Tensor]) throws -> [Tensor] {
    if let results = applyToImages(c, x) ?? applyElementwise(c, x) ?? applyShapeWork(c, x) ?? applyLoss(c, x) {
        return results
    }
    throw UnknownOperation(name: c.operation)
}

private func applyToImages(_ c: Fixtures.Case, _ x: [Tensor]) -> [Tensor]? {
    switch c.operation {
    case "conv2D":
        return [
            conv2D(
                x[0], x[1], bias: x[2], stride: c.pair("stride"), padding: .pixels(c.pair("padding")),
                dilation: c.pair("dilation"), groups: c.integer("groups"))
        ]
    case "convTranspose2D":
        return [
            convTranspose2D(
                x[0], x[1], bias: x[2], stride: c.pair("stride"), padding: c.pair("padding"),
                outputPadding: c.pair("outputPadding"), dilation: c.pair("dilation"), groups: c.integer("groups"))
        ]
    case "maxPool2D":
        return [
            maxPool2D(
                x[0], kernel: c.pair("kernel"), stride: c.pair("stride"), padding: .pixels(c.pair("padding")),
                dilation: c.pair("dilation"), ceilMode: c.flag("roundsUp"))
        ]
    case "maxPool2DWithIndices":
        let (result, indices) = maxPool2DWithIndices(
            x[0], kernel: c.pair("kernel"), stride: c.pair("stride"), padding: .pixels(c.pair("padding")),
            dilation: c.pair("dilation"), ceilMode: c.flag("roundsUp"))
        return [result, indices]
    case "averagePool2D":
        return [
            averagePool2D(
                x[0], kernel: c.pair("kernel"), stride: c.pair("stride"), padding: .pixels(c.pair("padding")),
                countIncludePad: c.flag("countsPadding"), ceilMode: c.flag("roundsUp"))
        ]
    case "globalAveragePool2D": return [globalAveragePool2D(x[0])]
    case "adaptiveAveragePool2D": return [adaptiveAveragePool2D(x[0], to: c.pair("size"))]
    case "batchNormTraining":
        let (result, mean, variance) = batchNorm(x[0], scale: x[1], shift: x[2])
        return [result, mean, variance]
    case "batchNormInference":
        return [batchNorm(x[0], scale: x[1], shift: x[2], mean: x[3], variance: x[4], epsilon: 1e-3)]
    case "maxUnpool2D": return [maxUnpool2D(x[0], indices: x[1], to: c.pair("size"))]
    case "localResponseNorm":
        return [
            localResponseNorm(
                x[0], size: c.integer("size"), alpha: c.float("alpha"), beta: c.float("beta"), k: c.float("k"))
        ]
    case "layerNorm": return [layerNorm(x[0], scale: x[1], shift: x[2])]
    case "padded":
        let edges = c.integers("edges")
        return [
            x[0].padded(
                top: edges[2], bottom: edges[3], left: edges[0], right: edges[1],
                with: c.flag("reflects") ? .reflected : .constant(0.5))
        ]
    case "resizedNearest": return [x[0].resized(to: c.pair("size"), .nearest)]
    case "resizedBilinear":
        return [x[0].resized(to: c.pair("size"), .bilinear(alignsCorners: c.flag("alignsCorners")))]
    default: return nil
    }
}

private func applyElementwise(_ c: Fixtures.Case, _ x: [Tensor]) -> [Tensor]? {
    switch c.operation {
    case "relu": [relu(x[0])]
    case "leakyReLU": [leakyReLU(x[0])]
    case "sigmoid": [sigmoid(x[0])]
    case "tanh": [tanh(x[0])]
    case "gelu": [gelu(x[0])]
    case "exp": [exp(x[0])]
    case "log": [log(x[0])]
    case "sqrt": [sqrt(x[0])]
    case "abs": [abs(x[0])]
    case "clamp": [clamp(x[0], -0.5, 0.75)]
    case "add": [x[0] + x[1]]
    case "subtract": [x[0] - x[1]]
    case "multiply": [x[0] * x[1]]
    case "divide": [x[0] / x[1]]
    case "minimum": [minimum(x[0], x[1])]
    case "maximum": [maximum(x[0], x[1])]
    default: nil
    }
}

private func applyShapeWork(_ c: Fixtures.Case, _ x: [Tensor]) -> [Tensor]? {
    switch c.operation {
    case "sum": return [sum(x[0], axes: c.integers("axes"), keepingAxes: c.flag("keepingAxes"))]
    case "mean": return [mean(x[0], axes: c.integers("axes"), keepingAxes: c.flag("keepingAxes"))]
    case "max": return [max(x[0], axes: c.integers("axes"), keepingAxes: c.flag("keepingAxes"))]
    case "min": return [min(x[0], axes: c.integers("axes"), keepingAxes: c.flag("keepingAxes"))]
    case "argMax": return [argMax(x[0], axis: c.integer("axis"))]
    case "topK":
        let (values, indices) = topK(x[0], c.integer("count"))
        return [values, indices]
    case "transposed": return [x[0].transposed(c.integers("axes"))]
    case "sliced":
        let range = c.integers("range")
        return [x[0].sliced(axis: c.integer("axis"), range[0]..<range[1], step: c.integer("step"))]
    case "concatenated": return [concatenated(x, axis: c.integer("axis"))]
    case "reshaped": return [x[0].reshaped(to: Shape(c.integers("shape")))]
    case "broadcast": return [x[0].broadcast(to: Shape(c.integers("shape")))]
    case "gathered": return [x[0].gathered(axis: c.integer("axis"), x[1])]
    case "scatterAdded": return [x[0].scatterAdded(axis: c.integer("axis"), x[1], x[2])]
    case "flipped": return [x[0].flipped(axes: c.integers("axes"))]
    case "selected": return [x[0].indexSelected(axis: c.integer("axis"), x[1])]
    case "embedding":
        let padding = c.integer("padding")
        return [embedding(x[0], x[1], paddingIndex: padding < 0 ? nil : padding)]
    case "linear": return [linear(x[0], x[1], bias: x[2])]
    case "matmul": return [matmul(x[0], x[1])]
    case "softmax": return [softmax(x[0], axis: c.integer("axis"))]
    case "logSoftmax": return [logSoftmax(x[0], axis: c.integer("axis"))]
    default: return nil
    }
}

private func applyLoss(_ c: Fixtures.Case, _ x: [Tensor]) -> [Tensor]? {
    switch c.operation {
    case "crossEntropy":
        [
            crossEntropy(
                x[0], x[1], classWeights: x[2], ignoredLabel: c.integer("ignored"),
                labelSmoothing: c.float("smoothing"), reduction: c.reduction())
        ]
    case "crossEntropyWeighted":
        [crossEntropy(x[0], x[1], elementWeights: x[2], reduction: c.reduction())]
    case "meanSquaredError": [meanSquaredError(x[0], x[1], reduction: c.reduction())]
    case "l1Loss": [l1Loss(x[0], x[1], reduction: c.reduction())]
    case "smoothL1Loss": [smoothL1Loss(x[0], x[1], beta: c.float("beta"), reduction: c.reduction())]
    case "binaryCrossEntropy": [binaryCrossEntropy(x[0], x[1], weights: x[2], reduction: c.reduction())]
    case "binaryCrossEntropyWithLogits":
        [
            binaryCrossEntropyWithLogits(
                x[0], x[1], weights: x[2], positiveWeights: c.flag("positive") ? x[3] : nil, reduction: c.reduction())
        ]
    case "hingeLoss":
        [hingeLoss(x[0], x[1], isSquared: c.flag("isSquared"), weights: x[2], reduction: c.reduction())]
    default: nil
    }
}
