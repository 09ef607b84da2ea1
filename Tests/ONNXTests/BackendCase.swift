import Foundation
import SaccadeFiles
import SaccadeTensors
import SwiftProtobuf
import TestSupport

@testable import SaccadeONNX

/// The models of ONNX's own tests with what goes in and what comes out.
struct BackendCase {
    static let folder = "weights/onnx_backend_tests"
    static var isThere: Bool { ReferenceData.has(folder) }

    let name: String
    let path: String

    static func all() throws -> [BackendCase] {
        try ["pytorch-converted", "pytorch-operator", "simple"].flatMap { group in
            let folder = ReferenceData.path("\(Self.folder)/\(group)")
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/model.onnx") }
                .map { BackendCase(name: $0, path: "\(folder)/\($0)") }
        }
    }

    var model: String { "\(path)/model.onnx" }

    /// The tensors `input_0.pb`, `input_1.pb` and so on of the first data set.
    func tensors(_ word: String) throws -> [Tensor] {
        var tensors: [Tensor] = []
        while let bytes = FileManager.default.contents(atPath: "\(path)/test_data_set_0/\(word)_\(tensors.count).pb") {
            let proto = try ONNXTensorProto(serializedBytes: bytes)
            tensors.append(try TensorDecoder(folder: nil).value(of: proto).tensor())
        }
        return tensors
    }
}

/// Whether two lists of tensors agree as ONNX's own tests demand: `|x − y| ≤ 1e-7 + 1e-3 · |y|`.
func agree(_ xs: [Tensor], _ ys: [Tensor], relative: Float = 1e-3, absolute: Float = 1e-7) -> Bool {
    guard xs.map(\.shape) == ys.map(\.shape) else { return false }
    return zip(xs, ys).allSatisfy { x, y in
        zip(x.scalars, y.scalars).allSatisfy { a, b in
            a == b || (a.isNaN && b.isNaN) || abs(a - b) <= absolute + relative * abs(b)
        }
    }
}

/// The largest difference, in parts of the largest element.
func difference(_ x: Tensor, _ y: Tensor) -> Float {
    guard x.shape == y.shape else { return .infinity }
    let size = y.scalars.map(abs).max() ?? 0
    let largest = zip(x.scalars, y.scalars).map { abs($0 - $1) }.max() ?? 0
    return largest == 0 ? 0 : largest / size
}
