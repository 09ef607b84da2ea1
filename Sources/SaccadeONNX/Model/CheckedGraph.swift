import Foundation
import SaccadeFiles
import SaccadeTensors
import SwiftProtobuf

/// A graph from a file of which is known that every name leads somewhere, once, and to something before it.
struct CheckedGraph {
    let producer: String
    let opset: Int
    let metadata: [String: String]
    let inputs: [ONNXModel.Port]
    let outputs: [ONNXModel.Port]
    let nodes: [ONNXNode]
    let initializers: [(name: String, value: Value)]

    private static let opsets = 1...23

    init(_ bytes: [UInt8], _ decoder: TensorDecoder) throws {
        try MessageCount.check(bytes)
        let model: ONNXModelProto
        do {
            model = try ONNXModelProto(serializedBytes: bytes)
        } catch {
            throw Problem.malformed("this is no ONNX model, or it is damaged")
        }
        guard model.hasGraph, !model.graph.output.isEmpty else {
            throw Problem.malformed("this is no ONNX model: there is no network in it")
        }
        producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
        opset = try Self.opset(of: model)
        metadata = Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
        let graph = model.graph
        guard graph.node.count <= Limits.nodes else {
            throw Problem.unsupported("a network of \(graph.node.count) steps, where at most \(Limits.nodes) are taken")
        }
        guard graph.sparseInitializer.isEmpty else { throw Problem.unsupported("weights that are stored sparsely") }

        initializers = try Self.initializers(graph.initializer, decoder)
        // Before version 4 of the format, weights had to be listed among the inputs as well.
        let given = Set(initializers.map(\.name))
        inputs = try graph.input.filter { !given.contains($0.name) }.map { try Self.port($0, "input") }
        outputs = try graph.output.map { try Self.port($0, "output") }
        let nodes = try graph.node.map { proto in
            do {
                return try ONNXNode(proto, decoder)
            } catch {
                throw Problem(error).prefixed("\(proto.opType) \(proto.name)")
            }
        }
        let needed = try Self.needed(nodes, inputs: inputs, outputs: outputs, given: given)
        try Self.requireKnownOperators(needed)
        self.nodes = needed
    }

    private static func opset(of model: ONNXModelProto) throws -> Int {
        let versions = model.opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version)
        // Before version 3 of the format there was but one set of operators.
        let version = versions.first ?? (model.irVersion < 3 ? 1 : 0)
        guard versions.count <= 1, version > 0 else {
            throw Problem.malformed("it is not said which version of ONNX's operators the network is made of")
        }
        guard version <= Int64(opsets.upperBound) else {
            throw Problem.unsupported(
                "operators of opset \(version), where those up to \(opsets.upperBound) are understood"
            )
        }
        return Int(version)
    }

    private static func initializers(
        _ tensors: [ONNXTensorProto], _ decoder: TensorDecoder
    ) throws -> [(name: String, value: Value)] {
        var names: Set<String> = []
        return try tensors.map { proto in
            guard !proto.name.isEmpty else { throw Problem.malformed("there are weights without a name") }
            guard names.insert(proto.name).inserted else {
                throw Problem.malformed("there are two tensors \(proto.name)")
            }
            do {
                let value = try decoder.value(of: proto)
                if case .tensor(let tensor, .float) = value { return (proto.name, .parameter(Parameter(tensor))) }
                return (proto.name, value)
            } catch {
                throw Problem(error).prefixed(proto.name)
            }
        }
    }

    private static func port(_ proto: ONNXValueInfoProto, _ word: String) throws -> ONNXModel.Port {
        guard !proto.name.isEmpty else { throw Problem.malformed("an \(word) has no name") }
        // Outputs need not say what they are.
        guard proto.hasType else {
            guard word == "output" else { throw Problem.malformed("it is not said what the input \(proto.name) is") }
            return ONNXModel.Port(name: proto.name, axes: nil, isInteger: false)
        }
        guard proto.type.hasTensorType, let type = ElementType(rawValue: Int(proto.type.tensorType.elemType)) else {
            throw Problem.unsupported("the \(word) \(proto.name) is no tensor of numbers")
        }
        let axes =
            try proto.type.tensorType.hasShape
            ? proto.type.tensorType.shape.dim.map { dimension -> ONNXModel.Axis in
                switch dimension.value {
                case .dimValue(let length) where length >= 0: .fixed(Int(length))
                case .dimValue(let length):
                    throw Problem.malformed("the \(word) \(proto.name) has an axis of length \(length)")
                case .dimParam(let name): .named(name)
                case nil: .named("")
                }
            } : nil
        if let axes, axes.count > Limits.rank {
            throw Problem.unsupported(
                "the \(word) \(proto.name) has \(axes.count) axes; at most \(Limits.rank) are taken")
        }
        return ONNXModel.Port(name: proto.name, axes: axes, isInteger: type.kind == .integer)
    }

    /// The nodes that the outputs depend on, once every name is known to lead to one thing that is there before.
    private static func needed(
        _ nodes: [ONNXNode], inputs: [ONNXModel.Port], outputs: [ONNXModel.Port], given: Set<String>
    ) throws -> [ONNXNode] {
        var defined = given
        for input in inputs where !defined.insert(input.name).inserted {
            throw Problem.malformed("there are two inputs \(input.name)")
        }
        let all = nodes.reduce(into: defined) { $0.formUnion($1.outputs) }
        for node in nodes {
            for input in node.inputs where !input.isEmpty && !defined.contains(input) {
                throw Problem.malformed(
                    all.contains(input)
                        ? "\(node.label) reads \(input), which is only made by or after it: the steps go in a circle, "
                            + "or are not in order"
                        : "\(node.label) reads \(input), which nothing makes")
            }
            for output in node.outputs where !output.isEmpty && !defined.insert(output).inserted {
                throw Problem.malformed("\(output) is made twice, the second time by \(node.label)")
            }
        }
        for output in outputs where !defined.contains(output.name) {
            throw Problem.malformed("nothing makes the output \(output.name)")
        }
        var wanted = Set(outputs.map(\.name))
        var needed: [ONNXNode] = []
        for node in nodes.reversed() where node.outputs.contains(where: wanted.contains) {
            needed.append(node.making(wanted))
            wanted.formUnion(node.inputs)
        }
        return needed.reversed()
    }

    private static func requireKnownOperators(_ nodes: [ONNXNode]) throws {
        let unknown = Set(nodes.map(\.type)).filter { Operators.all[$0] == nil }.sorted()
        guard unknown.isEmpty else {
            let known = Operators.all.keys.sorted().joined(separator: ", ")
            throw Problem.unsupported(
                "the network is made of operators that are not understood here: \(unknown.joined(separator: ", ")). "
                    + "Those that are: \(known)")
        }
    }
}

extension Problem {
    /// The same with the part of the file that is at fault before it.
    func prefixed(_ place: String) -> Problem {
        code == .unsupported ? .unsupported("\(place): \(reason)") : .malformed("\(place): \(reason)")
    }
}
