import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The formats in which files hold named tensors.
public enum WeightsFormat: String, Sendable, CaseIterable, Codable {
    case safetensors
    /// PyTorch's, a ZIP archive, as it writes since 1.6.
    case pytorch
    /// PyTorch's from before 1.6: pickles in a row.
    case pytorchLegacy = "pytorch-legacy"
    /// One array of NumPy's.
    case numpy

    /// What people call it.
    public var title: String {
        switch self {
        case .safetensors: "safetensors"
        case .pytorch: "PyTorch"
        case .pytorchLegacy: "PyTorch before 1.6"
        case .numpy: "NumPy"
        }
    }

    /// The format to write for the ending of a file's name: `.safetensors`, `.pth`, `.pt`, `.th` or `.npy`.
    public init?(endingOf path: String) {
        switch path.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased() {
        case "safetensors": self = .safetensors
        case "pth", "pt", "th": self = .pytorch
        case "npy": self = .numpy
        default: return nil
        }
    }

    /// Whether the file at `path` is one of these formats: by its contents, or else by its ending, so that a damaged
    /// file is complained about as what it was to be.
    public static func isRecognised(at path: String) -> Bool {
        guard let front = try? RegularFile.beginning(of: path, count: 32) else {
            return WeightsFormat(endingOf: path) != nil && !isFolder(path)
        }
        return WeightsFormat(beginning: front) != nil || WeightsFormat(endingOf: path) != nil
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The format of a file by its first bytes, 32 or all.
    init?(beginning front: [UInt8]) {
        if front.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            self = .pytorch
        } else if front.starts(with: TorchFile.magic) {
            self = .pytorchLegacy
        } else if front.starts(with: NumPyHeader.magic) {
            self = .numpy
        } else if front.count > 8, front[8] == UInt8(ascii: "{"), front[5...7].allSatisfy({ $0 == 0 }) {
            self = .safetensors
        } else {
            return nil
        }
    }

    /// Why a file of none of these formats is not understood, by what its first bytes say it is.
    static func problem(with front: [UInt8], at path: String) -> FileError {
        func unsupported(_ what: String, _ remedy: String) -> FileError {
            FileError(.unsupported, path: path, reason: what, remedy: remedy)
        }
        let again = "save the weights alone, as .safetensors or by torch.save(model.state_dict(), …)"
        if front.isEmpty {
            return FileError(.empty, path: path, reason: "the file is empty", remedy: "copy or save it again")
        }
        if front.starts(with: [0x89] + Array("HDF".utf8)) { return unsupported("this is HDF5, as Keras writes", again) }
        if front.dropFirst(4).starts(with: "TFL3".utf8) { return unsupported("this is a TensorFlow Lite model", again) }
        if front.first == 0x80 { return unsupported("this is a pickle, but not one that torch.save wrote", again) }
        return FileError(
            .unknownFormat, path: path, reason: "this is no file of weights: neither PyTorch, safetensors nor .npy",
            remedy: "check that it is the right file, and whole")
    }
}
