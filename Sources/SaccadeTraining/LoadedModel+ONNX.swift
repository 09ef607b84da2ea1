import Foundation
import SaccadeFiles
import SaccadeLayers
import SaccadeModels
public import SaccadeONNX

extension LoadedModel {
    /// The network as ONNX says it. What turns images into its input and its output into labels goes with it, as
    /// texts: ``Classifier`` reads them.
    ///
    /// - Parameter hasFreeSizes: Whether height and width are left open where the network can take others.
    /// - Throws: `FileError` where ONNX has no word for a part of the network.
    public func onnx(hasFreeSizes: Bool = false) throws -> ONNXExport {
        var texts: [String: String] = [:]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let classNames { texts["classNames"] = String(decoding: try encoder.encode(classNames), as: UTF8.self) }
        if let preprocessing {
            texts["preprocessing"] = String(decoding: try encoder.encode(preprocessing), as: UTF8.self)
        }
        guard let model = network as? any Model else {
            throw RunError(
                .different,
                "\(name): this network has several parts with plain code between them, which a file of ONNX has no room for; its weights "
                    + "can be written as .safetensors or .pth.")
        }
        return try ONNXExport(model, hasFreeSizes: hasFreeSizes, name: name, metadata: texts)
    }
}
