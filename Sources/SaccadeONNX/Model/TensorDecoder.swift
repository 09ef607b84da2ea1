import Foundation
import SaccadeFiles
import SaccadeTensors

/// Makes values of the tensors in a file. Numbers of every type become floats or `Int`s.
struct TensorDecoder {
    /// The folder that tensors outside of the file are in; `nil` where there is no file.
    let folder: String?

    func value(of proto: ONNXTensorProto) throws -> Value {
        let dimensions = proto.dims.map(Int.init)
        let shape = try Limits.shape(dimensions)
        guard let type = ElementType(rawValue: Int(proto.dataType)) else {
            throw Problem.unsupported("elements of ONNX's type \(proto.dataType)")
        }
        guard !proto.hasSegment else { throw Problem.unsupported("a tensor that is cut into segments") }
        guard proto.dataLocation == .default else {
            let external = try ExternalData(proto.externalData, in: folder)
            let bytes = try external.bytes(count: shape.elementCount * type.byteCount)
            return bytes.withUnsafeBytes { decoded($0, type, shape) }
        }
        guard proto.hasRawData else { return try listed(proto, type, shape) }
        // Both are at most 2³¹.
        let wanted = shape.elementCount * type.byteCount
        guard proto.rawData.count == wanted else {
            throw Problem.malformed(
                "\(proto.rawData.count) bytes of data, where \(shape) elements of \(type) take \(wanted)")
        }
        return proto.rawData.withUnsafeBytes { decoded($0, type, shape) }
    }

    /// Elements as they lie, little-endian.
    private func decoded(_ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ shape: Shape) -> Value {
        func load<T: FixedWidthInteger>(_ index: Int, as: T.Type) -> T {
            T(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
        }
        func floats(_ element: (Int) -> Float) -> Value {
            .tensor(Tensor(shape: shape) { for index in $0.indices { $0[index] = element(index) } }, .float)
        }
        func numbers(_ kind: Value.Kind = .integer, _ element: (Int) -> Int) -> Value {
            .numbers(Numbers((0..<shape.elementCount).map(element), shape, kind))
        }
        switch type {
        case .float:
            return .tensor(
                Tensor(shape: shape) { elements in
                    if 1.littleEndian == 1 {
                        UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
                    } else {
                        for index in elements.indices {
                            elements[index] = Float(bitPattern: load(index, as: UInt32.self))
                        }
                    }
                }, .float)
        case .double: return floats { Float(Double(bitPattern: load($0, as: UInt64.self))) }
        case .float16: return floats { float(halfBits: load($0, as: UInt16.self)) }
        case .bfloat16: return floats { Float(bitPattern: UInt32(load($0, as: UInt16.self)) << 16) }
        case .uint8: return numbers { Int(bytes[$0]) }
        case .int8: return numbers { Int(Int8(bitPattern: bytes[$0])) }
        case .uint16: return numbers { Int(load($0, as: UInt16.self)) }
        case .int16: return numbers { Int(load($0, as: Int16.self)) }
        case .int32: return numbers { Int(load($0, as: Int32.self)) }
        case .int64: return numbers { Int(load($0, as: Int64.self)) }
        case .uint32: return numbers { Int(load($0, as: UInt32.self)) }
        case .uint64: return numbers { Int(clamping: load($0, as: UInt64.self)) }
        case .boolean: return numbers(.boolean) { bytes[$0] == 0 ? 0 : 1 }
        }
    }

    /// Elements one by one in the list for their type.
    private func listed(_ proto: ONNXTensorProto, _ type: ElementType, _ shape: Shape) throws -> Value {
        func checked<T>(_ list: [T]) throws -> [T] {
            guard list.count == shape.elementCount else {
                throw Problem.malformed("\(list.count) elements, where \(shape) holds \(shape.elementCount)")
            }
            return list
        }
        func floats<T>(_ list: [T], _ convert: (T) -> Float) throws -> Value {
            .tensor(Tensor(try checked(list).map(convert), shape: shape), .float)
        }
        func numbers<T: BinaryInteger>(_ list: [T], _ range: ClosedRange<Int>) throws -> Value {
            let elements = try checked(list).map { element in
                guard let number = Int(exactly: element), range.contains(number) else {
                    throw Problem.malformed("\(element) is no \(type)")
                }
                return number
            }
            return .numbers(Numbers(elements, shape, type == .boolean ? .boolean : .integer))
        }
        switch type {
        case .float: return try floats(proto.floatData) { $0 }
        case .double: return try floats(proto.doubleData) { Float($0) }
        case .float16: return try floats(proto.int32Data) { float(halfBits: UInt16(truncatingIfNeeded: $0)) }
        case .bfloat16: return try floats(proto.int32Data) { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
        case .uint8: return try numbers(proto.int32Data, 0...255)
        case .int8: return try numbers(proto.int32Data, -128...127)
        case .uint16: return try numbers(proto.int32Data, 0...65535)
        case .int16: return try numbers(proto.int32Data, -32768...32767)
        case .int32: return try numbers(proto.int32Data, Int(Int32.min)...Int(Int32.max))
        case .boolean: return try numbers(proto.int32Data, 0...1)
        case .int64: return try numbers(proto.int64Data, Int.min...Int.max)
        case .uint32: return try numbers(proto.uint64Data, 0...Int(UInt32.max))
        case .uint64: return try numbers(proto.uint64Data, 0...Int.max)
        }
    }
}

/// ONNX's element types that become numbers here, by their number in the format.
enum ElementType: Int, Sendable {
    case float = 1
    case uint8, int8, uint16, int16, int32, int64
    case boolean = 9
    case float16, double, uint32, uint64
    case bfloat16 = 16

    var byteCount: Int {
        switch self {
        case .uint8, .int8, .boolean: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float, .int32, .uint32: 4
        case .int64, .double, .uint64: 8
        }
    }

    var kind: Value.Kind {
        switch self {
        case .float, .double, .float16, .bfloat16: .float
        case .boolean: .boolean
        default: .integer
        }
    }
}

/// The number that sixteen bits of IEEE 754's half precision stand for.
private func float(halfBits bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
}
