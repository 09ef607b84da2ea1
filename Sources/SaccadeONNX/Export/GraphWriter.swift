import Foundation
import SaccadeTensors
import SwiftProtobuf

/// Writes a traced network down node by node.
struct GraphWriter {
    let traces: Traces
    private let inputs: [String]
    private let outputs: [String]
    private let weights: WeightNames
    private var proto = ONNXGraphProto()
    /// What each value of the graph is called, once it is there.
    private var names: [String?]
    /// Of places that a pooling chose: what they are called as places in the whole tensor, and of what size its planes are.
    private var flatPlaces: [Int: (name: String, plane: [Length])] = [:]
    private var taken: Set<String>
    /// Where a length that is not fixed can be read: which axis of which value has it.
    private var sources: [Length: (value: String, axis: Int)] = [:]
    /// What lengths are called that were asked for before.
    private var lengthNames: [Length: String] = [:]

    var graph: Graph { traces.graph }

    init(_ traces: Traces, inputs: [String], outputs: [String], weights: WeightNames) {
        (self.traces, self.inputs, self.outputs, self.weights) = (traces, inputs, outputs, weights)
        taken = Set(inputs + outputs)
        names = traces.graph.values.map { _ in nil }
    }

    /// The finished graph.
    func graph(named name: String) -> ONNXGraphProto {
        var graph = proto
        graph.name = name
        return graph
    }

    mutating func write() throws {
        for (id, value) in graph.values.enumerated() {
            guard case .input(let order) = value.origin else { continue }
            call(id, inputs[order])
            proto.input.append(port(inputs[order], id))
        }
        for index in graph.nodes.indices {
            do {
                try write(node: index)
            } catch {
                let node = graph.nodes[index]
                throw Problem(error).prefixed(node.scope ?? node.operation.name)
            }
        }
        for (name, value) in zip(outputs, graph.outputs) {
            // What hands on an input or a weight, or is an output twice.
            if names[value] != name { append("Identity", [try self.name(of: value)], to: name) }
            proto.output.append(port(name, value))
        }
    }

    private mutating func write(node index: Int) throws {
        let node = graph.nodes[index]
        let forms = try traces.graphs.map { graph in
            guard let form = graph.nodes[index].operation.form else {
                throw Problem.unsupported("\(node.operation.name) has no word in ONNX")
            }
            return form
        }
        let mean = mean(of: node, forms)
        let inputs = try (mean?.inputs ?? node.inputs).map { try name(of: $0) }
        let results = node.results.enumerated().map { index, id in
            let output = graph.outputs.firstIndex(of: id).map { outputs[$0] }
            return output ?? fresh((node.scope ?? node.operation.name) + (index == 0 ? "" : ".\(index)"))
        }
        let resultLengths = traces.lengths(of: node.results[0])
        var step = StepWriter(
            forms: forms, label: outputs.contains(results[0]) ? node.scope ?? results[0] : results[0],
            results: results, inputs: inputs, lengths: (mean?.inputs ?? node.inputs).map { traces.lengths(of: $0) },
            resultLengths: resultLengths, readable: resultLengths.map(canRead),
            freeAxes: traces.names(traces.varying(forms)))
        switch forms[0] {
        case .indexedPooling:
            let plane = plane(of: node.inputs[0])
            flatPlaces[node.results[1]] = (step.placesName, plane)
            step.wantsPlanes = wantsPlanes(node.results[1], plane)
        case .unpooling:
            if let places = flatPlaces[node.inputs[1]], places.plane == plane(of: node.results[0]) {
                step.flatPlaces = places.name
            }
        default: break
        }
        if let mean { step.write(mean) } else { try step.write() }
        for part in step.parts {
            for (name, constant) in part.constants { try put(constant, named: name) }
            proto.node.append(part.node)
        }
        for (id, name) in zip(node.results, results) { call(id, name) }
    }

    /// Height and width of images.
    private func plane(of id: Int) -> [Length] { Array(traces.lengths(of: id).dropFirst(2)) }

    /// Whether places are read as such in planes: by others than by unpoolings to planes of the same size.
    private func wantsPlanes(_ places: Int, _ plane: [Length]) -> Bool {
        graph.outputs.contains(places)
            || graph.nodes.contains { node in
                guard node.inputs.contains(places) else { return false }
                guard case .unpooling = node.operation.form, self.plane(of: node.results[0]) == plane else {
                    return true
                }
                return node.inputs[0] == places
            }
    }

    /// Names a value that is there.
    private mutating func call(_ id: Int, _ name: String) {
        names[id] = name
        for (axis, length) in traces.lengths(of: id).enumerated() where length.fixed == nil && sources[length] == nil {
            sources[length] = (name, axis)
        }
    }

    private mutating func append(
        _ type: String, _ inputs: [String], to output: String, with attributes: [String: ONNXNode.Attribute] = [:]
    ) {
        proto.node.append(
            .with {
                $0.opType = type
                $0.input = inputs
                $0.output = [output]
                $0.name = output
                $0.attribute = attributes.sorted { $0.key < $1.key }.map { $1.proto(named: $0) }
            })
    }

    /// What a value is called; weights are written down when they are first asked for.
    private mutating func name(of id: Int) throws -> String {
        if let name = names[id] { return name }
        let (wanted, tensor): (String?, Tensor)
        switch graph.values[id].origin {
        case .parameter(let parameter): (wanted, tensor) = (weights.name(of: parameter), parameter.value)
        case .constant(let constant): (wanted, tensor) = (weights.name(of: constant), constant)
        case .input, .result, .released: throw Problem.unsupported("a value is read before it is there")
        }
        try requireSame(id, tensor)
        // A buffer is one constant for each time that it is read.
        if let wanted, case .constant = graph.values[id].origin, taken.contains(wanted) {
            names[id] = wanted
            return wanted
        }
        let name = fresh(wanted ?? "constant")
        proto.initializer.append(StepWriter.Constant.floats(tensor).proto(named: name))
        names[id] = name
        return name
    }

    /// Throws where a constant is another for other lengths, such as 1 / N.
    private func requireSame(_ id: Int, _ tensor: Tensor) throws {
        let differs = traces.graphs.map { graph in
            guard graph.values[id].shape == tensor.shape else { return true }
            guard case .constant(let other) = graph.values[id].origin else { return false }
            return other.storageIdentity != tensor.storageIdentity
                && !zip(other.scalars, tensor.scalars).allSatisfy { $0.bitPattern == $1.bitPattern }
        }
        guard differs.contains(true) else { return }
        throw Problem.unsupported("a constant depends on \(traces.names(traces.varying(differs)))")
    }

    /// A name that is not taken yet.
    private mutating func fresh(_ wanted: String) -> String {
        var (name, number) = (wanted, 1)
        while !taken.insert(name).inserted {
            name = "\(wanted)#\(number)"
            number += 1
        }
        return name
    }

    private func port(_ name: String, _ id: Int) -> ONNXValueInfoProto {
        .with {
            $0.name = name
            $0.type.tensorType.elemType = Int32(ElementType.float.rawValue)
            $0.type.tensorType.shape.dim = traces.lengths(of: id).map { length in
                .with {
                    if let fixed = length.fixed {
                        $0.dimValue = Int64(fixed)
                    } else if let formula = traces.formula(of: length) {
                        $0.dimParam = text(formula)
                    }
                }
            }
        }
    }

    /// Such as `N`, `2N`, `H - 4` or `W/32 + 1`.
    private func text(_ formula: Traces.Formula) -> String {
        let axis = traces.axes[formula.axis]
        // Of an input's own axis there are as many as multiples in it.
        let whole = formula.times % axis.multiple == 0
        let times = whole ? formula.times / axis.multiple : formula.times
        return (times == 1 ? "" : "\(times)") + axis.name + (whole ? "" : "/\(axis.multiple)")
            + (formula.plus == 0 ? "" : formula.plus < 0 ? " - \(-formula.plus)" : " + \(formula.plus)")
    }
}

// Numbers that are only known when the file is run.
extension GraphWriter {
    private func canRead(_ length: Length) -> Bool {
        if length.fixed != nil || sources[length] != nil { return true }
        return traces.formula(of: length).flatMap { source(of: $0.axis) } != nil
    }

    /// An input that has a free axis.
    private func source(of axis: Int) -> (value: String, axis: Int)? {
        sources.first { length, source in
            inputs.contains(source.value)
                && traces.formula(of: length).map {
                    $0.axis == axis && $0.times == traces.axes[axis].multiple && $0.plus == 0
                } == true
        }?.value
    }

    private mutating func put(_ constant: StepWriter.Constant, named name: String) throws {
        guard case .lengths(let lengths) = constant, lengths.contains(where: { $0.fixed == nil }) else {
            proto.initializer.append(constant.proto(named: name))
            return
        }
        let parts = try lengths.map { length in
            guard let fixed = length.fixed else { return try self.name(of: length) }
            return number(fixed)
        }
        append("Concat", parts, to: name, with: ["axis": .integer(0)])
    }

    /// What a length is called, a tensor of one whole number.
    private mutating func name(of length: Length) throws -> String {
        if let name = lengthNames[length] { return name }
        let name: String
        if let source = sources[length] {
            name = fresh("\(source.value)/length\(source.axis)")
            append(
                "Shape", [source.value], to: name,
                with: ["start": .integer(source.axis), "end": .integer(source.axis + 1)])
        } else {
            guard let formula = traces.formula(of: length), let source = source(of: formula.axis) else {
                throw Problem.unsupported(
                    "a length depends on \(traces.names(traces.varying(length.samples))) in a way that ONNX cannot say")
            }
            name = fresh("\(source.value)/\(text(formula))")
            let axis = traces.axes[formula.axis]
            var value = "\(name)/length"
            append(
                "Shape", [source.value], to: value,
                with: ["start": .integer(source.axis), "end": .integer(source.axis + 1)])
            let steps = [("Div", axis.multiple), ("Mul", formula.times), ("Add", formula.plus)]
            for (place, (type, operand)) in steps.enumerated() {
                let next = place == steps.count - 1 ? name : "\(name)/\(type)"
                append(type, [value, number(operand)], to: next)
                value = next
            }
        }
        lengthNames[length] = name
        return name
    }

    /// A constant of one whole number.
    private mutating func number(_ number: Int) -> String {
        let name = "number \(number)"
        if taken.insert(name).inserted {
            proto.initializer.append(StepWriter.Constant.integers([number]).proto(named: name))
        }
        return name
    }
}
