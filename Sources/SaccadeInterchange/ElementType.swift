import SaccadeTensors

/// How a safetensors file holds numbers.
enum ElementType: String, Sendable, CaseIterable {
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

    var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Writes as many floats as `target` has room for; whole numbers beyond 2²⁴ and doubles are rounded.
    func convert(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .bool, .uint8: fill(target, bytes, UInt8.self) { Float($0) }
        case .int8: fill(target, bytes, Int8.self) { Float($0) }
        case .uint16: fill(target, bytes, UInt16.self) { Float(UInt16(littleEndian: $0)) }
        case .int16: fill(target, bytes, Int16.self) { Float(Int16(littleEndian: $0)) }
        case .uint32: fill(target, bytes, UInt32.self) { Float(UInt32(littleEndian: $0)) }
        case .int32: fill(target, bytes, Int32.self) { Float(Int32(littleEndian: $0)) }
        case .uint64: fill(target, bytes, UInt64.self) { Float(UInt64(littleEndian: $0)) }
        case .int64: fill(target, bytes, Int64.self) { Float(Int64(littleEndian: $0)) }
        case .float16: fill(target, bytes, UInt16.self) { ElementType.widened(half: UInt16(littleEndian: $0)) }
        case .bfloat16: fill(target, bytes, UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
        case .float32: fill(target, bytes, UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
        case .float64: fill(target, bytes, UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
        }
    }

    private func fill<Raw: BitwiseCopyable>(
        _ target: UnsafeMutableBufferPointer<Float>, _ bytes: UnsafeRawBufferPointer, _: Raw.Type,
        _ convert: (Raw) -> Float
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
