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
/// The file is read through its descriptor, not mapped: a mapped file that another process cuts short kills this one.
/// Numbers of every type become floats.
public final class SafetensorsFile: Sendable {
    public let path: String
    /// Texts that were stored with the tensors.
    public let metadata: [String: String]
    /// Name and shape of each tensor.
    public var shapes: [String: Shape] { entries.mapValues(\.shape) }

    private let entries: [String: SafetensorsHeader.Entry]
    private let file: FileDescriptor
    private let dataStart: Int

    /// Opens a file and checks its whole header against its size.
    ///
    /// - Throws: ``FileError``: no such file, cut short, damaged, numbers of an unknown type.
    public init(at path: String) throws(FileError) {
        self.path = path
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        guard size >= 8 else {
            throw FileError(
                .truncated, path: path, reason: "the file has \(size) bytes, too few for safetensors",
                remedy: "copy or save it again")
        }
        var length: UInt64 = 0
        try withUnsafeMutableBytes(of: &length) { bytes throws(FileError) in try file.read(bytes, at: 0) }
        length = UInt64(littleEndian: length)
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
        var json = [UInt8](repeating: 0, count: Int(length))
        try json.withUnsafeMutableBufferPointer { bytes throws(FileError) in
            try file.read(UnsafeMutableRawBufferPointer(bytes), at: 8)
        }
        dataStart = 8 + Int(length)
        let header = try SafetensorsHeader(json: Data(json), dataByteCount: size - dataStart, path: path)
        entries = header.entries
        metadata = header.metadata
        self.file = file
    }

    /// Reads one tensor.
    ///
    /// - Throws: ``FileError`` when there is none of that name, or the file cannot be read any more.
    public func tensor(_ name: String) throws(FileError) -> Tensor {
        guard let entry = entries[name] else {
            throw FileError(
                .noSuchTensor, path: path, reason: "there is no tensor \(name) in this file",
                remedy: "check the name, or save the file again")
        }
        do {
            return try Tensor(shape: entry.shape) { elements in
                if entry.type == .float32, 1.littleEndian == 1 {
                    return try file.read(
                        UnsafeMutableRawBufferPointer(elements), at: dataStart + entry.range.lowerBound)
                }
                try convert(entry, into: elements)
            }
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(.unreadable, path: path, reason: "cannot be read: \(error)", remedy: "check the disk")
        }
    }

    /// Reads piece by piece, so that a file of another type does not take its own size in memory as well.
    private func convert(
        _ entry: SafetensorsHeader.Entry, into elements: UnsafeMutableBufferPointer<Float>
    ) throws(FileError) {
        let step = 1 << 16
        var piece = [UInt8](repeating: 0, count: min(step, elements.count) * entry.type.byteCount)
        var start = 0
        while start < elements.count {
            let count = min(step, elements.count - start)
            let target = UnsafeMutableBufferPointer(rebasing: elements[start..<start + count])
            let offset = dataStart + entry.range.lowerBound + start * entry.type.byteCount
            try piece.withUnsafeMutableBufferPointer { piece throws(FileError) in
                let bytes = UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: piece[..<(count * entry.type.byteCount)]))
                try file.read(bytes, at: offset)
                entry.type.convert(UnsafeRawBufferPointer(bytes), into: target)
            }
            start += count
        }
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
        try load(shapes, from: file.path, strict: strict) { try file.tensor(prefix + $0) }
    }
}

extension FileError.Code {
    /// The file has no tensor of that name.
    public static let noSuchTensor = FileError.Code(rawValue: "noSuchTensor")
}
