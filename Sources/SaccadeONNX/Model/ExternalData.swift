import Foundation
import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The elements of a tensor in a file beside the model's: large models are saved so.
///
/// A model says where that file is, so it could name any file of the reader's: only such are opened as lie in the
/// model's own folder or below.
struct ExternalData {
    private let path: String
    private let offset: Int
    private let length: Int?

    /// - Parameters:
    ///   - entries: The texts `location`, `offset` and `length`.
    ///   - folder: The model's; `nil` where the model is no file.
    init(_ entries: [ONNXStringStringEntryProto], in folder: String?) throws {
        var texts: [String: String] = [:]
        for entry in entries { texts[entry.key] = entry.value }
        guard let folder else {
            throw Problem.unsupported("a tensor lies in another file, which only a model that is a file can name")
        }
        guard let location = texts["location"], !location.isEmpty, !location.utf8.contains(0) else {
            throw Problem.malformed("a tensor lies in another file, but it is not said which")
        }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !location.hasPrefix("/"), !parts.contains(where: { $0 == ".." || $0.isEmpty }) else {
            throw Problem.malformed("the file \(location) with a tensor's elements is outside of the model's folder")
        }
        path = "\(folder)/\(location)"
        // A link could lead outside. Where there is no file, opening it says so.
        if let real = resolved(path), let home = resolved(folder), !real.hasPrefix(home == "/" ? "/" : home + "/") {
            throw Problem.malformed("the file \(location) with a tensor's elements is outside of the model's folder")
        }
        func number(_ key: String) throws -> Int? {
            guard let text = texts[key] else { return nil }
            guard let number = Int(text), number >= 0 else {
                throw Problem.malformed("\(key) \(text) of a tensor in the file \(location)")
            }
            return number
        }
        offset = try number("offset") ?? 0
        length = try number("length")
    }

    /// - Parameter count: The bytes that the tensor's shape and type take.
    func bytes(count: Int) throws -> [UInt8] {
        guard length ?? count == count else {
            throw Problem.malformed("\(length ?? 0) bytes in \(path) for a tensor that takes \(count)")
        }
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        guard offset <= size, count <= size - offset else {
            throw Problem.malformed("\(path) has \(size) bytes; a tensor of \(count) should begin at \(offset)")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { bytes throws(FileError) in
            try file.read(UnsafeMutableRawBufferPointer(bytes), at: offset)
        }
        return bytes
    }
}

/// The path without links, if it leads anywhere.
private func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}
