public import SaccadeFiles
public import SaccadeTensors

extension ONNXModel {
    /// Computes the outputs.
    ///
    /// - Parameter tensors: One for each of ``inputs``, in order.
    /// - Throws: ``FileError`` where the inputs are not those that the network is for, or a step cannot be computed.
    public func callAsFunction(_ tensors: [Tensor]) throws(FileError) -> [Tensor] {
        try check(tensors.map(\.shape))
        do {
            let values = try zip(inputs, tensors).map { port, tensor in
                port.isInteger ? Value.numbers(try Numbers(tensor)) : .tensor(tensor, .float)
            }
            return try outputs(for: values)
        } catch {
            throw (error as? FileError) ?? Problem(error).inFile(path)
        }
    }

    /// A plan for inputs of fixed shapes.
    ///
    /// - Parameters:
    ///   - shapes: One for each of ``inputs``, in order.
    ///   - values: Inputs of which the elements are known already, by name. A shape that another step takes has to be.
    /// - Throws: ``FileError`` where the network is not for such inputs.
    public func plan(
        for shapes: [Shape], values: [String: Tensor] = [:], options: Plan.Options = Plan.Options()
    ) throws(FileError) -> ONNXPlan {
        try check(shapes)
        if let unknown = values.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw FileError(
                .malformed, path: path, reason: "there is no input \(unknown)",
                remedy: "the inputs are \(inputs.map(\.name).joined(separator: ", "))")
        }
        do {
            return try ONNXPlan(self, shapes, values, options)
        } catch {
            throw (error as? FileError) ?? Problem(error).inFile(path)
        }
    }

    /// The shapes of all inputs where the axes that a file leaves open have the length that is given, or `nil` where it
    /// leaves open how many there are.
    ///
    /// - Parameter batch: The length of such an axis that comes first.
    public func inputShapes(batch: Int = 1, other: Int = 224) -> [Shape]? {
        var shapes: [Shape] = []
        for input in inputs {
            guard let axes = input.axes else { return nil }
            let lengths = axes.enumerated().map { place, axis in
                if case .fixed(let length) = axis { length } else { place == 0 ? batch : other }
            }
            guard let shape = try? Limits.shape(lengths) else { return nil }
            shapes.append(shape)
        }
        return shapes
    }

    /// - Parameter values: One for each input.
    func outputs(for values: [Value]) throws -> [Tensor] {
        var known: [String: Value] = Dictionary(initializers.map { ($0.name, $0.value) }) { first, _ in first }
        for (port, value) in zip(inputs, values) { known[port.name] = value }
        // What nobody reads any more is let go.
        var readers: [String: Int] = [:]
        for name in nodes.flatMap(\.inputs) + outputs.map(\.name) { readers[name, default: 0] += 1 }
        let budget = Budget()
        var constants = Set(initializers.map(\.name))
        for node in nodes {
            let isConstant = node.inputs.allSatisfy { $0.isEmpty || constants.contains($0) }
            if isConstant { constants.formUnion(node.outputs) }
            let results = try Trace.scope(node.name.isEmpty ? node.outputs.first ?? node.type : node.name) {
                do {
                    guard let operation = Operators.all[node.type] else {
                        throw Problem.unsupported("the operator \(node.type)")
                    }
                    let call = Call(
                        node, opset: opset, inputs: node.inputs.map { $0.isEmpty ? nil : known[$0] },
                        budget: isConstant ? budget : nil)
                    let results = try operation(call)
                    try call.requireAllRead()
                    guard node.outputs.dropFirst(results.count).allSatisfy(\.isEmpty) else {
                        throw Problem.unsupported("of its results only \(results.count) are made here")
                    }
                    return results
                } catch {
                    throw Problem(error).inFile(path, at: node.label)
                }
            }
            for (name, value) in zip(node.outputs, results) where !name.isEmpty { known[name] = value }
            for name in node.inputs where !name.isEmpty {
                readers[name, default: 1] -= 1
                if readers[name] == 0 { known[name] = nil }
            }
        }
        return try outputs.map { port in
            guard let value = known[port.name] else { throw Problem.malformed("nothing makes the output \(port.name)") }
            return try value.tensor()
        }
    }

    private func check(_ shapes: [Shape]) throws(FileError) {
        func wrong(_ reason: String) -> FileError {
            let wanted = inputs.map { input in
                "\(input.name) [\((input.axes ?? []).map(\.description).joined(separator: ", "))]"
            }
            return FileError(
                .malformed, path: path, reason: reason, remedy: "give \(wanted.joined(separator: ", "))")
        }
        guard shapes.count == inputs.count else {
            throw wrong("the network takes \(inputs.count) input(s), and was given \(shapes.count)")
        }
        var named: [String: Int] = [:]
        for (input, shape) in zip(inputs, shapes) {
            guard shape.elementCount > 0, shape.elementCount <= Limits.elements, shape.rank <= Limits.rank else {
                throw wrong("the input \(input.name) cannot have the shape \(shape)")
            }
            guard let axes = input.axes else { continue }
            guard axes.count == shape.rank else { throw wrong("the input \(input.name) was given as \(shape)") }
            for (axis, length) in zip(axes, shape.dimensions) {
                switch axis {
                case .fixed(let wanted) where wanted != length:
                    throw wrong("the input \(input.name) was given as \(shape)")
                case .named(let name) where !name.isEmpty:
                    guard named.updateValue(length, forKey: name) ?? length == length else {
                        throw wrong("the axis \(name) is given different lengths, \(length) among them")
                    }
                default: break
                }
            }
        }
    }
}

/// How much may still be computed from constants alone.
final class Budget {
    private var elements = Limits.foldedElements

    func take(_ count: Int) throws {
        elements -= count
        guard elements >= 0 else {
            throw Problem.unsupported(
                "the constants of the network grow to more than \(Limits.foldedElements) elements")
        }
    }
}
