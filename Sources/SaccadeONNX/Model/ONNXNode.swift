import SaccadeTensors

/// One step of a graph: an operator, what it reads, what it makes, and its settings.
struct ONNXNode: Sendable {
    enum Attribute: Sendable {
        case float(Float)
        case integer(Int)
        case string(String)
        case floats([Float])
        case integers([Int])
        case strings([String])
        case tensor(Value)
    }

    let name: String
    /// Such as `Conv`; of other than the standard operators with their domain, `com.example::Magic`.
    let type: String
    /// An empty name is an input or a result that is left out.
    let inputs: [String]
    let outputs: [String]
    let attributes: [String: Attribute]

    /// The same without the results that nobody reads.
    func making(_ wanted: Set<String>) -> ONNXNode {
        ONNXNode(
            name: name, type: type, inputs: inputs, outputs: outputs.map { wanted.contains($0) ? $0 : "" },
            attributes: attributes)
    }

    /// What messages call it.
    var label: String { name.isEmpty ? "the \(type) that makes \(outputs.first ?? "nothing")" : "\(type) \(name)" }
}

extension ONNXNode {
    init(_ proto: ONNXNodeProto, _ decoder: TensorDecoder) throws {
        name = proto.name
        type = ["", "ai.onnx"].contains(proto.domain) ? proto.opType : "\(proto.domain)::\(proto.opType)"
        inputs = proto.input
        outputs = proto.output
        var attributes: [String: Attribute] = [:]
        for attribute in proto.attribute {
            let value = try Attribute(attribute, decoder)
            guard attributes.updateValue(value, forKey: attribute.name) == nil else {
                throw Problem.malformed("the attribute \(attribute.name) is there twice")
            }
        }
        self.attributes = attributes
    }
}

extension ONNXNode.Attribute {
    fileprivate init(_ proto: ONNXAttributeProto, _ decoder: TensorDecoder) throws {
        switch proto.type {
        case .float: self = .float(proto.f)
        case .int: self = .integer(Int(proto.i))
        case .string: self = .string(String(decoding: proto.s, as: UTF8.self))
        case .floats: self = .floats(proto.floats)
        case .ints: self = .integers(proto.ints.map(Int.init))
        case .strings: self = .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
        case .tensor: self = .tensor(try decoder.value(of: proto.t))
        case .undefined:
            throw Problem.unsupported(
                "the attribute \(proto.name) is of no kind that is understood here: numbers, texts and tensors")
        }
    }
}
