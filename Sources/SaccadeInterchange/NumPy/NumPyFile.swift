public import SaccadeFiles
public import SaccadeTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Arrays in NumPy's `.npy` files.
public enum NumPyFile {
    /// Where the numbers of the array in an open file lie.
    static func array(_ store: TensorStore, fileSize: Int) throws(FileError) -> StoredTensor {
        let path = store.path
        let cut = FileError(
            .truncated, path: path, reason: "the file is cut short: it ends within its header",
            remedy: "copy or save it again")
        guard fileSize >= 10 else { throw cut }
        let front = try store.bytes(at: 0, count: min(12, fileSize))
        guard front.starts(with: NumPyHeader.magic) else { throw .array(path, "this is no .npy file") }
        guard (1...3).contains(front[6]) else {
            throw FileError(
                .unsupported, path: path, reason: "version \(front[6]).\(front[7]) of the format is not known here",
                remedy: "save it with numpy.save")
        }
        let isShort = front[6] == 1
        let length =
            isShort ? front.number(UInt16.self, at: 8).map(Int.init) : front.number(UInt32.self, at: 8).map(Int.init)
        guard let length else { throw cut }
        guard length <= NumPyHeader.longestLength else {
            throw .array(path, "a header of \(length) bytes is beyond any use")
        }
        let start = (isShort ? 10 : 12) + length
        guard start <= fileSize else { throw cut }
        let header = try NumPyHeader(store.bytes(at: start - length, count: length), path: path)
        let source = StoredTensor.Source(start: start, length: fileSize - start, isBigEndian: header.type.isBigEndian)
        let stored: StoredTensor
        do throws(StoredTensor.Problem) {
            stored = try StoredTensor(
                type: header.type.element, shape: header.shape,
                strides: header.isFortran ? fortranStrides(header.shape) : nil, source: source)
        } catch {
            throw .array(path, "the array, with \(fileSize - start) bytes behind the header, \(error.reason)")
        }
        guard stored.byteCount == source.length else {
            throw .array(path, "there are \(source.length - stored.byteCount) bytes behind the array")
        }
        return stored
    }

    /// Elements between neighbours when the first axis runs fastest.
    private static func fortranStrides(_ shape: [Int]) -> [Int] {
        var strides: [Int] = []
        var step = 1
        for length in shape {
            strides.append(step)
            // An overflow is found when the shape is looked at.
            step = step.multipliedReportingOverflow(by: length).partialValue
        }
        return strides
    }

    /// Reads the array of a file; numbers of every type become floats.
    ///
    /// - Throws: ``FileError``: no such file, cut short, damaged, values that are no real numbers.
    public static func read(_ path: String) throws(FileError) -> Tensor {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        let store = TensorStore(file)
        return try store.tensor(array(store, fileSize: size))
    }

    /// Writes a tensor as an array of 32-bit floats in C order, to a file that appears whole or not at all.
    ///
    /// - Throws: ``FileError`` when the file cannot be written; what was there is untouched.
    public static func write(_ tensor: Tensor, to path: String) throws {
        try write(TensorContents(name: "", tensor), to: path)
    }

    /// Writes numbers of their own type; those of bfloat16, which NumPy does not have, become 32-bit floats.
    static func write(_ contents: TensorContents, to path: String) throws {
        let contents = contents.type == .bfloat16 ? contents.asFloats() : contents
        guard let header = NumPyHeader.bytes(type: contents.type, shape: contents.shape.dimensions) else {
            preconditionFailure("NumPy has every type but bfloat16")
        }
        try AtomicFile.write(path) { writer in
            try header.withUnsafeBytes { try writer.write($0) }
            try contents.eachPiece { try writer.write($0) }
        }
    }
}
