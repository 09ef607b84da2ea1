import SaccadeFiles
import SaccadeTensors

/// Writes checkpoints that `torch.load(path, weights_only=True)` opens: a ZIP archive with a dictionary of tensors.
enum TorchWriter {
    /// - Parameters:
    ///   - tensors: Names, each once, with their numbers; those of one tensor are in memory at a time.
    ///   - path: The file to replace or make; its stem is the folder in the archive, as in PyTorch's own.
    /// - Throws: ``FileError`` when the file cannot be written, or takes more than 4 GiB.
    static func write(_ tensors: [TensorContents], to path: String) throws {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "TorchWriter.write: a name comes twice")
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let stem = file.split(separator: ".").first.map(String.init) ?? "archive"
        try AtomicFile.write(path) { writer in
            var archive = ZipWriter(writer, path: path)
            try archive.add("\(stem)/data.pkl", pickle(tensors))
            try archive.add("\(stem)/byteorder", Array("little".utf8))
            for (key, tensor) in tensors.enumerated() {
                try archive.add("\(stem)/data/\(key)", tensor.bytes())
            }
            try archive.add("\(stem)/version", Array("3\n".utf8))
            try archive.finish()
        }
    }

    /// The dictionary in protocol 2: of each tensor, what `torch._utils._rebuild_tensor_v2` is called with.
    private static func pickle(_ tensors: [TensorContents]) -> [UInt8] {
        var pickle = PickleWriter()
        pickle.beginDictionary()
        for (key, tensor) in tensors.enumerated() {
            // Newer types have no storage class of their own: their storages are bytes, and the tensor says the type.
            let storage = storageClass(tensor.type)
            pickle.text(tensor.name)
            pickle.global("torch._utils", storage == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
            pickle.tuple {
                $0.tuple {
                    $0.text("storage")
                    if let storage { $0.global("torch", storage) } else { $0.global("torch.storage", "UntypedStorage") }
                    $0.text(String(key))
                    $0.text("cpu")
                    $0.integer(storage == nil ? tensor.byteCount : tensor.shape.elementCount)
                }
                $0.persistentIdentifier()
                $0.integer(0)
                $0.tuple { for length in tensor.shape.dimensions { $0.integer(length) } }
                $0.tuple { for step in tensor.shape.strides { $0.integer(step) } }
                $0.boolean(false)
                $0.global("collections", "OrderedDict")
                $0.tuple { _ in }
                $0.call()
                if storage == nil { $0.global("torch", "\(tensor.type)") }
            }
            pickle.call()
        }
        pickle.endDictionary()
        return pickle.bytes
    }

    /// The class of a storage in `torch`; `nil` for the types that have none.
    private static func storageClass(_ type: ElementType) -> String? {
        switch type {
        case .bool: "BoolStorage"
        case .uint8: "ByteStorage"
        case .int8: "CharStorage"
        case .int16: "ShortStorage"
        case .int32: "IntStorage"
        case .int64: "LongStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .float32: "FloatStorage"
        case .float64: "DoubleStorage"
        case .uint16, .uint32, .uint64: nil
        }
    }
}
