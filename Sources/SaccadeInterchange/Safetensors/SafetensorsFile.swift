import Foundation
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

/// A safetensors file, opened: what it holds is known and checked, and each tensor is read when it is asked for.
///
/// Numbers of every type become floats.
public final class SafetensorsFile: Sendable {
    public let path: String
    /// Texts that were stored with the tensors.
    public let metadata: [String: String]
    /// Name and shape of each tensor.
    public var shapes: [String: Shape] { stored.all.mapValues(\.shape) }

    let stored: StoredTensors

    /// Opens a file and checks its whole header against its size.
    ///
    /// - Throws: ``FileError``: no such file, cut short, damaged, numbers of an unknown type.
    public convenience init(at path: String) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        try self.init(TensorStore(file), fileSize: size)
    }

    init(_ store: TensorStore, fileSize size: Int) throws(FileError) {
        let path = store.path
        self.path = path
        guard size >= 8 else {
            throw FileError(
                .truncated, path: path, reason: "the file has \(size) bytes, too few for safetensors",
                remedy: "copy or save it again")
        }
        let length = try store.bytes(at: 0, count: 8).number(UInt64.self, at: 0) ?? .max
        guard length <= UInt64(SafetensorsHeader.longestLength) else {
            throw FileError(
                .malformed, path: path, reason: "a header of \(length) bytes is beyond any use",
                remedy: "check that this is a safetensors file")
        }
        guard Int(length) <= size - 8 else {
            throw FileError(
                .truncated, path: path,
                reason: "the file is cut short: it ends within its header of \(length) bytes",
                remedy: "copy or save it again")
        }
        let json = try store.bytes(at: 8, count: Int(length))
        let dataStart = 8 + Int(length)
        let header = try SafetensorsHeader(json: Data(json), dataByteCount: size - dataStart, path: path)
        var entries: [String: StoredTensor] = [:]
        for (name, entry) in header.entries {
            let source = StoredTensor.Source(start: dataStart + entry.range.lowerBound, length: entry.range.count)
            do throws(StoredTensor.Problem) {
                entries[name] = try StoredTensor(type: entry.type, shape: entry.shape, source: source)
            } catch {
                throw FileError(
                    .malformed, path: path, reason: "tensor \(name) \(error.reason)", remedy: "copy or save it again")
            }
        }
        stored = StoredTensors(store: store, all: entries)
        metadata = header.metadata
    }

    /// Reads one tensor.
    ///
    /// - Throws: ``FileError`` when there is none of that name, or the file cannot be read any more.
    public func tensor(_ name: String) throws(FileError) -> Tensor { try stored.tensor(name) }

    /// Reads several tensors, on as many threads as compute.
    ///
    /// - Parameters:
    ///   - names: Which.
    ///   - mapped: As in ``WeightsFile/tensors(_:mapped:)``.
    /// - Throws: ``FileError`` as ``tensor(_:)``.
    public func tensors(_ names: [String], mapped: Bool = false) throws(FileError) -> [Tensor] {
        try stored.tensors(names, mapped: mapped)
    }
}

extension Module {
    /// Takes over the tensors of a file by name.
    ///
    /// - Parameters:
    ///   - file: Where the tensors are.
    ///   - prefix: Only tensors whose names begin so are looked at, and the beginning is taken off.
    ///   - strict: Whether it is an error that names of the module are missing, or that there are others.
    /// - Throws: `LoadingError` with every name that is missing, unexpected or of another shape, and then nothing has
    ///   changed; ``FileError`` when the file cannot be read any more.
    public func load(_ file: SafetensorsFile, prefix: String = "", strict: Bool = true) throws {
        var shapes: [String: Shape] = [:]
        for (name, shape) in file.shapes where name.hasPrefix(prefix) {
            shapes[String(name.dropFirst(prefix.count))] = shape
        }
        try load(shapes, from: file.path, strict: strict) { names in try file.tensors(names.map { prefix + $0 }) }
    }
}

extension FileError.Code {
    /// The file has no tensor of that name.
    public static let noSuchTensor = FileError.Code(rawValue: "noSuchTensor")
}
