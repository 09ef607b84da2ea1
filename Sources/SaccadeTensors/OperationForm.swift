import SaccadePrelude

/// What an operation computes, as plain data: for files that say the same in other words, such as ONNX's.
///
/// Operations stay inside of this target, for how they are computed is nobody else's business. A form leads to its
/// operation by ``applied(to:)``, and an operation to its form by ``Operation/form``. What belongs to training alone
/// has none.
package enum OperationForm: Hashable, Sendable {
    /// Inputs: images, weights, then the bias if there is one.
    case convolution(stride: Pair, padding: Padding, dilation: Pair, groups: Int, activation: Activation? = nil)
    /// Inputs: images, weights, then the bias if there is one.
    case transposedConvolution(
        stride: Pair, padding: Pair, outputPadding: Pair, dilation: Pair, groups: Int, activation: Activation? = nil)
    case pooling(
        PoolingKind, kernel: Pair, stride: Pair, padding: Padding = .valid, dilation: Pair = 1, ceilMode: Bool = false)
    /// Results: the largest elements of windows, and their places, row · W + column, in planes of the input.
    case indexedPooling(
        kernel: Pair, stride: Pair, padding: Padding = .valid, dilation: Pair = 1, ceilMode: Bool = false)
    /// Elements at places in larger planes of zeros. Inputs: the elements, the places.
    case unpooling(to: Pair)
    /// Inputs: images, boxes `[R, 5]`.
    case roiAlign(outputSize: Pair, spatialScale: Float, samplingRatio: Int, aligned: Bool)
    /// Inputs: images, boxes `[R, 5]`.
    case roiPool(outputSize: Pair, spatialScale: Float)
    /// Inputs: rows, weights `[out, in]`, then the bias if there is one.
    case linear(activation: Activation? = nil)
    case matrixProduct(transposesFirst: Bool = false, transposesSecond: Bool = false)
    /// Inputs: `[N, C, …]`, scale, shift, mean, variance.
    case batchNorm(epsilon: Float)
    /// Inputs: `[…, D…]`, scale, shift. The last two results are means and reciprocal deviations.
    case layerNorm(epsilon: Float)
    case localResponseNorm(size: Int, alpha: Float, beta: Float, k: Float)
    case softmax(axis: Int, isLogarithm: Bool = false)
    case unary(Unary)
    case binary(Binary)
    case reduction(ReductionKind, axes: [Int], keepsAxes: Bool)
    case argMax(axis: Int)
    case topK(count: Int)
    case reshape(Shape)
    case transpose([Int])
    case broadcast(Shape)
    case concatenation(axis: Int)
    /// Along each axis the elements at a start and every so many after it.
    case slice(of: Shape, starts: [Int], steps: [Int], lengths: [Int])
    /// One value everywhere but at such places.
    case placement(in: Shape, starts: [Int], steps: [Int], lengths: [Int], background: Float)
    /// Whole slices by their places. Inputs: the whole, the places.
    case indexSelect(axis: Int)
    /// Single elements by their places. Inputs: the elements, the places.
    case gather(axis: Int)
    case resize(Pair, Interpolation)
    /// Every plane from the left by one matrix, `[H′, H]` row by row, and by another, `[W′, W]`, from the right.
    case separableResampling(rows: [Float], columns: [Float], from: Pair, to: Pair)

    /// The shapes of the results for inputs of these shapes, and how many multiplications are followed by an addition.
    ///
    /// - Throws: `ShapeError` where shapes do not fit.
    /// - Precondition: As for ``applied(to:)``.
    package func cost(for inputs: [Shape]) throws(ShapeError) -> (results: [Shape], multiplyAdds: Int) {
        let operation = operation(on: inputs)
        let results = try operation.resultShapes(inputs)
        return (results, operation.multiplyAdds(inputs, results))
    }

    /// Computes the results now, or adds to the trace that the inputs belong to. No gradient is recorded.
    ///
    /// - Throws: `ShapeError` where shapes do not fit.
    /// - Precondition: Axes exist, and the numbers of starts, steps and lengths are those of axes; a separable resampling is
    ///   for reading only.
    package func applied(to inputs: [Tensor]) throws(ShapeError) -> [Tensor] {
        if case .reshape(let shape) = self {
            _ = try Reshape(shape: shape).resultShapes(inputs.map(\.shape))
            return [inputs[0].reshaped(to: shape)]
        }
        let operation = operation(on: inputs.map(\.shape))
        _ = try operation.resultShapes(inputs.map(\.shape))
        return operation.results(of: inputs)
    }

    private func operation(on inputs: [Shape]) -> any Operation {
        switch self {
        case .convolution(let stride, let padding, let dilation, let groups, let activation):
            let kernel = inputs[1].rank == 4 ? Pair(inputs[1][2], inputs[1][3]) : 1
            return Convolution(
                kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups,
                hasBias: inputs.count > 2, activation: activation)
        case .transposedConvolution(let stride, let padding, let extra, let dilation, let groups, let activation):
            let kernel = inputs[1].rank == 4 ? Pair(inputs[1][2], inputs[1][3]) : 1
            return Convolution(
                kernel: kernel, stride: stride, padding: .pixels(padding), dilation: dilation, groups: groups,
                hasBias: inputs.count > 2, activation: activation, transposedOutputPadding: extra)
        case .pooling(let kind, let kernel, let stride, let padding, let dilation, let ceilMode):
            return Pooling(
                kind: kind, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
        case .indexedPooling(let kernel, let stride, let padding, let dilation, let ceilMode):
            return IndexedMaxPooling(
                pooling: Pooling(
                    kind: .maximum, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
                    ceilMode: ceilMode))
        case .unpooling(let size): return Unpooling(size: size, combines: .last, name: "maxUnpool2D")
        case .roiAlign(let size, let scale, let ratio, let aligned):
            return RoIAlign(
                regions: Regions(outputSize: size, spatialScale: scale), samplingRatio: ratio, isAligned: aligned)
        case .roiPool(let size, let scale): return RoIPool(regions: Regions(outputSize: size, spatialScale: scale))
        case .linear(let activation): return InnerProduct(hasBias: inputs.count > 2, activation: activation)
        case .matrixProduct(let first, let second):
            return MatrixProduct(transposesFirst: first, transposesSecond: second)
        case .batchNorm(let epsilon): return BatchNormInference(epsilon: epsilon)
        case .layerNorm(let epsilon): return LayerNorm(epsilon: epsilon)
        case .localResponseNorm(let size, let alpha, let beta, let k):
            return LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
        case .softmax(let axis, let isLogarithm): return Softmax(axis: axis, isLogarithm: isLogarithm)
        case .unary(let unary): return UnaryMap(unary: unary, name: unary.functionName)
        case .binary(let binary): return BinaryMap(binary: binary)
        case .reduction(let kind, let axes, let keepsAxes):
            return Reduction(kind: kind, axes: axes.sorted(), keepsAxes: keepsAxes)
        case .argMax(let axis): return ArgMax(axis: axis)
        case .topK(let count): return TopK(count: count)
        case .reshape(let shape): return Reshape(shape: shape)
        case .transpose(let axes): return Transpose(axes: axes)
        case .broadcast(let shape): return BroadcastTo(shape: shape)
        case .concatenation(let axis): return Concatenation(axis: axis)
        case .slice(let whole, let starts, let steps, let lengths):
            return Slice(View(whole, starts: starts, steps: steps, lengths: lengths))
        case .placement(let whole, let starts, let steps, let lengths, let background):
            let view = View(whole, starts: starts, steps: steps, lengths: lengths)
            return Placement(view, background: background, name: "padded")
        case .indexSelect(let axis): return IndexSelect(axis: axis, name: "indexSelected")
        case .gather(let axis): return Gather(axis: axis)
        case .resize(let size, let interpolation): return Resize(size: size, interpolation: interpolation)
        case .separableResampling: wrongProgram("a separable resampling has no operation of its own")
        }
    }
}

extension Operation {
    /// The operation as plain data; `nil` for gradients, for what only training does, and for what only plans do.
    package var form: OperationForm? {
        switch self {
        case let it as Convolution: it.form
        case let it as Pooling where !it.keepsIndices:
            .pooling(
                it.kind, kernel: it.kernel, stride: it.stride, padding: it.padding, dilation: it.dilation,
                ceilMode: it.ceilMode)
        case let it as IndexedMaxPooling:
            .indexedPooling(
                kernel: it.pooling.kernel, stride: it.pooling.stride, padding: it.pooling.padding,
                dilation: it.pooling.dilation, ceilMode: it.pooling.ceilMode)
        case let it as Unpooling where it.combines == .last: .unpooling(to: it.size)
        case let it as RoIAlign:
            .roiAlign(
                outputSize: it.regions.outputSize, spatialScale: it.regions.spatialScale,
                samplingRatio: it.samplingRatio, aligned: it.isAligned)
        case let it as RoIPool where !it.keepsPlaces:
            .roiPool(outputSize: it.regions.outputSize, spatialScale: it.regions.spatialScale)
        case let it as InnerProduct: .linear(activation: it.activation)
        case let it as MatrixProduct:
            .matrixProduct(transposesFirst: it.transposesFirst, transposesSecond: it.transposesSecond)
        case let it as BatchNormInference: .batchNorm(epsilon: it.epsilon)
        case let it as LayerNorm: .layerNorm(epsilon: it.epsilon)
        case let it as LocalResponseNorm: .localResponseNorm(size: it.size, alpha: it.alpha, beta: it.beta, k: it.k)
        case let it as Softmax: .softmax(axis: it.axis, isLogarithm: it.isLogarithm)
        case let it as UnaryMap: .unary(it.unary)
        case let it as BinaryMap: .binary(it.binary)
        case let it as Reduction: .reduction(it.kind, axes: it.axes, keepsAxes: it.keepsAxes)
        case let it as ArgMax: .argMax(axis: it.axis)
        case let it as TopK: .topK(count: it.count)
        case let it as Reshape: .reshape(it.shape)
        case let it as Transpose: .transpose(it.axes)
        case let it as BroadcastTo: .broadcast(it.shape)
        case let it as Concatenation: .concatenation(axis: it.axis)
        case let it as Slice:
            .slice(of: it.view.whole, starts: it.view.starts, steps: it.view.steps, lengths: it.view.lengths)
        case let it as Placement:
            .placement(
                in: it.view.whole, starts: it.view.starts, steps: it.view.steps, lengths: it.view.lengths,
                background: it.background)
        case let it as IndexSelect: .indexSelect(axis: it.axis)
        case let it as Gather: .gather(axis: it.axis)
        case let it as Resize: .resize(it.size, it.interpolation)
        case let it as SeparableResampling:
            .separableResampling(
                rows: it.rows.matrix, columns: it.columns.matrix, from: Pair(it.rows.inputs, it.columns.inputs),
                to: Pair(it.rows.outputs, it.columns.outputs))
        default: nil
        }
    }
}

extension Convolution {
    fileprivate var form: OperationForm? {
        guard !addsResidual else { return nil }
        guard let extra = transposedOutputPadding else {
            return .convolution(
                stride: stride, padding: padding, dilation: dilation, groups: groups, activation: activation)
        }
        guard case .pixels(let padding) = padding else { return nil }
        return .transposedConvolution(
            stride: stride, padding: padding, outputPadding: extra, dilation: dilation, groups: groups,
            activation: activation)
    }
}

extension View {
    fileprivate init(_ whole: Shape, starts: [Int], steps: [Int], lengths: [Int]) {
        self.init(whole)
        (self.starts, self.steps, self.lengths) = (starts, steps, lengths)
    }
}

extension AxisMap {
    /// All weights, `[outputs, inputs]`, row by row.
    fileprivate var matrix: [Float] {
        var matrix = [Float](repeating: 0, count: outputs * inputs)
        for output in 0..<outputs {
            for (tap, weight) in weights[offsets[output]..<offsets[output + 1]].enumerated() {
                matrix[output * inputs + starts[output] + tap] = weight
            }
        }
        return matrix
    }
}

extension Unary {
    /// The public function that applies it.
    fileprivate var functionName: String {
        switch self {
        case .relu(slope: 0): "relu"
        case .relu: "leakyReLU"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .gelu: "gelu"
        case .exp: "exp"
        case .log: "log"
        case .squareRoot: "sqrt"
        case .absolute: "abs"
        case .clamp: "clamp"
        }
    }
}
