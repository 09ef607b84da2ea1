import SaccadeTensors

extension Operators {
    /// Functions of several elements. What is known now as whole numbers, such as sizes, stays whole.
    static let arithmetic: [String: ONNXOperator] = [
        "Add": combine(.add) { $0.addingReportingOverflow($1) },
        "Sub": combine(.subtract) { $0.subtractingReportingOverflow($1) },
        "Mul": combine(.multiply) { $0.multipliedReportingOverflow(by: $1) },
        "Div": combine(.divide) { $1 == 0 ? (0, true) : $0.dividedReportingOverflow(by: $1) },
        "Mod": { call in
            // What is left of places in a tensor, beside whole planes, are places in these.
            if case .places(let places, let whole) = try call.value(0), case .numbers(let numbers) = try call.value(1),
                numbers.elements == [whole.dimensions.dropFirst(2).reduce(1, *)], try !call.flag("fmod")
            {
                return [.tensor(places, .integer)]
            }
            guard case .numbers(let a) = try call.value(0), case .numbers(let b) = try call.value(1) else {
                throw Problem.unsupported("remainders of numbers that are not known before the network runs")
            }
            let truncates = try call.flag("fmod")
            return [
                try combined(a, b, .integer) { x, y in
                    guard y != 0, y != -1 else { return (0, y == 0) }
                    let rest = x % y
                    return (!truncates && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest, false)
                }
            ]
        },
        "Pow": float(power),
        "Max": fold(.maximum) { (max($0, $1), false) },
        "Min": fold(.minimum) { (min($0, $1), false) },
        "Sum": fold(.add) { $0.addingReportingOverflow($1) },
        "Mean": float { call in
            guard !call.inputs.isEmpty else { throw Problem.malformed("it has no inputs") }
            let tensors = try call.inputs.indices.map { try call.tensor($0) }
            let sum = try tensors.dropFirst().reduce(tensors[0]) { try call.add($0, $1) }
            return try call.multiply(sum, 1 / Float(tensors.count))
        },
        "Neg": map({ try $0.multiply($1, -1) }, whole: { (0 as Int).subtractingReportingOverflow($0) }),
        "Abs": map(
            { try $0.unary(.absolute, $1) },
            whole: { $0 < 0 ? (0 as Int).subtractingReportingOverflow($0) : ($0, false) }),
        "Sign": map({ try $0.sign($1) }, whole: { ($0.signum(), false) }),
        "Clip": clip,
        "Floor": rounding(.down),
        "Ceil": rounding(.up),
        "Round": rounding(.toNearestOrEven),
    ]

    typealias Whole = @Sendable (Int, Int) -> (partialValue: Int, overflow: Bool)

    /// Two inputs, with broadcasting.
    private static func combine(_ form: Binary, _ whole: @escaping Whole) -> ONNXOperator {
        { call in
            call.ignore("consumed_inputs")
            let (a, b) = (try call.value(0), try call.value(1))
            if case .numbers(let a) = a, case .numbers(let b) = b { return [try combined(a, b, .integer, whole)] }
            let isWhole = a.kind != .float || b.kind != .float
            guard !isWhole || form != .divide else {
                throw Problem.unsupported("quotients of whole numbers that are not known before the network runs")
            }
            let x = try call.tensor(0)
            let y = try call.aligned(call.tensor(1), to: x.shape)
            return [.tensor(try call.apply(.binary(form), x, y), isWhole ? .integer : .float)]
        }
    }

    /// Any number of inputs.
    private static func fold(_ form: Binary, _ whole: @escaping Whole) -> ONNXOperator {
        { call in
            call.ignore("consumed_inputs")
            guard !call.inputs.isEmpty else { throw Problem.malformed("it has no inputs") }
            let values = try call.inputs.indices.map { try call.value($0) }
            let numbers = values.compactMap { value in if case .numbers(let numbers) = value { numbers } else { nil } }
            if numbers.count == values.count {
                return [
                    try numbers.dropFirst().reduce(Value.numbers(numbers[0])) { sum, next in
                        guard case .numbers(let sum) = sum else { return sum }
                        return try combined(sum, next, .integer, whole)
                    }
                ]
            }
            let tensors = try values.indices.map { try call.tensor($0) }
            let kind: Value.Kind = values.allSatisfy { $0.kind == .float } ? .float : .integer
            return [.tensor(try tensors.dropFirst().reduce(tensors[0]) { try call.apply(.binary(form), $0, $1) }, kind)]
        }
    }

    private static func map(
        _ body: @escaping @Sendable (Call, Tensor) throws -> Tensor,
        whole: @escaping @Sendable (Int) -> (partialValue: Int, overflow: Bool)
    ) -> ONNXOperator {
        { call in
            call.ignore("consumed_inputs")
            let value = try call.value(0)
            if case .numbers(let numbers) = value {
                return [.numbers(Numbers(try numbers.elements.map { try exact(whole($0)) }, numbers.shape))]
            }
            return [.tensor(try body(call, call.tensor(0)), value.kind)]
        }
    }

    /// Two lists of whole numbers, broadcast.
    static func combined(_ a: Numbers, _ b: Numbers, _ kind: Value.Kind, _ whole: Whole) throws -> Value {
        guard let shape = broadcastShape(a.shape, b.shape) else {
            throw Problem.malformed("shapes \(a.shape) and \(b.shape) do not broadcast")
        }
        let (left, right) = (try a.broadcast(to: shape), try b.broadcast(to: shape))
        return .numbers(Numbers(try zip(left, right).map { try exact(whole($0, $1)) }, shape, kind))
    }

    private static func exact(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
        guard !result.overflow else {
            throw Problem.malformed("whole numbers become too large, or are divided by zero")
        }
        return result.partialValue
    }

    /// Powers: of known whole exponents by multiplication, else by exp and log, which is not a number below zero.
    private static func power(_ call: Call) throws -> Tensor {
        let x = try call.tensor(0)
        if try call.value(1).isKnown, try call.value(1).shape.elementCount == 1 {
            let exponent = try call.float(1)
            guard try call.value(1).shape.rank <= x.shape.rank else {
                throw Problem.unsupported("an exponent with more axes than there are numbers")
            }
            switch exponent {
            case 0.5: return try call.unary(.squareRoot, x)
            case -1: return try call.apply(.binary(.divide), call.scalar(1), x)
            case 1: return x
            case 2, 3, 4:
                return try (1..<Int(exponent)).reduce(x) { power, _ in try call.multiply(power, x) }
            default: break
            }
        }
        let exponent = try call.aligned(call.tensor(1), to: x.shape)
        let power = try call.unary(.exp, call.multiply(call.unary(.log, x), exponent))
        // oneDNN's logarithm of a negative number is infinite; its root of −1 is not a number, and that of −0 is 0.
        let isNegative = try call.apply(.binary(.less), x, call.scalar(0))
        return try call.add(power, call.unary(.squareRoot, call.multiply(isNegative, -1)))
    }

    private static let clip: ONNXOperator = { call in
        call.ignore("consumed_inputs")
        func bound(_ name: String, _ input: Int, _ other: Float) throws -> Float {
            if call.hasAttribute(name) { return try call.float(name, or: other) }
            return call.has(input) ? try call.float(input) : other
        }
        let greatest = Float.greatestFiniteMagnitude
        let lower = Swift.max(try bound("min", 1, -greatest), -greatest)
        let upper = Swift.min(try bound("max", 2, greatest), greatest)
        guard !lower.isNaN, !upper.isNaN else { throw Problem.malformed("a bound is not a number") }
        let value = try call.value(0)
        if case .numbers(let numbers) = value {
            let (low, high) = (Int(exactly: lower) ?? .min, Int(exactly: upper) ?? .max)
            return [.numbers(Numbers(numbers.elements.map { Swift.min(Swift.max($0, low), high) }, numbers.shape))]
        }
        let x = try call.tensor(0)
        // Where the bounds are crossed, the upper one holds.
        if lower == 0, upper == greatest { return [.tensor(try call.unary(.relu(slope: 0), x), value.kind)] }
        return [.tensor(try call.unary(.clamp(lower: Swift.min(lower, upper), upper: upper), x), value.kind)]
    }

    /// Only of what is known now: that is, in sizes.
    private static func rounding(_ rule: FloatingPointRoundingRule) -> ONNXOperator {
        { call in
            let rounded = try call.floats(0).map { $0.rounded(rule) }
            return [.tensor(Tensor(rounded, shape: try call.value(0).shape), .float)]
        }
    }
}

extension Call {
    /// 1, 0 or −1.
    func sign(_ x: Tensor) throws -> Tensor {
        let (low, high) = (try apply(.binary(.less), x, scalar(0)), try apply(.binary(.less), scalar(0), x))
        return try apply(.binary(.subtract), high, low)
    }

    /// The second input of arithmetic before opset 7: `broadcast` and `axis` said which axes of the first it is for.
    func aligned(_ y: Tensor, to shape: Shape) throws -> Tensor {
        guard opset < 7 else { return y }
        let broadcasts = try flag("broadcast")
        guard let axis = try integer("axis") else {
            // Writers of that time left the flag away where sizes agreed, or one was a scalar.
            return y
        }
        let first = try self.axis(axis, of: shape.rank)
        guard broadcasts, first + y.shape.rank <= shape.rank else { throw Problem.malformed("axis is \(axis)") }
        return try reshape(y, y.shape.dimensions + [Int](repeating: 1, count: shape.rank - first - y.shape.rank))
    }
}

/// NumPy's rule.
func broadcastShape(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var lengths: [Int] = []
    for axis in 0..<rank {
        let left = axis < rank - a.rank ? 1 : a[axis - (rank - a.rank)]
        let right = axis < rank - b.rank ? 1 : b[axis - (rank - b.rank)]
        guard left == right || left == 1 || right == 1 else { return nil }
        lengths.append(left == 1 ? right : left)
    }
    return try? Limits.shape(lengths)
}

extension Numbers {
    /// The elements, repeated along axes of length 1 until they fill `target`.
    func broadcast(to target: Shape) throws -> [Int] {
        if shape == target { return elements }
        guard target.elementCount <= Limits.smallElements * 256 else {
            throw Problem.unsupported("\(target.elementCount) whole numbers")
        }
        let missing = target.rank - shape.rank
        let strides = (0..<target.rank).map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : shape.strides[axis - missing]
        }
        return (0..<target.elementCount).map { index in
            var (rest, place) = (index, 0)
            for axis in (0..<target.rank).reversed() {
                place += rest % target[axis] * strides[axis]
                rest /= target[axis]
            }
            return elements[place]
        }
    }
}
