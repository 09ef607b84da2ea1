import SaccadeFiles
import SaccadeTensors
import Synchronization

/// An open file from which tensors are read, each when it is asked for.
///
/// Numbers go from the system's cache straight into the tensor's own memory, or are left where they are, if asked for.
final class TensorStore: Sendable {
    let path: String
    private let file: FileDescriptor

    init(_ file: consuming FileDescriptor) {
        path = file.path
        self.file = file
    }

    /// Bytes of the file.
    func bytes(at start: Int, count: Int) throws(FileError) -> [UInt8] {
        var problem: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(FileError) {
                try file.read(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: start)
                initialized = count
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        return bytes
    }

    /// A tensor's numbers as floats.
    ///
    /// - Parameter mapped: Whether they may stay in the file where they lie there as they are wanted.
    func tensor(_ stored: StoredTensor, mapped: Bool = false) throws(FileError) -> Tensor {
        if mapped, let tensor = try mappedTensor(stored) { return tensor }
        do {
            return try Tensor(shape: stored.shape) { elements in
                if isReady(stored) {
                    return try file.read(UnsafeMutableRawBufferPointer(elements), at: start(of: stored))
                }
                try eachPiece(of: stored) { bytes, range in
                    stored.type.convert(bytes, into: UnsafeMutableBufferPointer(rebasing: elements[range]))
                }
            }
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(.unreadable, path: path, reason: "cannot be read: \(error)", remedy: "check the disk")
        }
    }

    /// A tensor that stays in the file; `nil` where it has to be brought into another form, or is small: a mapping takes
    /// pages of its own.
    private func mappedTensor(_ stored: StoredTensor) throws(FileError) -> Tensor? {
        let start = start(of: stored)
        guard isReady(stored), stored.byteCount >= 1 << 16, start.isMultiple(of: MemoryLayout<Float>.alignment),
            let mapping = try FileMapping(file, start..<start + stored.byteCount)
        else { return nil }
        return Tensor(shape: stored.shape, lent: mapping.bytes, by: mapping) { mapping.letGo() }
    }

    /// Several tensors, read on as many threads as compute: one thread alone fills memory at half of its speed.
    func tensors(_ all: [StoredTensor], mapped: Bool = false) throws(FileError) -> [Tensor] {
        struct Reading {
            var remaining: Range<Int>
            var tensors: [Tensor?]
            var problem: FileError?
        }
        let reading = Mutex(Reading(remaining: all.indices, tensors: all.map { _ in nil }))
        Threads.forEach(min(Threads.count, all.count)) { _ in
            while let index = reading.withLock({ $0.remaining.popFirst() }) {
                do throws(FileError) {
                    let tensor = try tensor(all[index], mapped: mapped)
                    reading.withLock { $0.tensors[index] = tensor }
                } catch {
                    reading.withLock { reading in
                        reading.problem = reading.problem ?? error
                        reading.remaining = 0..<0
                    }
                }
            }
        }
        return try reading.withLock { reading throws(FileError) in
            if let problem = reading.problem { throw problem }
            return reading.tensors.compactMap(\.self)
        }
    }

    /// Calls `body` with a tensor's numbers piece by piece, last axis fastest, least significant byte first, and with
    /// their places: so that a file of another type does not take its own size in memory as well.
    func eachPiece(
        of stored: StoredTensor, _ body: (UnsafeRawBufferPointer, Range<Int>) throws(FileError) -> Void
    ) throws(FileError) {
        let size = stored.type.byteCount
        if stored.isContiguous, stored.source.inflatedLength == nil {
            let step = 1 << 16
            var first = 0
            while first < stored.shape.elementCount {
                let range = first..<min(first + step, stored.shape.elementCount)
                var piece = try bytes(at: start(of: stored) + first * size, count: range.count * size)
                try deliver(&piece, stored, range, body)
                first = range.upperBound
            }
        } else {
            var whole = try gathered(stored)
            try deliver(&whole, stored, 0..<stored.shape.elementCount, body)
        }
    }

    private func deliver(
        _ bytes: inout [UInt8], _ stored: StoredTensor, _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer, Range<Int>) throws(FileError) -> Void
    ) throws(FileError) {
        if stored.source.isBigEndian { bytes.swapNumbers(of: stored.type.byteCount) }
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in try body(UnsafeRawBufferPointer(bytes), range) }
    }

    /// The elements in order, in the bytes that the file has them in.
    private func gathered(_ stored: StoredTensor) throws(FileError) -> [UInt8] {
        let size = stored.type.byteCount
        let window: [UInt8]
        if stored.source.inflatedLength == nil {
            window = try bytes(at: start(of: stored), count: stored.span * size)
        } else {
            let whole = try inflated(stored.source)
            window = Array(whole[(stored.offset * size)..<((stored.offset + stored.span) * size)])
        }
        return stored.isContiguous ? window : window.picked(stored.shape.dimensions, stored.strides, size: size)
    }

    /// The bytes of a source that is compressed.
    private func inflated(_ source: StoredTensor.Source) throws(FileError) -> [UInt8] {
        let packed = try bytes(at: source.start, count: source.length)
        guard let bytes = Deflate.inflated(packed, count: source.byteCount) else {
            throw FileError(
                .malformed, path: path, reason: "a compressed part does not hold the bytes that it should",
                remedy: "copy or save it again")
        }
        return bytes
    }

    /// Whether the file has a tensor's numbers just as memory has them.
    private func isReady(_ stored: StoredTensor) -> Bool {
        stored.type == .float32 && stored.isContiguous && stored.source.inflatedLength == nil
            && stored.source.isBigEndian == (1.bigEndian == 1)
    }

    private func start(of stored: StoredTensor) -> Int { stored.source.start + stored.offset * stored.type.byteCount }
}

extension [UInt8] {
    /// Turns the bytes of every number round.
    fileprivate mutating func swapNumbers(of size: Int) {
        guard size > 1 else { return }
        for first in stride(from: 0, to: count - size + 1, by: size) {
            for index in 0..<size / 2 { swapAt(first + index, first + size - 1 - index) }
        }
    }

    /// Elements at the places that lengths and strides name, last axis fastest.
    fileprivate func picked(_ lengths: [Int], _ strides: [Int], size: Int) -> [UInt8] {
        let count = lengths.reduce(1, *)
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count * size) { target, initialized in
            withUnsafeBytes { source in
                var index = [Int](repeating: 0, count: lengths.count)
                var place = 0
                for element in 0..<count {
                    // The file's author chose lengths and strides, but ``StoredTensor`` has seen that all is inside.
                    UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(target)[
                            (element * size)..<(element * size + size)]
                    ).copyMemory(from: UnsafeRawBufferPointer(rebasing: source[(place * size)..<(place * size + size)]))
                    var axis = lengths.count - 1
                    while axis >= 0 {
                        index[axis] += 1
                        place += strides[axis]
                        if index[axis] < lengths[axis] { break }
                        place -= strides[axis] * lengths[axis]
                        index[axis] = 0
                        axis -= 1
                    }
                }
            }
            initialized = count * size
        }
    }
}
