/// The Python names that a checkpoint may use, and what they mean here. Every other name is refused.
enum TorchGlobal: Sendable, Equatable {
    /// `OrderedDict`, `defaultdict`, `Counter`, `dict`: a dictionary that keeps its order.
    case dictionary
    /// `list`, `tuple`, `set`, `torch.Size`: items in a row.
    case list
    /// `torch._utils._rebuild_tensor` and its successors: a view of a storage.
    case rebuildTensor
    /// The same with a type of its own (`_rebuild_tensor_v3`).
    case rebuildTypedTensor
    /// `torch._utils._rebuild_parameter`: the tensor itself.
    case rebuildParameter
    /// `torch._tensor._rebuild_from_type_v2`: what its first argument makes of the third.
    case rebuildFromType
    /// A storage class such as `torch.FloatStorage`, or a type such as `torch.float32`.
    case type(ElementType)
    /// `torch.UntypedStorage`: bytes.
    case untypedStorage
    case numpyScalar
    case numpyType
    /// `_codecs.encode`: how protocol 2 writes bytes.
    case encode
    /// A class of which only the name matters: its instances hold settings, no weights.
    case opaque(String)

    /// - Returns: `nil` for a name that no file may use.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"), ("collections", "defaultdict"), ("collections", "Counter"),
            ("builtins", "dict"), ("__builtin__", "dict"):
            self = .dictionary
        case ("builtins", "list"), ("builtins", "tuple"), ("builtins", "set"), ("builtins", "frozenset"),
            ("__builtin__", "list"), ("__builtin__", "tuple"), ("__builtin__", "set"), ("__builtin__", "frozenset"),
            ("torch", "Size"):
            self = .list
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch._tensor", "_rebuild_from_type_v2"), ("torch._tensor", "_rebuild_from_type"),
            ("torch.tensor", "_rebuild_from_type"):
            self = .rebuildFromType
        case ("torch", "UntypedStorage"), ("torch.storage", "UntypedStorage"), ("torch.storage", "_UntypedStorage"):
            self = .untypedStorage
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .numpyScalar
        case ("numpy", "dtype"): self = .numpyType
        case ("_codecs", "encode"): self = .encode
        case ("torch", _), ("torch.cuda", _):
            if let type = Self.types[name] {
                self = .type(type)
            } else if Self.opaqueNames["torch"]?.contains(name) == true {
                self = .opaque("torch.\(name)")
            } else {
                return nil
            }
        default:
            guard Self.opaqueNames[module]?.contains(name) == true else { return nil }
            self = .opaque("\(module).\(name)")
        }
    }

    private static let types: [String: ElementType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
        "float32": .float32, "float": .float32, "float64": .float64, "double": .float64, "float16": .float16,
        "half": .float16, "bfloat16": .bfloat16, "int64": .int64, "long": .int64, "int32": .int32, "int": .int32,
        "int16": .int16, "short": .int16, "int8": .int8, "uint8": .uint8, "bool": .bool, "uint16": .uint16,
        "uint32": .uint32, "uint64": .uint64,
    ]

    /// Classes that checkpoints keep beside their weights: settings of a training, paths, arrays, moments.
    private static let opaqueNames: [String: Set<String>] = [
        "torch": ["device", "strided", "contiguous_format", "Tensor", "preserve_format", "Generator"],
        "torch._tensor": ["Tensor"], "torch.nn.parameter": ["Parameter", "Buffer"],
        "torch.serialization": ["_get_layout"],
        "argparse": ["Namespace"], "types": ["SimpleNamespace"],
        "pathlib": ["Path", "PosixPath", "WindowsPath", "PurePosixPath"],
        "pathlib._local": ["Path", "PosixPath", "WindowsPath"],
        "datetime": ["datetime", "date", "timedelta"],
        "builtins": ["object", "complex", "bytearray", "slice", "range", "int", "float", "bool", "str"],
        "__builtin__": ["object", "complex", "bytearray", "slice", "int", "float", "bool", "str"],
        "copy_reg": ["_reconstructor"], "copyreg": ["_reconstructor"],
        "collections": ["deque"],
        "numpy": ["ndarray"],
        "numpy.core.multiarray": ["_reconstruct"], "numpy._core.multiarray": ["_reconstruct"],
    ]
}
