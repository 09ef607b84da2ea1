import SaccadeOneDNN
import SaccadeTensors

extension StepWriter {
    /// Adds the nodes for the form.
    mutating func write() throws {
        try writeOperation()
        if let activation { map(activation.unary, [beforeActivation]) }
    }

    private mutating func writeOperation() throws {
        switch form {
        case .convolution(let stride, let padding, let dilation, let groups, let activation):
            let target = activated(activation)
            add(
                "Conv", to: target,
                with: window(stride: stride, padding: padding, dilation: dilation).merging(["group": .integer(groups)])
                { $1 }
            )
        case .transposedConvolution(let stride, let padding, let extra, let dilation, let groups, let activation):
            let target = activated(activation)
            add(
                "ConvTranspose", to: target,
                with: window(stride: stride, padding: .pixels(padding), dilation: dilation).merging([
                    "group": .integer(groups), "output_padding": .integers(extra.both),
                ]) { $1 })
        case .pooling(let kind, let kernel, let stride, let padding, let dilation, let roundsUp):
            pool(kind, kernel, stride, padding, dilation, roundsUp)
        case .indexedPooling(let kernel, let stride, let padding, let dilation, let roundsUp):
            try poolWithPlaces(kernel, stride, padding, dilation, roundsUp)
        case .unpooling(let size): try unpool(to: size)
        case .linear(let activation):
            let target = activated(activation)
            add("Gemm", to: target, with: ["transB": .integer(1)])
        case .matrixProduct(let first, let second):
            var names = inputs
            for (index, transposes) in [first, second].enumerated() where transposes {
                names[index] = between("transposed\(index)")
                let rank = lengths[index].count
                add(
                    "Transpose", [inputs[index]], to: names[index],
                    with: ["perm": .integers(Array(0..<rank - 2) + [rank - 1, rank - 2])])
            }
            add("MatMul", names)
        case .batchNorm(let epsilon): add("BatchNormalization", with: ["epsilon": .float(epsilon)])
        case .layerNorm(let epsilon):
            add("LayerNormalization", with: ["axis": .integer(-lengths[1].count), "epsilon": .float(epsilon)])
        case .localResponseNorm(let size, let alpha, let beta, let k):
            guard size % 2 == 1 else {
                throw Problem.unsupported("a response norm over an even number of channels, \(size)")
            }
            add("LRN", with: ["size": .integer(size), "alpha": .float(alpha), "beta": .float(beta), "bias": .float(k)])
        case .softmax(let axis, let isLogarithm):
            add(isLogarithm ? "LogSoftmax" : "Softmax", with: ["axis": .integer(axis)])
        case .unary(let unary): map(unary, inputs)
        case .binary(let combination): combine(combination)
        case .reduction(let summary, let axes, let keepsAxes):
            let keeps = ["keepdims": ONNXNode.Attribute.integer(keepsAxes ? 1 : 0)]
            switch summary {
            case .sum: add("ReduceSum", constants: [.integers(axes)], with: keeps)
            case .largest: add("ReduceMax", with: keeps.merging(["axes": .integers(axes)]) { $1 })
            case .smallest: add("ReduceMin", with: keeps.merging(["axes": .integers(axes)]) { $1 })
            }
        case .argMax(let axis):
            add("ArgMax", to: between("places"), with: ["axis": .integer(axis), "keepdims": .integer(0)])
            add("Cast", [between("places")], with: Self.toFloat)
        case .topK(let count):
            add("TopK", constants: [.integers([count])], also: [between("places")], with: ["axis": .integer(-1)])
            add("Cast", [between("places")], to: results[1], with: Self.toFloat)
        case .reshape: add("Reshape", constants: [.integers(try reshapedLengths())])
        case .transpose(let axes): add("Transpose", with: ["perm": .integers(axes)])
        case .broadcast: try broadcast()
        case .concatenation(let axis): add("Concat", with: ["axis": .integer(axis)])
        case .slice(let whole, let starts, let steps, let counts): try slice(whole, starts, steps, counts)
        case .placement(let whole, let starts, let steps, let counts, let background):
            guard steps.allSatisfy({ $0 == 1 }) else { throw Problem.unsupported("elements put apart from each other") }
            let after = starts.indices.map { whole[$0] - starts[$0] - counts[$0] }
            guard case .placement(_, starts, _, _, _) = twin else { throw dependsOnBatch }
            add("Pad", constants: [.integers(starts + after), .floats(Tensor([background], shape: []))])
        case .selection(let axis):
            add("Cast", [inputs[1]], to: between("places"), with: ["to": .integer(ElementType.int64.rawValue)])
            add("Gather", [inputs[0], between("places")], with: ["axis": .integer(axis)])
        case .gather(let axis):
            add("Cast", [inputs[1]], to: between("places"), with: ["to": .integer(ElementType.int64.rawValue)])
            add("GatherElements", [inputs[0], between("places")], with: ["axis": .integer(axis)])
        case .resize(let size, let interpolation): try resize(size, interpolation)
        case .separableMap(let rows, let columns, let from, let to):
            // Rows from the left, columns from the right.
            let left = Tensor(rows, shape: [to.height, from.height])
            let right = Tensor(columns, shape: [to.width, from.width]).transposed()
            add("MatMul", constants: [.floats(right)], to: between("columns"))
            add("MatMul", [between("columns")], constants: [.floats(left)], constantsComeFirst: true)
        }
    }

    static var toFloat: [String: ONNXNode.Attribute] { ["to": .integer(ElementType.float.rawValue)] }

    var dependsOnBatch: Problem {
        .unsupported("what it does depends on the batch in a way that ONNX cannot say")
    }

    /// Remembers the activation behind a node that is about to be added.
    ///
    /// - Returns: What that node's result is called.
    private mutating func activated(_ activation: Activation?) -> String {
        self.activation = activation
        return activation == nil ? results[0] : beforeActivation
    }

    func window(stride: Pair, padding: Padding, dilation: Pair) -> [String: ONNXNode.Attribute] {
        var attributes: [String: ONNXNode.Attribute] = [
            "strides": .integers(stride.both), "dilations": .integers(dilation.both),
        ]
        switch padding {
        case .valid: break
        case .same: attributes["auto_pad"] = .string("SAME_UPPER")
        case .pixels(let pixels): attributes["pads"] = .integers(pixels.both + pixels.both)
        }
        return attributes
    }

    private mutating func pool(
        _ kind: PoolingKind, _ kernel: Pair, _ stride: Pair, _ padding: Padding, _ dilation: Pair, _ roundsUp: Bool
    ) {
        let isWhole = lengths[0].dropFirst(2).elementsEqual(kernel.both.map { .fixed($0) })
        if isWhole, padding == .valid || padding == 0 {
            return add(kind == .maximum ? "GlobalMaxPool" : "GlobalAveragePool")
        }
        var attributes = window(stride: stride, padding: padding, dilation: dilation)
        attributes["kernel_shape"] = .integers(kernel.both)
        if roundsUp { attributes["ceil_mode"] = .integer(1) }
        switch kind {
        case .maximum: add("MaxPool", with: attributes)
        case .average(let countsPadding):
            attributes["dilations"] = nil  // means have none in this opset
            attributes["count_include_pad"] = .integer(countsPadding ? 1 : 0)
            add("AveragePool", with: attributes)
        }
    }

    private mutating func map(_ unary: Unary, _ inputs: [String]) {
        switch unary {
        case .relu(slope: 0): add("Relu", inputs)
        case .relu(let slope): add("LeakyRelu", inputs, with: ["alpha": .float(slope)])
        case .sigmoid: add("Sigmoid", inputs)
        case .tanh: add("Tanh", inputs)
        case .exp: add("Exp", inputs)
        case .log: add("Log", inputs)
        case .squareRoot: add("Sqrt", inputs)
        case .absolute: add("Abs", inputs)
        case .clamp(let lower, let upper):
            add("Clip", inputs, constants: [.floats(Tensor([lower], shape: [])), .floats(Tensor([upper], shape: []))])
        case .gelu:
            // ½ x (1 + erf(x / √2)): the operator itself came later.
            func number(_ number: Float) -> [Constant] { [.floats(Tensor([number], shape: []))] }
            add("Mul", inputs, constants: number(0.707_106_77), to: between("scaled"))
            add("Erf", [between("scaled")], to: between("erf"))
            add("Add", [between("erf")], constants: number(1), to: between("sum"))
            add("Mul", [inputs[0], between("sum")], to: between("product"))
            add("Mul", [between("product")], constants: number(0.5))
        }
    }

    private mutating func combine(_ combination: OperationForm.Combination) {
        switch combination {
        case .add: add("Add")
        case .subtract: add("Sub")
        case .multiply: add("Mul")
        case .divide: add("Div")
        case .minimum: add("Min")
        case .maximum: add("Max")
        case .equal, .less:
            add(combination == .equal ? "Equal" : "Less", to: between("truth"))
            add("Cast", [between("truth")], with: Self.toFloat)
        }
    }

    /// The new lengths; 0 keeps an axis as it is, and -1 stands for what is left.
    private func reshapedLengths() throws -> [Int] {
        var isOpen = false
        return try resultLengths.enumerated().map { axis, length in
            switch length {
            case .fixed(let length) where length > 0: return length
            case .batches where axis < lengths[0].count && lengths[0][axis] == length: return 0
            default:
                guard !isOpen else { throw dependsOnBatch }
                isOpen = true
                return -1
            }
        }
    }

    private mutating func broadcast() throws {
        let missing = resultLengths.count - lengths[0].count
        let target = try resultLengths.enumerated().map { axis, length in
            switch length {
            case .fixed(let length): return length
            case .batches:
                // 1 keeps what is there.
                guard axis >= missing, lengths[0][axis - missing] == length else { throw dependsOnBatch }
                return 1
            }
        }
        add("Expand", constants: [.integers(target)])
    }

    private mutating func slice(_ whole: Shape, _ starts: [Int], _ steps: [Int], _ counts: [Int]) throws {
        let axes = starts.indices.filter { (starts[$0], steps[$0], counts[$0]) != (0, 1, whole[$0]) }
        guard axes.allSatisfy({ if case .fixed = lengths[0][$0] { true } else { false } }) else { throw dependsOnBatch }
        let ends = axes.map { axis in
            let end = starts[axis] + steps[axis] * counts[axis]
            return end < 0 ? Int(Int32.min) : end
        }
        add(
            "Slice",
            constants: [
                .integers(axes.map { starts[$0] }), .integers(ends), .integers(axes), .integers(axes.map { steps[$0] }),
            ])
    }

    private mutating func resize(_ size: Pair, _ interpolation: Interpolation) throws {
        guard case .fixed(let height) = lengths[0][2], case .fixed(let width) = lengths[0][3] else {
            throw dependsOnBatch
        }
        let scales = zip([height, width], size.both).map { length, wanted in
            // A size is what a scale gives when it is rounded down.
            let scale = Float(wanted) / Float(length)
            return Double(length) * Double(scale) < Double(wanted) ? scale.nextUp : scale
        }
        var attributes: [String: ONNXNode.Attribute] = [:]
        switch interpolation {
        case .nearest:
            attributes["mode"] = .string("nearest")
            attributes["coordinate_transformation_mode"] = .string("asymmetric")
            attributes["nearest_mode"] = .string("floor")
        case .bilinear(let alignsCorners):
            attributes["mode"] = .string("linear")
            attributes["coordinate_transformation_mode"] = .string(alignsCorners ? "align_corners" : "half_pixel")
        }
        add("Resize", inputs + [""], constants: [.floats(Tensor([1, 1] + scales, shape: [4]))], with: attributes)
    }
}
