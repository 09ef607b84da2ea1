import SaccadeTensors

// The sums behind the sizes of a network.
extension Graph {
    /// The sum behind each length of a line's output, such as `(240 − 7 + 0) / 1 + 1 = 234`; empty where there is none.
    func arithmetic(of line: TracedLine, _ kind: LayerKind, in stage: TracedStage) -> String {
        guard
            let node = line.nodes.lazy.map({ nodes[$0] }).first(where: { LayerKind($0, in: self).role == kind.role })
                ?? line.nodes.first.map({ nodes[$0] })
        else { return "" }
        let inputs = node.inputs.map { values[$0].shape }
        // Other operations of the line may follow, such as a reshape behind a mean.
        let output = values[node.results[0]].shape
        func text(_ shape: Shape) -> String { stage.size(shape).map(String.init).joined(separator: "×") }
        switch kind {
        case .convolution, .maxPool, .averagePool: return windowSums(node.operation.form, inputs)
        case .transposedConvolution: return transposedConvolutionSums(node.operation.form, inputs, output)
        case .globalAveragePool, .adaptiveAveragePool:
            return "\(inputs[0][2])×\(inputs[0][3]) into \(output[2])×\(output[3]) means"
        case .padChannels:
            let (input, steps) = (inputs[0], steps(of: line))
            guard input.rank == 4 else { return "" }
            return joined(
                (0..<2).map { axis in
                    let length = (input[2 + axis] - 1) / steps.both[axis] + 1
                    return "⌊(\(input[2 + axis]) − 1) / \(steps.both[axis])⌋ + 1 = \(length)"
                })
        case .flatten:
            let size = stage.size(inputs[0])
            return size.count == 3 ? "\(size[0]) · \(size[1]) · \(size[2]) = \(size.reduce(1, *))" : ""
        case .residual, .add:
            return inputs.count == 2 && inputs[0] == inputs[1]
                ? "\(text(inputs[0])) + \(text(inputs[1]))" : ""
        case .parallel, .concatenation:
            guard case .concatenation(axis: 1)? = node.operation.form else { return "" }
            return "\(inputs.map { "\($0[1])" }.joined(separator: " + ")) = \(output[1]) channels"
        case .crop: return "\(text(values[line.output].shape)) of \(text(inputs[0]))"
        default: return ""
        }
    }

    /// How many places along each axis of an image the slices of a line move on.
    func steps(of line: TracedLine) -> Pair {
        var (rows, columns) = (1, 1)
        for case .slice(_, _, let steps, _)? in line.nodes.map({ nodes[$0].operation.form }) where steps.count == 4 {
            (rows, columns) = (rows * steps[2], columns * steps[3])
        }
        return Pair(rows, columns)
    }

    /// One sum where both axes agree.
    private func joined(_ sums: [String]) -> String { sums[0] == sums[1] ? sums[0] : sums.joined(separator: "; ") }

    private func windowSums(_ form: OperationForm?, _ inputs: [Shape]) -> String {
        let window: Window?
        let lengths = Array(inputs[0].dimensions.suffix(2))
        let over = (lengths[0], lengths[1])
        switch form {
        case .convolution(let stride, let padding, let dilation, _, _):
            window = try? Window(
                kernel: Pair(inputs[1][2], inputs[1][3]), stride: stride, padding: padding, dilation: dilation,
                over: over, for: "")
        case .pooling(_, let kernel, let stride, let padding, let dilation, let ceilMode),
            .indexedPooling(let kernel, let stride, let padding, let dilation, let ceilMode):
            window = try? Window(
                kernel: kernel, stride: stride, padding: padding, dilation: dilation, over: over, ceilMode: ceilMode,
                for: "")
        default: window = nil
        }
        guard let window else { return "" }
        return joined(
            (0..<2).map { axis in
                let reach = lengths[axis] + window.paddingBefore[axis] + window.paddingAfter[axis] - window.extent(axis)
                let sum = window.arithmetic(axis, lengths[axis])
                // Where the division leaves a remainder, the brackets say that it is rounded down.
                let shown = reach % window.stride[axis] == 0 ? sum : "⌊\(sum.dropLast(4))⌋ + 1"
                return "\(shown) = \(window.outputLength(axis, lengths[axis]))"
            })
    }

    private func transposedConvolutionSums(_ form: OperationForm?, _ inputs: [Shape], _ output: Shape) -> String {
        guard case .transposedConvolution(let stride, let padding, let extra, let dilation, _, _)? = form else {
            return ""
        }
        return joined(
            (0..<2).map { axis in
                let kernel = dilation.both[axis] * (inputs[1][2 + axis] - 1) + 1
                let more = extra.both[axis]
                return "(\(inputs[0][2 + axis]) − 1) · \(stride.both[axis]) − 2 · \(padding.both[axis]) + \(kernel)"
                    + "\(more > 0 ? " + \(more)" : "") = \(output[2 + axis])"
            })
    }
}
