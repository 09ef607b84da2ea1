import SaccadeTensors

extension Operators {
    /// Functions of one element, and softmax.
    static let activations: [String: ONNXOperator] = [
        "Relu": map { try $0.unary(.relu(slope: 0), $1) },
        "LeakyRelu": map { try $0.leaky($1, slope: $0.float("alpha", or: 0.01)) },
        "PRelu": float { call in
            let x = try call.tensor(0)
            let slope = try call.tensor(1)
            let low = try call.apply(.binary(.minimum), x, call.scalar(0))
            return try call.add(call.unary(.relu(slope: 0), x), call.multiply(low, call.channelwise(slope, x.shape)))
        },
        "Elu": map { try $0.elu($1, alpha: $0.float("alpha", or: 1)) },
        "Celu": map { call, x in
            let alpha = try call.float("alpha", or: 1)
            guard alpha != 0 else { throw Problem.malformed("alpha is 0") }
            return try call.multiply(call.elu(call.multiply(x, 1 / alpha), alpha: 1), alpha)
        },
        "Selu": map { call, x in
            let alpha = try call.float("alpha", or: 1.673_263_2)
            return try call.multiply(call.elu(x, alpha: alpha), call.float("gamma", or: 1.050_701))
        },
        "ThresholdedRelu": map { call, x in
            let isAbove = try call.apply(.binary(.less), call.scalar(call.float("alpha", or: 1)), x)
            return try call.multiply(x, isAbove)
        },
        "Sigmoid": map { try $0.unary(.sigmoid, $1) },
        "HardSigmoid": map { try $0.hardSigmoid($1, $0.float("alpha", or: 0.2), $0.float("beta", or: 0.5)) },
        "HardSwish": map { try $0.multiply($1, $0.hardSigmoid($1, 1 / 6, 0.5)) },
        "Swish": map { try $0.multiply($1, $0.unary(.sigmoid, $0.multiply($1, $0.float("alpha", or: 1)))) },
        "Mish": map { try $0.multiply($1, $0.unary(.tanh, $0.softplus($1))) },
        "Tanh": map { try $0.unary(.tanh, $1) },
        "Softplus": map { try $0.softplus($1) },
        "Softsign": map { try $0.apply(.binary(.divide), $1, $0.add($0.unary(.absolute, $1), $0.scalar(1))) },
        "Gelu": map { call, x in
            switch try call.string("approximate", or: "none") {
            case "none": return try call.unary(.gelu, x)
            case "tanh":
                // ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
                let cube = try call.multiply(call.multiply(x, x), call.multiply(x, 0.044715))
                let inner = try call.unary(.tanh, call.multiply(call.add(x, cube), 0.797_884_56))
                return try call.multiply(call.multiply(x, 0.5), call.add(inner, call.scalar(1)))
            case let other: throw Problem.unsupported("approximate \(other)")
            }
        },
        "Erf": map { try $0.errorFunction($1) },
        "Exp": map { try $0.unary(.exp, $1) },
        "Log": map { try $0.unary(.log, $1) },
        "Sqrt": map { try $0.unary(.squareRoot, $1) },
        "Reciprocal": map { try $0.apply(.binary(.divide), $0.scalar(1), $1) },
        "Shrink": map { call, x in
            let (lambda, bias) = (try call.float("lambd", or: 0.5), try call.float("bias", or: 0))
            guard lambda >= 0 else { throw Problem.unsupported("a negative lambd") }
            let low = try call.apply(.binary(.less), x, call.scalar(-lambda))
            let high = try call.apply(.binary(.less), call.scalar(lambda), x)
            let shrunk = try call.apply(
                .binary(.subtract), call.multiply(x, call.add(low, high)), call.multiply(high, bias))
            return try call.add(shrunk, call.multiply(low, bias))
        },
        "Softmax": float { try softmax($0, isLogarithm: false) },
        "LogSoftmax": float { try softmax($0, isLogarithm: true) },
    ]

    private static func map(_ body: @escaping @Sendable (Call, Tensor) throws -> Tensor) -> ONNXOperator {
        { call in
            call.ignore("consumed_inputs")
            guard try call.value(0).kind == .float else { throw Problem.unsupported("whole numbers as its input") }
            return [.tensor(try body(call, call.tensor(0)), .float)]
        }
    }

    private static func softmax(_ call: Call, isLogarithm: Bool) throws -> Tensor {
        let x = try call.tensor(0, ranks: 1...Limits.rank)
        guard call.opset < 13 else {
            let axis = try call.axis(call.integer("axis", or: -1), of: x.shape.rank)
            return try call.apply(.softmax(axis: axis, isLogarithm: isLogarithm), x)
        }
        // Over all axes from one on, as if they were joined.
        let axis = try call.integer("axis", or: 1)
        let first = axis == x.shape.rank ? axis : try call.axis(axis, of: x.shape.rank)
        let rows = x.shape.dimensions.prefix(first).reduce(1, *)
        let flat = try call.reshape(x, [rows, x.shape.elementCount / max(rows, 1)])
        return try call.reshape(call.apply(.softmax(axis: 1, isLogarithm: isLogarithm), flat), x.shape.dimensions)
    }
}

extension Call {
    /// `x` above zero, `slope · x` below.
    func leaky(_ x: Tensor, slope: Float) throws -> Tensor {
        guard slope.isFinite else { throw Problem.malformed("alpha is \(slope)") }
        if slope >= 0 { return try unary(.relu(slope: slope), x) }
        let low = try apply(.binary(.minimum), x, scalar(0))
        return try add(unary(.relu(slope: 0), x), multiply(low, slope))
    }

    /// `x` above zero, `alpha · (exp(x) − 1)` below.
    func elu(_ x: Tensor, alpha: Float) throws -> Tensor {
        let low = try apply(.binary(.minimum), x, scalar(0))
        let curve = try apply(.binary(.subtract), unary(.exp, low), scalar(1))
        return try add(unary(.relu(slope: 0), x), multiply(curve, alpha))
    }

    /// `log(1 + exp(x))`, without overflow.
    func softplus(_ x: Tensor) throws -> Tensor {
        let tail = try unary(.exp, multiply(unary(.absolute, x), -1))
        return try add(unary(.relu(slope: 0), x), unary(.log, add(tail, scalar(1))))
    }

    func hardSigmoid(_ x: Tensor, _ alpha: Float, _ beta: Float) throws -> Tensor {
        try unary(.clamp(lower: 0, upper: 1), add(multiply(x, alpha), scalar(beta)))
    }

    /// Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 7.1.26: the error is at most 1.5e-7.
    func errorFunction(_ x: Tensor) throws -> Tensor {
        let size = try unary(.absolute, x)
        let t = try apply(.binary(.divide), scalar(1), add(multiply(size, 0.327_591_1), scalar(1)))
        var sum = scalar(1.061_405_4)
        for coefficient: Float in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
            sum = try add(multiply(sum, t), scalar(coefficient))
        }
        let tail = try multiply(multiply(sum, t), unary(.exp, multiply(multiply(size, size), -1)))
        return try multiply(sign(x), apply(.binary(.subtract), scalar(1), tail))
    }

    /// A slope for each channel. Before opset 7 it was a list, whatever the axes behind the channels.
    func channelwise(_ slope: Tensor, _ shape: Shape) throws -> Tensor {
        guard opset < 7, slope.shape.rank == 1, slope.shape[0] > 1, shape.rank > 2 else { return slope }
        return try reshape(slope, [slope.shape[0]] + [Int](repeating: 1, count: shape.rank - 2))
    }
}
