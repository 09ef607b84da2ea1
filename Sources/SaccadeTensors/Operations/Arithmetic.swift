import CSaccadeKernels
import SaccadeOneDNN

extension Tensor {
    /// Elementwise sum; axes of length 1, and missing leading axes, are repeated.
    public static func + (x: Tensor, y: Tensor) -> Tensor {
        Binary.add(x, y).recorded(pullbacks: [x: { $0.summed(to: x.shape) }, y: { $0.summed(to: y.shape) }])
    }

    /// Elementwise difference; axes of length 1, and missing leading axes, are repeated.
    public static func - (x: Tensor, y: Tensor) -> Tensor {
        Binary.subtract(x, y).recorded(pullbacks: [x: { $0.summed(to: x.shape) }, y: { (-$0).summed(to: y.shape) }])
    }

    /// Elementwise product; axes of length 1, and missing leading axes, are repeated.
    public static func * (x: Tensor, y: Tensor) -> Tensor {
        Binary.multiply(x, y).recorded(
            pullbacks: [x: { ($0 * y).summed(to: x.shape) }, y: { ($0 * x).summed(to: y.shape) }])
    }

    /// Elementwise quotient; axes of length 1, and missing leading axes, are repeated.
    public static func / (x: Tensor, y: Tensor) -> Tensor {
        let z = Binary.divide(x, y)
        return z.recorded(
            pullbacks: [x: { ($0 / y).summed(to: x.shape) }, y: { (-$0 * z / y).summed(to: y.shape) }])
    }

    public static func + (x: Tensor, y: Float) -> Tensor { x + Tensor([y], shape: []) }
    public static func - (x: Tensor, y: Float) -> Tensor { x - Tensor([y], shape: []) }
    public static func - (x: Float, y: Tensor) -> Tensor { Tensor([x], shape: []) - y }
    public static func * (x: Tensor, y: Float) -> Tensor { x * Tensor([y], shape: []) }
    public static func * (x: Float, y: Tensor) -> Tensor { y * x }
    public static func / (x: Tensor, y: Float) -> Tensor { x / Tensor([y], shape: []) }
    public static prefix func - (x: Tensor) -> Tensor { x * -1 }
}

/// A function of two numbers.
package enum Binary: Hashable, Sendable {
    case add, subtract, multiply, divide, minimum, maximum
    /// 1 where it is so, 0 where it is not. No gradient flows through either.
    case equal, less

    /// Applies it to all elements, with NumPy's broadcasting. No gradient is recorded.
    func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor { BinaryMap(binary: self)(x, y) }

    fileprivate var code: sk_binary {
        switch self {
        case .add: SK_ADD
        case .subtract: SK_SUBTRACT
        case .multiply: SK_MULTIPLY
        case .divide: SK_DIVIDE
        case .minimum: SK_MINIMUM
        case .maximum: SK_MAXIMUM
        case .equal: SK_EQUAL
        case .less: SK_LESS
        }
    }
}

/// A function of the elements of two tensors, with NumPy's broadcasting.
struct BinaryMap: Operation {
    let binary: Binary

    var name: String { "\(binary)" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard let shape = Broadcast.shape(inputs[0], inputs[1]) else {
            throw ShapeError("\(name): shapes \(inputs[0]) and \(inputs[1]) do not broadcast")
        }
        return [shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (a, b) = (request.inputs[0], request.inputs[1])
        let code = binary.code
        if a.shape == b.shape {
            // Equal shapes are one long row, also in oneDNN's blocks: their padding holds zeros, which all but
            // two of these functions keep.
            let breaksPadding = binary == .divide || binary == .equal || a.elementType != .float32
            let arrangement = breaksPadding ? nil : a.arrangement ?? b.floatArrangement
            let count = Arrangement.byteCount(of: arrangement, a.shape) / MemoryLayout<Float>.stride
            return [
                Kernel(inputs: [arrangement, arrangement], results: [arrangement], inPlace: 0) { at in
                    sk_binary_flat(code, count, at[0], at[1], at[2])
                }
            ]
        }
        let loop = Broadcast(request.results[0], [a.shape, b.shape])
        return [
            Kernel(request) { at in
                sk_binary_strided(
                    code, Int32(loop.lengths.count), loop.lengths, at[0], loop.strides[0], at[1], loop.strides[1], at[2]
                )
            }
        ]
    }
}

extension Operand {
    fileprivate var floatArrangement: Arrangement? { elementType == .float32 ? arrangement : nil }
}
