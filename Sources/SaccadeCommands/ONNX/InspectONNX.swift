import Foundation
import SaccadeCommandSupport
import SaccadeLayers
import SaccadeONNX
import SaccadeTensors

/// What an ONNX file holds.
struct ONNXReport: Encodable {
    struct Port: Encodable {
        let name: String
        /// `nil` where the file leaves it open; a text for a length that may be any.
        let axes: [String]?
    }

    struct Weight: Encodable {
        let name: String
        let shape: [Int]
        let count: Int
    }

    let file: String
    let format = "ONNX"
    let producer: String
    let opset: Int
    let inputs: [Port]
    let outputs: [Port]
    let operators: [String: Int]
    let weights: [Weight]
    let totalCount: Int
    let metadata: [String: String]

    init(_ model: ONNXModel) {
        func port(_ port: ONNXModel.Port) -> Port { Port(name: port.name, axes: port.axes?.map(\.description)) }
        file = model.path
        producer = model.producer
        opset = model.opset
        inputs = model.inputs.map(port)
        outputs = model.outputs.map(port)
        operators = model.operatorCounts
        weights = model.parameters.map { name, parameter in
            Weight(name: name, shape: parameter.shape.dimensions, count: parameter.shape.elementCount)
        }
        totalCount = weights.map(\.count).reduce(0, +)
        metadata = model.metadata
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var table = TextTable([.init("weights"), .init("shape"), .init("numbers", .right)])
        for weight in weights {
            let shape = weight.shape.isEmpty ? "scalar" : weight.shape.map(String.init).joined(separator: "×")
            table.append([weight.name.printable, shape, grouped(weight.count)])
        }
        func list(_ ports: [Port]) -> String {
            ports.map { "\($0.name.printable) \($0.axes.map { "[\($0.joined(separator: ", "))]" } ?? "of any shape")" }
                .joined(separator: ", ")
        }
        var lines = weights.isEmpty ? [] : [table.text, ""]
        let counts = operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        let writer = producer.isEmpty ? "" : ", by \(producer.printable)"
        lines.append("\(file): ONNX, opset \(opset)\(writer), \(grouped(totalCount)) numbers")
        lines.append("  takes \(list(inputs))")
        lines.append("  gives \(list(outputs))")
        lines.append("  by \(counts.joined(separator: ", "))")
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let line = value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            lines.append(
                "  \(name.printable): \(line.prefix(80))\(line.count > 80 || line.count < value.count ? " …" : "")")
        }
        return lines.joined(separator: "\n")
    }
}
