import Foundation
import SwiftProtobuf

@testable import SaccadeONNX

/// Models made by hand, right or wrong.
struct ModelBuilder {
    var proto: ONNXModelProto

    init(opset: Int64 = 17, inputs: [(String, [Int64])] = [("x", [1, 4])], outputs: [String] = ["y"]) {
        proto = .with {
            $0.irVersion = 8
            $0.opsetImport = [.with { $0.version = opset }]
            $0.graph.input = inputs.map { name, lengths in
                .with {
                    $0.name = name
                    $0.type.tensorType.elemType = 1
                    $0.type.tensorType.shape.dim = lengths.map { length in .with { $0.dimValue = length } }
                }
            }
            $0.graph.output = outputs.map { name in .with { $0.name = name } }
        }
    }

    mutating func add(
        _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: ONNXNode.Attribute] = [:],
        domain: String = ""
    ) {
        proto.graph.node.append(
            .with {
                $0.opType = type
                $0.domain = domain
                $0.input = inputs
                $0.output = outputs
                $0.attribute = attributes.map { $1.proto(named: $0) }
            })
    }

    mutating func weights(_ name: String, _ lengths: [Int64], _ values: [Float]) {
        proto.graph.initializer.append(
            .with {
                ($0.name, $0.dims, $0.dataType) = (name, lengths, 1)
                $0.rawData = values.withUnsafeBufferPointer { Data(buffer: $0) }
            })
    }

    mutating func numbers(_ name: String, _ values: [Int64]) {
        proto.graph.initializer.append(
            .with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [Int64(values.count)], 7, values) })
    }

    var bytes: [UInt8] { get throws { try proto.serializedBytes() } }

    var model: ONNXModel { get throws { try ONNXModel(decoding: bytes, name: "test.onnx") } }
}
