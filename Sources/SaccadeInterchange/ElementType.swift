/// How a file holds numbers. The raw value is the name that safetensors gives it.
public enum ElementType: String, Sendable, CaseIterable, Codable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case uint16 = "U16"
    case int16 = "I16"
    case uint32 = "U32"
    case int32 = "I32"
    case uint64 = "U64"
    case int64 = "I64"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"

    /// Bytes of one number.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Writes as many floats as `target` has room for; whole numbers beyond 2²⁴ and doubles are rounded.
    ///
    /// - Parameter bytes: The numbers, least significant byte first.
    func convert(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>) {
        fill(target, bytes)
    }

    /// Writes as many doubles as `target` has room for; whole numbers beyond 2⁵³ are rounded.
    ///
    /// - Parameter bytes: The numbers, least significant byte first.
    func convert(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Double>) {
        fill(target, bytes)
    }

    @inline(__always)
    private func fill<Number: BinaryFloatingPoint & BitwiseCopyable>(
        _ target: UnsafeMutableBufferPointer<Number>, _ bytes: UnsafeRawBufferPointer
    ) {
        switch self {
        case .bool, .uint8: fill(target, bytes, UInt8.self) { Number($0) }
        case .int8: fill(target, bytes, Int8.self) { Number($0) }
        case .uint16: fill(target, bytes, UInt16.self) { Number(UInt16(littleEndian: $0)) }
        case .int16: fill(target, bytes, Int16.self) { Number(Int16(littleEndian: $0)) }
        case .uint32: fill(target, bytes, UInt32.self) { Number(UInt32(littleEndian: $0)) }
        case .int32: fill(target, bytes, Int32.self) { Number(Int32(littleEndian: $0)) }
        case .uint64: fill(target, bytes, UInt64.self) { Number(UInt64(littleEndian: $0)) }
        case .int64: fill(target, bytes, Int64.self) { Number(Int64(littleEndian: $0)) }
        case .float16: fill(target, bytes, UInt16.self) { Number(ElementType.widened(half: UInt16(littleEndian: $0))) }
        case .bfloat16:
            fill(target, bytes, UInt16.self) { Number(Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)) }
        case .float32: fill(target, bytes, UInt32.self) { Number(Float(bitPattern: UInt32(littleEndian: $0))) }
        case .float64: fill(target, bytes, UInt64.self) { Number(Double(bitPattern: UInt64(littleEndian: $0))) }
        }
    }

    @inline(__always)
    private func fill<Number: BitwiseCopyable, Raw: BitwiseCopyable>(
        _ target: UnsafeMutableBufferPointer<Number>, _ bytes: UnsafeRawBufferPointer, _: Raw.Type,
        _ convert: (Raw) -> Number
    ) {
        precondition(bytes.count == target.count * MemoryLayout<Raw>.size)
        for index in target.indices {
            target.initializeElement(
                at: index,
                to: convert(bytes.loadUnaligned(fromByteOffset: index &* MemoryLayout<Raw>.size, as: Raw.self)))
        }
    }

    /// IEEE half precision as float, in integer arithmetic: Swift has no `Float16` on Intel Macs.
    static func widened(half bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24  // zero or subnormal
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)  // infinity or not a number
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}

extension ElementType: CustomStringConvertible {
    /// PyTorch's and NumPy's name, such as `float32`.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .uint32: "uint32"
        case .int32: "int32"
        case .uint64: "uint64"
        case .int64: "int64"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        case .float64: "float64"
        }
    }
}
