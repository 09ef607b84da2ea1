import SaccadeFiles

/// An array of bytes in an IDX file, the format of MNIST: a magic number, the sizes as big-endian 32-bit integers, then
/// the elements, last axis fastest. Plain, or compressed by gzip.
///
/// Source: "The MNIST database of handwritten digits", LeCun, Cortes and Burges, section "File formats".
struct IDX: Sendable {
    /// The size of each axis, outermost first; each at least 1.
    let dimensions: [Int]
    /// The file's bytes, decompressed: the header, then the elements.
    let bytes: [UInt8]
    /// Where the elements begin in `bytes`.
    let start: Int

    /// No file of the MNIST family comes near; a header that promises more is refused before anything is allocated.
    static let largest = 4 << 30

    /// Reads and checks a file of unsigned bytes.
    ///
    /// - Parameters:
    ///   - path: The file; whether it is compressed shows in its first bytes, not in its name.
    ///   - axes: How many axes it must have.
    /// - Throws: ``FileError``, when the file cannot be read or its size is not exactly what its header promises.
    init(contentsOf path: String, axes: Int) throws(FileError) {
        let file = try RegularFile.contents(of: path, limit: Self.largest)
        let isCompressed = Gzip.isGzip(file)
        let headerSize = 4 + 4 * axes
        let header: [UInt8]
        do {
            header = isCompressed ? try Gzip.prefix(file, count: headerSize) : Array(file.prefix(headerSize))
        } catch {
            throw Self.damaged(path, error)
        }
        guard header.count == headerSize else {
            throw Self.malformed(path, "ends within its header of \(headerSize) bytes")
        }
        // Two zeros, 8 for unsigned bytes, the number of axes.
        guard header[..<4].elementsEqual([0, 0, 8, UInt8(axes)]) else {
            throw Self.malformed(
                path,
                "begins with \(header[..<4].map(String.init)) where an IDX file of bytes with \(axes) axes has [0, 0, 8, \(axes)]"
            )
        }
        dimensions = stride(from: 4, to: headerSize, by: 4).map { at in
            header[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        start = headerSize
        let promised = "its header promises \(dimensions.map(String.init).joined(separator: " × ")) bytes"
        var size = 1
        for dimension in dimensions {
            guard dimension > 0 else { throw Self.malformed(path, "\(promised): nothing") }
            guard dimension <= Self.largest / size else {
                throw Self.malformed(path, "\(promised), more than any such file holds")
            }
            size *= dimension
        }
        size += headerSize
        guard isCompressed ? size / Gzip.largestRatio <= file.count : size == file.count else {
            throw Self.malformed(
                path, "\(promised) and the file has \(file.count)\(isCompressed ? ", compressed" : "")")
        }
        guard isCompressed else {
            bytes = file
            return
        }
        do {
            bytes = try Gzip.decompress(file, limit: size)
        } catch {
            throw Self.damaged(path, error)
        }
        guard bytes.count == size else {
            throw Self.malformed(path, "\(promised) and only \(bytes.count - headerSize) follow")
        }
    }

    private static func malformed(_ path: String, _ what: String) -> FileError {
        FileError(.malformed, path: path, reason: what, remedy: "download the file again")
    }

    private static func damaged(_ path: String, _ error: GzipError) -> FileError {
        switch error {
        case .notGzip: malformed(path, "is not a gzip file")
        case .truncated: malformed(path, "the compressed data end too early")
        case .corrupt(let reason): malformed(path, "the compressed data are damaged (\(reason))")
        case .exceedsLimit(let limit): malformed(path, "holds more than the \(limit) bytes that its header promises")
        }
    }
}
