public import SaccadeFiles
public import SaccadeLayers
public import SaccadeTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of named tensors of any format that is known here, opened: what it holds is known and checked against the
/// file's size, and each tensor is read when it is asked for.
///
///     let file = try WeightsFile(at: "resnet18-f37072fd.pth")
///     try network.load(file)
///
/// What begins every name because of PyTorch's `DataParallel`, `module.`, is taken off, and a state dict is found under
/// the names that training programs give it.
public struct WeightsFile: Sendable {
    /// What a file says of one tensor.
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let shape: Shape
        /// How the file holds the numbers.
        public let type: ElementType
    }

    public let path: String
    public let format: WeightsFormat
    /// The tensors, in the order of the file, or by name where it has none.
    public let entries: [Entry]
    /// Texts and numbers beside the tensors.
    public let metadata: [String: String]

    private let stored: StoredTensors

    /// Name and shape of each tensor.
    public var shapes: [String: Shape] { stored.all.mapValues(\.shape) }

    /// Opens a file; its contents tell the format, not its name.
    ///
    /// - Throws: ``FileError``: no such file, cut short, damaged, too large to be honest, or with something in it that
    ///   is no tensor, such as a whole Python object.
    public init(at path: String) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        let store = TensorStore(file)
        let front = try store.bytes(at: 0, count: min(32, size))
        guard let format = WeightsFormat(beginning: front) else {
            // A damaged safetensors file is told from one that never was by its name alone.
            guard path.lowercased().hasSuffix(".safetensors") else {
                throw WeightsFormat.problem(with: front, at: path)
            }
            _ = try SafetensorsFile(store, fileSize: size)
            throw WeightsFormat.problem(with: front, at: path)
        }
        self.path = path
        self.format = format
        var inOrder: [(name: String, stored: StoredTensor)]
        switch format {
        case .safetensors:
            let file = try SafetensorsFile(store, fileSize: size)
            inOrder = file.stored.all.map { ($0.key, $0.value) }
                .sorted { ($0.stored.source.start, $0.name) < ($1.stored.source.start, $1.name) }
            metadata = file.metadata
        case .pytorch, .pytorchLegacy:
            let file =
                try format == .pytorch
                ? TorchFile(zip: store, fileSize: size) : TorchFile(legacy: store, fileSize: size)
            inOrder = file.tensors
            metadata = file.notes
        case .numpy:
            inOrder = [(Self.stem(of: path), try NumPyFile.array(store, fileSize: size))]
            metadata = [:]
        }
        let prefix = "module."
        if inOrder.allSatisfy({ $0.name.hasPrefix(prefix) }) {
            inOrder = inOrder.map { (String($0.name.dropFirst(prefix.count)), $0.stored) }
        }
        entries = inOrder.map { Entry(name: $0.name, shape: $0.stored.shape, type: $0.stored.type) }
        stored = StoredTensors(store: store, all: Dictionary(inOrder.map { ($0.name, $0.stored) }) { $1 })
    }

    /// Reads one tensor; numbers of every type become floats.
    ///
    /// - Throws: ``FileError`` when there is none of that name, or the file cannot be read any more.
    public func tensor(_ name: String) throws(FileError) -> Tensor { try stored.tensor(name) }

    /// Reads several tensors, on as many threads as compute.
    ///
    /// - Parameters:
    ///   - names: Which.
    ///   - mapped: Whether a tensor that the file has just as it is wanted, as float32, stays there: memory that is
    ///     mapped is no copy, and is shared by all processes that do the same. For a file that nobody writes to
    ///     meanwhile: one that is cut short kills the process (`SIGBUS`), and one that is changed changes the tensor. A
    ///     file whose place another takes, as this package writes them, is safe. A ``Plan`` that takes the weights
    ///     lets go of those that it brings into another order; what a kernel multiplies as it lies stays in the file
    ///     for as long as the plan lives.
    /// - Throws: ``FileError`` as ``tensor(_:)``.
    public func tensors(_ names: [String], mapped: Bool = false) throws(FileError) -> [Tensor] {
        try stored.tensors(names, mapped: mapped)
    }

    /// Reads all tensors.
    public func allTensors() throws(FileError) -> [(name: String, tensor: Tensor)] {
        let names = entries.map(\.name)
        return Array(zip(names, try tensors(names)).map { (name: $0, tensor: $1) })
    }

    /// What the numbers of one tensor are like.
    ///
    /// - Throws: ``FileError`` as ``tensor(_:)``.
    public func statistics(of name: String) throws(FileError) -> TensorStatistics {
        let (store, stored) = (stored.store, try stored.stored(name))
        var statistics = TensorStatistics()
        var numbers: [Double] = []
        try store.eachPiece(of: stored) { bytes, range in
            numbers = [Double](unsafeUninitializedCapacity: range.count) { buffer, initialized in
                stored.type.convert(bytes, into: UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
                initialized = range.count
            }
            statistics.add(numbers)
        }
        return statistics
    }

    /// A tensor's numbers as they are, for another file.
    func contents(of entry: Entry) throws(FileError) -> TensorContents {
        let (store, stored) = (stored.store, try stored.stored(entry.name))
        return TensorContents(name: entry.name, type: stored.type, shape: stored.shape) { body in
            // The store's own callback throws errors of files only: another one waits here until it is over.
            var problem: (any Error)?
            try store.eachPiece(of: stored) { bytes, _ in
                guard problem == nil else { return }
                do { try body(bytes) } catch { problem = error }
            }
            if let problem { throw problem }
        }
    }

    /// `a.b` of `folder/a.b.npy`.
    private static func stem(of path: String) -> String {
        let file = path.split(separator: "/").last ?? path[...]
        let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
        return stem.isEmpty ? "array" : String(stem)
    }
}

extension Module {
    /// Takes over the tensors of a file by name.
    ///
    /// - Parameters:
    ///   - file: Where they are.
    ///   - mapped: Whether large ones stay there; see ``WeightsFile/tensors(_:mapped:)``.
    /// - Throws: `LoadingError` with every name that is missing, unexpected or of another shape, and then nothing has
    ///   changed; ``FileError`` when the file cannot be read any more.
    public func load(_ file: WeightsFile, mapped: Bool = false) throws {
        try load(file.shapes, from: file.path) { try file.tensors($0, mapped: mapped) }
    }

    /// Takes over those tensors of a file that have the name and the shape of one of this module's.
    ///
    /// - Parameters:
    ///   - file: Where they are.
    ///   - mapped: Whether large ones stay there; see ``WeightsFile/tensors(_:mapped:)``.
    /// - Returns: What did not fit; `nil` where all did.
    /// - Throws: `LoadingError` when nothing fits; ``FileError`` when the file cannot be read any more.
    public func loadPart(of file: WeightsFile, mapped: Bool = false) throws -> LoadingError? {
        try loadPart(of: file.shapes, from: file.path) { try file.tensors($0, mapped: mapped) }
    }
}
