import Foundation
import SaccadeFiles
import SaccadeModels
public import SaccadeONNX

extension LoadedModel {
    /// The network as ONNX says it. What turns pictures into its input and its output into labels goes with it, as
    /// texts: ``ONNXClassifier`` reads them.
    ///
    /// - Throws: `FileError` where ONNX has no word for a part of the network.
    public func onnx() throws -> ONNXExport {
        var texts: [String: String] = [:]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let classNames { texts["classNames"] = String(decoding: try encoder.encode(classNames), as: UTF8.self) }
        if let preprocessing {
            texts["preprocessing"] = String(decoding: try encoder.encode(preprocessing), as: UTF8.self)
        }
        return try ONNXExport(network, input: network.input, name: network.name, metadata: texts)
    }
}
