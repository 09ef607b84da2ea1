import SaccadeTensors

extension Operators {
    /// 1 where it is so, 0 where it is not.
    static let comparisons: [String: ONNXOperator] = [
        "Equal": compare(.equal) { ($0 == $1 ? 1 : 0, false) },
        "Less": compare(.less) { ($0 < $1 ? 1 : 0, false) },
        "Greater": compare(.less, swapped: true) { ($0 > $1 ? 1 : 0, false) },
        "GreaterOrEqual": compare(.less, inverted: true) { ($0 >= $1 ? 1 : 0, false) },
        "LessOrEqual": compare(.less, swapped: true, inverted: true) { ($0 <= $1 ? 1 : 0, false) },
        "And": compare(.minimum) { ($0 != 0 && $1 != 0 ? 1 : 0, false) },
        "Or": compare(.maximum) { ($0 != 0 || $1 != 0 ? 1 : 0, false) },
        "Not": { call in
            let value = try call.value(0)
            if case .numbers(let numbers) = value {
                return [.numbers(Numbers(numbers.elements.map { $0 == 0 ? 1 : 0 }, numbers.shape, .boolean))]
            }
            return [.tensor(try call.apply(.binary(.subtract), call.scalar(1), call.tensor(0)), .boolean)]
        },
        "Where": choose,
    ]

    /// - Parameters:
    ///   - swapped: Whether the second is compared with the first.
    ///   - inverted: Whether the opposite is wanted, which is not the same where one is not a number.
    private static func compare(
        _ form: Binary, swapped: Bool = false, inverted: Bool = false, _ whole: @escaping Whole
    ) -> ONNXOperator {
        { call in
            if case .numbers(let a) = try call.value(0), case .numbers(let b) = try call.value(1) {
                return [try combined(a, b, .boolean, whole)]
            }
            let (x, y) = (try call.tensor(0), try call.aligned(call.tensor(1), to: call.tensor(0).shape))
            let result = try call.apply(.binary(form), swapped ? y : x, swapped ? x : y)
            return [.tensor(inverted ? try call.apply(.binary(.subtract), call.scalar(1), result) : result, .boolean)]
        }
    }

    /// Inputs: condition, what is taken where it holds, what elsewhere.
    private static let choose: ONNXOperator = { call in
        let values = try (0..<3).map { try call.value($0) }
        let numbers = values.compactMap { value in if case .numbers(let numbers) = value { numbers } else { nil } }
        if numbers.count == 3 {
            guard let pair = broadcastShape(numbers[1].shape, numbers[2].shape),
                let shape = broadcastShape(numbers[0].shape, pair)
            else { throw Problem.malformed("shapes that do not broadcast") }
            let parts = try numbers.map { try $0.broadcast(to: shape) }
            return [
                .numbers(
                    Numbers(
                        parts[0].indices.map { parts[0][$0] != 0 ? parts[1][$0] : parts[2][$0] }, shape, numbers[1].kind
                    ))
            ]
        }
        // As a sum of products, so what is not taken must be finite.
        let condition = try call.tensor(0)
        let taken = try call.multiply(condition, call.tensor(1))
        let other = try call.multiply(call.apply(.binary(.subtract), call.scalar(1), condition), call.tensor(2))
        return [.tensor(try call.add(taken, other), values[1].kind)]
    }
}
