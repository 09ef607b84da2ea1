import CSaccadeImageCodecs
import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of a TIFF, in memory or on disk. Several threads may read at once.
///
/// A file stays on disk and is read where a page lies: stacks are often larger than memory.
struct TIFFSource: Sendable {
    private enum Place: Sendable {
        case memory([UInt8])
        case disk(OpenFile)
    }

    /// What errors call the file.
    let name: String
    /// All bytes, counted.
    let size: Int
    private let place: Place

    init(bytes: [UInt8], name: String) {
        self.name = name
        size = bytes.count
        place = .memory(bytes)
    }

    /// - Throws: ``FileError`` with one of the codes `missing`, `unreadable` and `notAFile`.
    init(opening path: String) throws(FileError) {
        let file = try OpenFile(path)
        name = path
        size = try file.descriptor.regularFileSize()
        place = .disk(file)
    }

    /// The bytes at a place, or nothing where the file ends before.
    func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { return nil }
        switch place {
        case .memory(let bytes): return Array(bytes[offset..<(offset + count)])
        case .disk(let file):
            var result = [UInt8](repeating: 0, count: count)
            // The array's own closure would forget the type of what is thrown.
            var problem: FileError?
            result.withUnsafeMutableBytes { target in
                do throws(FileError) { try file.descriptor.read(target, at: offset) } catch { problem = error }
            }
            if let problem { throw problem }
            return result
        }
    }

    /// Lends the file to libtiff.
    func withInput<Result>(_ body: (inout saccade_tiff_input) -> Result) -> Result {
        switch place {
        case .memory(let bytes):
            return bytes.withUnsafeBufferPointer { buffer in
                var input = saccade_tiff_input(bytes: buffer.baseAddress, descriptor: -1, size: UInt64(size))
                return body(&input)
            }
        case .disk(let file):
            return withExtendedLifetime(file) {
                var input = saccade_tiff_input(bytes: nil, descriptor: file.descriptor.number, size: UInt64(size))
                return body(&input)
            }
        }
    }

    /// An open file that copies of the source share.
    private final class OpenFile: Sendable {
        let descriptor: FileDescriptor

        init(_ path: String) throws(FileError) { descriptor = try FileDescriptor(opening: path, O_RDONLY) }
    }
}

/// Errors in a TIFF, of which the page is named where there are several.
struct TIFFProblem {
    let name: String
    /// Counted from zero; `nil` where the file is read for one image only.
    var page: Int?

    private var place: String { page.map { "page \($0 + 1): " } ?? "" }

    var cutShort: FileError {
        FileError(
            .truncated, path: name, reason: "is a TIFF cut short" + (page.map { " (in page \($0 + 1))" } ?? ""),
            remedy: "copy or download it again")
    }

    func malformed(_ what: String) -> FileError {
        FileError(
            .malformed, path: name, reason: "is a damaged TIFF (\(place)\(what))", remedy: "copy or download it again")
    }

    func unsupported(_ what: String) -> FileError {
        FileError(
            .unsupported, path: name, reason: "is a TIFF of a rare kind (\(place)\(what))",
            remedy: "save it as an ordinary TIFF or PNG")
    }
}
