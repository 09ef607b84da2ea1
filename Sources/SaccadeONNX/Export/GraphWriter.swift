import Foundation
import SaccadeTensors
import SwiftProtobuf

/// Writes a traced network down node by node.
///
/// The network is traced for a batch of two and one of three: lengths that are the same do not depend on the batch, and
/// those that grow with it are multiples of it.
struct GraphWriter {
    /// The length of an axis.
    enum Length: Equatable {
        case fixed(Int)
        /// So many times the batch.
        case batches(Int)
    }

    private let graph: Graph
    private let other: Graph
    private let weights: WeightNames
    private var proto = ONNXGraphProto()
    /// What each value of the graph is called, once it is there.
    private var names: [String?]
    /// Of places that a pooling chose: what they are called as places in the whole tensor, and of what size its planes are.
    private var flatPlaces: [Int: (name: String, plane: Pair)] = [:]
    private var taken: Set<String> = ["input", "output"]

    init(_ graph: Graph, _ other: Graph, names weights: WeightNames) throws {
        guard graph.nodes.count == other.nodes.count, graph.values.count == other.values.count else {
            throw Problem.unsupported("it does different things for different batches")
        }
        (self.graph, self.other, self.weights) = (graph, other, weights)
        names = graph.values.map { _ in nil }
    }

    /// The finished graph.
    func graph(named name: String) -> ONNXGraphProto {
        var graph = proto
        graph.name = name
        return graph
    }

    mutating func write() throws {
        for (id, value) in graph.values.enumerated() {
            if case .input = value.origin {
                names[id] = "input"
                proto.input.append(try port("input", id))
            }
        }
        let output = graph.outputs[0]
        for (index, node) in graph.nodes.enumerated() {
            do {
                try write(node, other.nodes[index], output: output)
            } catch {
                throw Problem(error).prefixed(node.scope ?? node.operation.name)
            }
        }
        // A network that hands on its input, or a weight.
        if names[output] != "output" { append("Identity", [try name(of: output)], to: "output", scope: nil) }
        proto.output.append(try port("output", output))
    }

    private mutating func write(_ node: Graph.Node, _ twin: Graph.Node, output: Int) throws {
        guard let form = node.operation.form else {
            throw Problem.unsupported("\(node.operation.name) has no word in ONNX")
        }
        let results = node.results.enumerated().map { index, id in
            let name =
                id == output ? "output" : fresh((node.scope ?? node.operation.name) + (index == 0 ? "" : ".\(index)"))
            names[id] = name
            return name
        }
        var step = StepWriter(
            form: form, twin: twin.operation.form ?? form, scope: node.scope, results: results,
            inputs: try node.inputs.map { try name(of: $0) },
            lengths: try node.inputs.map { try lengths(of: $0) }, resultLengths: try lengths(of: node.results[0]))
        switch form {
        case .indexedPooling:
            let input = graph.values[node.inputs[0]].shape
            let plane = Pair(input[2], input[3])
            flatPlaces[node.results[1]] = (step.placesName, plane)
            step.wantsPlanes = wantsPlanes(node.results[1], plane)
        case .unpooling(let size):
            if let places = flatPlaces[node.inputs[1]], places.plane == size { step.flatPlaces = places.name }
        default: break
        }
        try step.write()
        for part in step.parts {
            for (name, constant) in part.constants { proto.initializer.append(constant.proto(named: name)) }
            proto.node.append(part.node)
        }
    }

    /// Whether places are read as such in planes: by others than by unpoolings to planes of the same size.
    private func wantsPlanes(_ places: Int, _ plane: Pair) -> Bool {
        graph.outputs.contains(places)
            || graph.nodes.contains { node in
                guard node.inputs.contains(places) else { return false }
                guard case .unpooling(to: plane) = node.operation.form else { return true }
                return node.inputs[0] == places
            }
    }

    private mutating func append(_ type: String, _ inputs: [String], to output: String, scope: String?) {
        proto.node.append(
            .with {
                $0.opType = type
                $0.input = inputs
                $0.output = [output]
                $0.name = scope ?? type
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
        guard graph.values[id].shape == other.values[id].shape else {
            throw Problem.unsupported("a constant depends on the batch")
        }
        // A statistic is one constant for each time that it is read.
        if let wanted, case .constant = graph.values[id].origin, taken.contains(wanted) {
            names[id] = wanted
            return wanted
        }
        let name = fresh(wanted ?? "constant")
        proto.initializer.append(StepWriter.Constant.floats(tensor).proto(named: name))
        names[id] = name
        return name
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

    private func lengths(of id: Int) throws -> [Length] {
        let (two, three) = (graph.values[id].shape.dimensions, other.values[id].shape.dimensions)
        guard two.count == three.count else { throw Problem.unsupported("the number of axes depends on the batch") }
        return try zip(two, three).map { two, three in
            if two == three { return .fixed(two) }
            guard two % 2 == 0, three == two / 2 * 3 else {
                throw Problem.unsupported("lengths \(two) and \(three) for batches of 2 and 3")
            }
            return .batches(two / 2)
        }
    }

    private func port(_ name: String, _ id: Int) throws -> ONNXValueInfoProto {
        let lengths = try lengths(of: id)
        return .with {
            $0.name = name
            $0.type.tensorType.elemType = Int32(ElementType.float.rawValue)
            $0.type.tensorType.shape.dim = lengths.map { length in
                .with {
                    switch length {
                    case .fixed(let length): $0.dimValue = Int64(length)
                    case .batches(let count): $0.dimParam = count == 1 ? "N" : "\(count)N"
                    }
                }
            }
        }
    }
}
