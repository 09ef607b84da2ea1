import SaccadeOneDNN

/// A function of one number.
package enum Unary: Hashable, Sendable {
    /// `x` above zero, `slope · x` below.
    case relu(slope: Float)
    case sigmoid, tanh
    /// `x · Φ(x)`, with the error function.
    case gelu
    case exp, log, squareRoot, absolute
    case clamp(lower: Float, upper: Float)
}

/// A function of every element, computed by oneDNN in whatever order the elements lie.
struct UnaryMap: Operation {
    let unary: Unary
    let name: String

    func resultShapes(_ inputs: [Shape]) -> [Shape] { inputs }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let operand = request.inputs[0]
        do {
            let primitive = try Primitive(
                .elementwise(.inference, unary.eltwise, layout: operand.flatLayout), roles: [.source, .destination])
            return [Kernel(flat: primitive, inputs: [operand.arrangement], inPlace: 0)]
        } catch {
            unavailable(name, error)
        }
    }
}

/// The derivative of a unary map at its first input times its second, the output gradient.
struct UnaryGradient: Operation {
    let unary: Unary

    var name: String { "\(unary) gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[0]] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let operand = request.inputs[0]
        do {
            let primitive = try Primitive(
                .elementwise(.backwardData, unary.eltwise, layout: operand.flatLayout),
                roles: [.source, .dDestination, .dSource])
            return [Kernel(flat: primitive, inputs: [operand.arrangement, operand.arrangement], inPlace: 1)]
        } catch {
            unavailable(name, error)
        }
    }
}

extension Operand {
    /// A layout for work on each element alone: row-major tensors of any rank are one long row.
    fileprivate var flatLayout: Layout { arrangement?.layout ?? .rowMajor([max(shape.elementCount, 1)]) }
}

extension Kernel {
    /// A primitive that keeps its first input's arrangement.
    fileprivate init(flat primitive: Primitive, inputs: [Arrangement?], inPlace: Int) {
        self.init(primitive, inputs: inputs.count, inPlace: inPlace)
        self.inputs = inputs
        results = [inputs[0]]
    }
}
