import SaccadeOneDNN
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
        case .reshape, .broadcast, .slice, .placement, .resize, .pooling: true
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
        case .pooling(let kind, let kernel, let stride, let padding, let dilation, let roundsUp):
            try pool(kind, kernel, stride, padding, dilation, roundsUp)
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
        case .reshape: add("Reshape", constants: [.lengths(try reshapedLengths())])
        case .transpose(let axes): add("Transpose", with: ["perm": .integers(axes)])
        case .broadcast: broadcast()
        case .concatenation(let axis): add("Concat", with: ["axis": .integer(axis)])
        case .slice: try slice()
        case .placement: try pad()
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

    private static var toFloat: [String: ONNXNode.Attribute] { ["to": .integer(ElementType.float.rawValue)] }

    private var dependsOnLengths: Problem {
        .unsupported("what it does depends on \(freeAxes) in a way that ONNX cannot say")
    }

    /// Remembers the activation behind a node that is about to be added.
    ///
    /// - Returns: What that node's result is called.
    private mutating func activated(_ activation: Activation?) -> String {
        self.activation = activation
        return activation == nil ? results[0] : beforeActivation
    }

    private func window(stride: Pair, padding: Padding, dilation: Pair) -> [String: ONNXNode.Attribute] {
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
    private func reshapedLengths() throws -> [Length] {
        let kept = resultLengths.enumerated().map { axis, length in
            axis < lengths[0].count && lengths[0][axis] == length
        }
        let varying = resultLengths.indices.filter { (resultLengths[$0].fixed ?? 0) <= 0 && !kept[$0] }
        // What cannot be read is what is left.
        let hidden = varying.filter { !readable[$0] }
        guard hidden.count <= 1 else { throw dependsOnLengths }
        let open = hidden.first ?? varying.first
        return resultLengths.enumerated().map { axis, length in
            if let fixed = length.fixed, fixed > 0 { return length }
            return axis == open ? number(-1) : kept[axis] ? number(0) : length
        }
    }

    private mutating func broadcast() {
        let missing = resultLengths.count - lengths[0].count
        let target = resultLengths.enumerated().map { axis, length in
            // 1 keeps what is there.
            length.fixed == nil && axis >= missing && lengths[0][axis - missing] == length ? number(1) : length
        }
        add("Expand", constants: [.lengths(target)])
    }

    private func number(_ number: Int) -> Length { Length(samples: forms.map { _ in number }) }

    private mutating func slice() throws {
        let parts = forms.compactMap { form in
            if case .slice(let whole, let starts, let steps, let counts) = form {
                zip(zip(whole.dimensions, counts), zip(starts, steps)).map { Part1D($0.0, $0.1, $1.0, $1.1) }
            } else {
                nil
            }
        }
        guard let first = parts.first, parts.count == forms.count else { throw dependsOnLengths }
        let axes = first.indices.filter { axis in !parts.allSatisfy { $0[axis].isAll } }
        guard axes.allSatisfy({ axis in parts.allSatisfy { $0[axis].step == first[axis].step } }) else {
            throw dependsOnLengths
        }
        func places(_ place: (Part1D) -> Int) -> [Length] {
            axes.map { axis in
                let here = parts.map { $0[axis] }
                let places = Length(samples: here.map(place))
                guard places.fixed == nil else { return places }
                // Those that stay as far from the end are counted from there.
                let fromEnd = Length(samples: here.map { place($0) - $0.whole })
                guard let distance = fromEnd.fixed, distance <= 0 else { return places }
                return number(distance == 0 ? Int(Int32.max) : distance)
            }
        }
        add(
            "Slice",
            constants: [
                .lengths(places(\.start)),
                .lengths(
                    zip(axes, places(\.end)).map { axis, end in
                        // Before the first one.
                        first[axis].step < 0 && parts.contains { $0[axis].end < 0 } ? number(Int(Int32.min)) : end
                    }), .integers(axes), .integers(axes.map { first[$0].step }),
            ])
    }

    /// A slice along one axis.
    private struct Part1D {
        let whole: Int
        let count: Int
        let start: Int
        let step: Int

        init(_ whole: Int, _ count: Int, _ start: Int, _ step: Int) {
            (self.whole, self.count, self.start, self.step) = (whole, count, start, step)
        }

        var end: Int { step > 0 ? min(start + step * count, whole) : start + step * count }
        var isAll: Bool { (start, step, count) == (0, 1, whole) }
    }

    private mutating func pad() throws {
        var (before, after) = ([[Int]](), [[Int]]())
        for form in forms {
            guard case .placement(let whole, let starts, let steps, let counts, _) = form else { continue }
            guard steps.allSatisfy({ $0 == 1 }) else { throw Problem.unsupported("elements put apart from each other") }
            before.append(starts)
            after.append(starts.indices.map { whole[$0] - starts[$0] - counts[$0] })
        }
        guard case .placement(_, let starts, _, _, let background) = form, before.count == forms.count else {
            throw dependsOnLengths
        }
        let widths = [before, after].flatMap { side in
            starts.indices.map { axis in Length(samples: side.map { $0[axis] }) }
        }
        add("Pad", constants: [.lengths(widths), .floats(Tensor([background], shape: []))])
    }

    private mutating func resize(_ size: Pair, _ interpolation: Interpolation) throws {
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
        let scales = zip(lengths[0][2...], resultLengths[2...]).compactMap { scale(from: $0.samples, to: $1.samples) }
        if scales.count == 2 {
            add("Resize", inputs + [""], constants: [.floats(Tensor([1, 1] + scales, shape: [4]))], with: attributes)
        } else {
            add("Resize", inputs + ["", ""], constants: [.lengths(resultLengths)], with: attributes)
        }
    }

    /// The factor between lengths; `nil` where it is not the same everywhere.
    private func scale(from lengths: [Int], to wanted: [Int]) -> Float? {
        let scale = Float(wanted[0]) / Float(lengths[0])
        // A size is what a scale gives when it is rounded down.
        let isShort = zip(lengths, wanted).contains { Double($0) * Double(scale) < Double($1) }
        let used = isShort ? scale.nextUp : scale
        let first = wanted[0]
        let isSame = zip(lengths, wanted).allSatisfy { length, wanted in
            wanted * lengths[0] == first * length && Int(Double(length) * Double(used)) == wanted
        }
        return isSame ? used : nil
    }
}
