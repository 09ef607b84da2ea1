import SaccadeFiles
import SaccadeTensors

/// A named tensor on its way into a file: its numbers come piece by piece, when they are asked for.
struct TensorContents {
    let name: String
    let type: ElementType
    let shape: Shape
    /// Calls its argument with all numbers, last axis fastest, least significant byte first.
    let eachPiece: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    var byteCount: Int { shape.elementCount * type.byteCount }

    init(
        name: String, type: ElementType, shape: Shape,
        eachPiece: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
        self.name = name
        self.type = type
        self.shape = shape
        self.eachPiece = eachPiece
    }

    /// A tensor in memory.
    init(name: String, _ tensor: Tensor) {
        self.init(name: name, type: .float32, shape: tensor.shape) { body in
            try tensor.withScalars { scalars in
                guard 1.littleEndian != 1 else { return try body(UnsafeRawBufferPointer(scalars)) }
                try scalars.map(\.bitPattern.littleEndian).withUnsafeBytes { try body($0) }
            }
        }
    }

    /// The same with 32-bit floats.
    func asFloats() -> TensorContents {
        TensorContents(name: name, type: .float32, shape: shape) { [type, eachPiece] body in
            try eachPiece { bytes in
                var floats = [Float](repeating: 0, count: bytes.count / type.byteCount)
                floats.withUnsafeMutableBufferPointer { type.convert(bytes, into: $0) }
                try floats.map(\.bitPattern.littleEndian).withUnsafeBytes { try body($0) }
            }
        }
    }

    /// All bytes at once.
    func bytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        try eachPiece { bytes.append(contentsOf: $0) }
        return bytes
    }
}
