import SaccadeTensors

extension StepWriter {
    /// Adds the nodes for the form.
    mutating func write() throws {
        try writeOperation()
        if let activation { map(activation.unary, [beforeActivation]) }
    }

    /// Whether what may differ from trace to trace is a number that can be computed when the file is run.
    private var mayVary: Bool {
        switch form {
        case .reshape, .broadcast, .slice, .placement, .resize, .pooling, .unpooling: true
        default: false
        }
    }

    private mutating func writeOperation() throws {
        guard mayVary || forms.allSatisfy({ $0 == form }) else { throw dependsOnLengths }
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
        case .pooling(let kind, let kernel, let stride, let padding, let dilation, let ceilMode):
            try pool(kind, kernel, stride, padding, dilation, ceilMode)
        case .indexedPooling(let kernel, let stride, let padding, let dilation, let ceilMode):
            poolWithPlaces(kernel, stride, padding, dilation, ceilMode)
        case .unpooling: try unpool()
        case .roiAlign(let size, let scale, let ratio, let aligned): alignRegions(size, scale, ratio, aligned)
        case .roiPool(let size, let scale):
            add(
                "MaxRoiPool", with: ["pooled_shape": .integers(size.both), "spatial_scale": .float(scale)])
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
        case .binary(let binary): combine(binary)
        case .reduction(let kind, let axes, let keepsAxes):
            let keeps = ["keepdims": ONNXNode.Attribute.integer(keepsAxes ? 1 : 0)]
            switch kind {
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
        case .reshape: add("Reshape", constants: [.lengths(try reshapedLengths())])
        case .transpose(let axes): add("Transpose", with: ["perm": .integers(axes)])
        case .broadcast: broadcast()
        case .concatenation(let axis): add("Concat", with: ["axis": .integer(axis)])
        case .slice: try slice()
        case .placement: try pad()
        case .indexSelect(let axis):
            add("Cast", [inputs[1]], to: between("places"), with: ["to": .integer(ElementType.int64.rawValue)])
            add("Gather", [inputs[0], between("places")], with: ["axis": .integer(axis)])
        case .gather(let axis):
            add("Cast", [inputs[1]], to: between("places"), with: ["to": .integer(ElementType.int64.rawValue)])
            add("GatherElements", [inputs[0], between("places")], with: ["axis": .integer(axis)])
        case .resize(let size, let interpolation): try resize(size, interpolation)
        case .separableResampling(let rows, let columns, let from, let to):
            // Rows from the left, columns from the right.
            let left = Tensor(rows, shape: [to.height, from.height])
            let right = Tensor(columns, shape: [to.width, from.width]).transposed()
            add("MatMul", constants: [.floats(right)], to: between("columns"))
            add("MatMul", [between("columns")], constants: [.floats(left)], constantsComeFirst: true)
        }
    }

    static var toFloat: [String: ONNXNode.Attribute] { ["to": .integer(ElementType.float.rawValue)] }

    var dependsOnLengths: Problem {
        .unsupported("what it does depends on \(freeAxes) in a way that ONNX cannot say")
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
        _ kind: PoolingKind, _ kernel: Pair, _ stride: Pair, _ padding: Padding, _ dilation: Pair, _ ceilMode: Bool
    ) throws {
        let kernels = forms.compactMap { form in
            if case .pooling(kind, let kernel, _, padding, _, _) = form { kernel.both } else { nil }
        }
        let isWhole =
            kernels.count == forms.count
            && (0..<2).allSatisfy { axis in lengths[0][2 + axis].samples == kernels.map { $0[axis] } }
        if isWhole, padding == .valid || padding == 0 {
            return add(kind == .maximum ? "GlobalMaxPool" : "GlobalAveragePool")
        }
        guard forms.allSatisfy({ $0 == form }) else { throw dependsOnLengths }
        var attributes = window(stride: stride, padding: padding, dilation: dilation)
        attributes["kernel_shape"] = .integers(kernel.both)
        if ceilMode { attributes["ceil_mode"] = .integer(1) }
        switch kind {
        case .maximum: add("MaxPool", with: attributes)
        case .average(let countIncludePad):
            attributes["dilations"] = nil  // means have none in this opset
            attributes["count_include_pad"] = .integer(countIncludePad ? 1 : 0)
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

    private mutating func combine(_ binary: Binary) {
        switch binary {
        case .add: add("Add")
        case .subtract: add("Sub")
        case .multiply: add("Mul")
        case .divide: add("Div")
        case .minimum: add("Min")
        case .maximum: add("Max")
        case .equal, .less:
            add(binary == .equal ? "Equal" : "Less", to: between("truth"))
            add("Cast", [between("truth")], with: Self.toFloat)
        }
    }
}
