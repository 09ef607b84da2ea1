import SaccadeFiles
public import SaccadeTensors

extension WeightsFile {
    /// Writes tensors as 32-bit floats in the format that the ending of `path` names.
    ///
    /// - Parameters:
    ///   - tensors: Names, each once, with values; one only for `.npy`, which has no names.
    ///   - path: The file to replace or make.
    /// - Throws: ``FileError`` when the ending is not known, or the file cannot be written.
    public static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
        try write(tensors.map { TensorContents(name: $0.name, $0.tensor) }, metadata: [:], to: path)
    }

    /// Writes what this file holds in the format that the ending of `path` names, the numbers in their own types and
    /// to the bit; only bfloat16 becomes 32-bit floats in `.npy`, which does not know it.
    ///
    /// Texts beside the tensors are kept where the format has room for them, in safetensors.
    ///
    /// - Parameter names: The tensors to write; all unless given.
    /// - Throws: ``FileError`` when a name or the ending is not known, or a file cannot be read or written.
    public func convert(to path: String, only names: [String]? = nil) throws {
        if let missing = names?.first(where: { shapes[$0] == nil }) { _ = try tensor(missing) }
        let wanted = names.map(Set.init)
        let contents = try entries.filter { wanted?.contains($0.name) ?? true }.map { try self.contents(of: $0) }
        try Self.write(contents, metadata: metadata, to: path)
    }

    private static func write(_ contents: [TensorContents], metadata: [String: String], to path: String) throws {
        guard let format = WeightsFormat(endingOf: path) else {
            throw FileError(
                .unknownFormat, path: path, reason: "the name does not say what to write",
                remedy: "end it with .safetensors, .pth or .npy")
        }
        switch format {
        case .safetensors:
            if contents.contains(where: { $0.name == "__metadata__" }) {
                throw FileError(
                    .unsupported, path: path, reason: "no tensor of safetensors may be called __metadata__",
                    remedy: "write .pth")
            }
            try SafetensorsFile.write(contents, metadata: metadata, to: path)
        case .pytorch, .pytorchLegacy: try TorchWriter.write(contents, to: path)
        case .numpy:
            guard contents.count == 1 else {
                throw FileError(
                    .unsupported, path: path, reason: "a .npy file holds one tensor, and there are \(contents.count)",
                    remedy: "name one of them, or write .safetensors")
            }
            try NumPyFile.write(contents[0], to: path)
        }
    }
}
