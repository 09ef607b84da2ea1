import Foundation
import SaccadeTensors

/// ONNX Runtime, where there is a Python that has it: `SACCADE_PYTHON`, or `python3`.
enum RuntimeReference {
    static let missing = "no Python with onnx and onnxruntime: set SACCADE_PYTHON to one"

    private static let python = ProcessInfo.processInfo.environment["SACCADE_PYTHON"] ?? "python3"

    static let isThere = (try? run(["-c", "import onnx, onnxruntime, numpy"])) != nil

    /// One exported network and what goes in.
    struct Model {
        let name: String
        let bytes: [UInt8]
        let inputs: [(name: String, tensor: Tensor)]
    }

    private struct Port: Codable {
        let name: String
        let shape: [Int]
    }

    /// What ONNX Runtime makes of each model's inputs, by name.
    static func outputs(of models: [Model]) throws -> [String: [Tensor]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "onnx-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for model in models {
            let stem = folder.appendingPathComponent(model.name)
            try Data(model.bytes).write(to: stem.appendingPathExtension("onnx"))
            let elements = model.inputs.flatMap(\.tensor.scalars)
            try elements.withUnsafeBufferPointer { Data(buffer: $0) }.write(to: stem.appendingPathExtension("input"))
            let ports = model.inputs.map { Port(name: $0.name, shape: $0.tensor.shape.dimensions) }
            try JSONEncoder().encode(ports).write(to: stem.appendingPathExtension("json"))
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/run_onnx.py").standardizedFileURL.path
        let lines = try run([script, folder.path]).split(separator: "\n")
        var outputs: [String: [Tensor]] = [:]
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 1)
            let shapes = try JSONDecoder().decode([[Int]].self, from: Data(parts[1].utf8)).map(Shape.init)
            var data = try Data(contentsOf: folder.appendingPathComponent("\(parts[0]).output"))
            outputs[String(parts[0])] = shapes.map { shape in
                Tensor(shape: shape) { elements in data = data.dropFirst(data.copyBytes(to: elements)) }
            }
        }
        return outputs
    }

    private struct Failure: Error { let status: Int32 }

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self)
    }
}
