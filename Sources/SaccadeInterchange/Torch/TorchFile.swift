import SaccadeFiles

/// A PyTorch checkpoint: its tensors, each with the place of its numbers in the file.
struct TorchFile {
    let tensors: [(name: String, stored: StoredTensor)]
    /// Numbers and texts beside the weights.
    let notes: [String: String]

    /// - Parameter sources: The bytes of each storage by its key.
    private init(
        _ contents: StateDict, path: String, source: (TorchStorage) throws(FileError) -> StoredTensor.Source
    ) throws(FileError) {
        var tensors: [(name: String, stored: StoredTensor)] = []
        var known: [TorchStorage: StoredTensor.Source] = [:]
        var counted: Set<String> = []
        // Shared weights are looked at twice or thrice: a file that looks at the same numbers over and over wants to
        // be read for ever.
        var (looked, available) = (0, 1 << 28)
        for (name, tensor) in contents.tensors {
            let place: StoredTensor.Source
            if let found = known[tensor.storage] {
                place = found
            } else {
                place = try source(tensor.storage)
                let size = tensor.storage.type?.byteCount ?? 1
                let (count, overflow) = tensor.storage.count.multipliedReportingOverflow(by: size)
                guard !overflow, count == place.byteCount else {
                    throw .checkpoint(
                        path,
                        "tensor \(name) has a storage of \(tensor.storage.count) elements, and there are "
                            + "\(place.byteCount) bytes")
                }
                known[tensor.storage] = place
                if counted.insert(tensor.storage.key).inserted { available += 8 * min(place.byteCount, 1 << 50) }
            }
            do throws(StoredTensor.Problem) {
                let stored = try StoredTensor(
                    type: tensor.type, shape: tensor.shape, strides: tensor.strides, source: place,
                    offset: tensor.offset)
                tensors.append((name, stored))
                looked += stored.byteCount
            } catch {
                throw .checkpoint(path, "tensor \(name) \(error.reason)")
            }
            guard looked <= available else {
                throw FileError(
                    .tooLarge, path: path, reason: "its tensors look at the same numbers over and over",
                    remedy: "check where the file is from; this looks like a bomb")
            }
        }
        self.tensors = tensors
        notes = contents.notes
    }

    // MARK: Zip, as PyTorch writes since 1.6

    /// Reads the form in which `data.pkl` describes the tensors and `data/KEY` holds the numbers of each storage.
    init(zip store: TensorStore, fileSize: Int) throws(FileError) {
        let path = store.path
        let archive = try ZipArchive(store, fileSize: fileSize)
        let descriptions = archive.entries.values.filter { $0.name.hasSuffix("/data.pkl") }
            .sorted { $0.name.utf8.count < $1.name.utf8.count }
        guard let description = descriptions.first else {
            throw FileError(
                .unknownFormat, path: path, reason: "this archive is no PyTorch checkpoint: it has no data.pkl",
                remedy: "save the weights with torch.save, or as .safetensors")
        }
        let folder = String(description.name.dropLast("data.pkl".count))
        guard archive.entries[folder + "constants.pkl"] == nil else {
            throw FileError(
                .unsupported, path: path, reason: "this is a program of TorchScript, not a file of weights",
                remedy: "save the weights alone: torch.save(model.state_dict(), …)")
        }
        var isBigEndian = false
        if let order = archive.entries[folder + "byteorder"] {
            isBigEndian = try archive.contents(of: order, limit: 16).starts(with: "big".utf8)
        }
        let pickle = try archive.contents(of: description, limit: PickleMachine.largestPickle)
        let reader = PickleReader(store, 0..<pickle.count, contents: pickle)
        var machine = PickleMachine(reader)
        let root = try machine.run()
        let contents = try StateDict(of: root, in: machine.graph, path: path)
        try self.init(contents, path: path) { storage throws(FileError) in
            guard let entry = archive.entries["\(folder)data/\(storage.key)"] else {
                throw .checkpoint(path, "the numbers of storage \(storage.key.prefix(40)) are missing")
            }
            return try archive.source(of: entry, isBigEndian: isBigEndian)
        }
    }

    // MARK: The form from before 1.6

    /// How a file of the old form begins: protocol 2, and a whole number of ten bytes.
    static let magic: [UInt8] = [0x80, 0x02, 0x8A, 0x0A] + magicNumber
    /// 0x1950a86a20f9469cfc6c, least significant byte first.
    private static let magicNumber: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let protocolVersion = 1001

    /// Reads the form in which pickles follow each other: the magic number, the version, the machine, the object, the
    /// keys of the storages; and then each storage, its count in eight bytes before it. The numbers are written least
    /// significant byte first on every machine.
    init(legacy store: TensorStore, fileSize: Int) throws(FileError) {
        let path = store.path
        func next(_ reader: PickleReader) throws(FileError) -> (PickleGraph, PickleGraph.Reference, PickleReader) {
            var machine = PickleMachine(reader)
            let root = try machine.run()
            return (machine.graph, root, machine.reader)
        }
        var (graph, root, rest) = try next(PickleReader(store, 0..<fileSize))
        guard case .long(Self.magicNumber) = graph[root] else {
            throw .checkpoint(path, "it does not begin as a PyTorch checkpoint does")
        }
        (graph, root, rest) = try next(rest)
        guard graph.integer(root) == Self.protocolVersion else {
            throw FileError(
                .unsupported, path: path, reason: "it is of another version of the old format than 1001",
                remedy: "load it in PyTorch and save it again")
        }
        (_, _, rest) = try next(rest)
        let (objects, object, afterObject) = try next(rest)
        let (keys, list, afterKeys) = try next(afterObject)
        var position = afterKeys.position
        let sizes = objects.storageSizes
        var sources: [String: StoredTensor.Source] = [:]
        for item in keys.items(list) ?? [] {
            guard let key = keys.text(item) ?? keys.integer(item).map({ String($0) }), let size = sizes[key] else {
                throw .checkpoint(path, "it lists a storage that no tensor looks at")
            }
            let cut = FileError(
                .truncated, path: path, reason: "the file is cut short: it ends within storage \(key.prefix(40))",
                remedy: "copy or save it again")
            guard position <= fileSize - 8 else { throw cut }
            let count = try store.bytes(at: position, count: 8).number(UInt64.self, at: 0).flatMap { Int(exactly: $0) }
            position += 8
            let (byteCount, overflow) = (count ?? .max).multipliedReportingOverflow(by: size)
            guard !overflow, byteCount <= fileSize - position else { throw cut }
            guard sources.updateValue(.init(start: position, length: byteCount), forKey: key) == nil else {
                throw .checkpoint(path, "it has storage \(key.prefix(40)) twice")
            }
            position += byteCount
        }
        let contents = try StateDict(of: object, in: objects, path: path)
        try self.init(contents, path: path) { storage throws(FileError) in
            guard let source = sources[storage.key] else {
                throw .checkpoint(path, "the numbers of storage \(storage.key.prefix(40)) are missing")
            }
            return source
        }
    }
}

extension PickleGraph {
    /// Bytes of an element of each storage.
    fileprivate var storageSizes: [String: Int] {
        var sizes: [String: Int] = [:]
        for case .storage(let storage) in nodes where sizes[storage.key] == nil {
            sizes[storage.key] = storage.type?.byteCount ?? 1
        }
        return sizes
    }
}
